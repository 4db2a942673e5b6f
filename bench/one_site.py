"""One CKAN in a process of its own: it reads a task a line, and answers with what the call itself took.

Several of these answer in turn, so that what else the machine does meets all sites alike.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.cli import load_config
from ckan.config.middleware import make_app


def main(ini: str) -> None:
    """Answer until the input ends: ``{"action", "data", "context", "user"}`` a line → ``{"wall", "cpu", "result"}``."""
    app: Any = make_app(load_config(ini))
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        # A request of its own around each call, as under a web server; what it costs is not counted.
        with app._wsgi_app.test_request_context():
            print(json.dumps(_call(**json.loads(line)), default=str), flush=True)


def _call(action: str, data: dict[str, Any], user: str = "", context: dict[str, Any] | None = None) -> dict[str, Any]:
    function = tk.get_action(action)
    given: Any = {"user": user, "auth_user_obj": model.User.get(user) if user else None, **(context or {})}
    wall, cpu = time.perf_counter(), time.process_time()
    result = function(given, data)
    took = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    model.Session.remove()
    return {**took, "result": result}


if __name__ == "__main__":
    main(sys.argv[1])
