"""One CKAN in a process of its own: it reads a task a line, and answers with what the task itself took.

Several of these answer in turn, so that what else the machine does meets all sites alike. A page is asked for inside
the process, as by a browser that keeps its cookies, so that the time of the process is that of the page.
"""

from __future__ import annotations

import gc
import json
import re
import sys
import time
from collections.abc import Callable
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.cli import load_config
from ckan.config.middleware import make_app

#: Of everybody on these sites.
PASSWORD = "not-a-secret-but-long"
_TOKEN = re.compile(r'name="_csrf_token"[^>]*value="([^"]+)"|content="([^"]+)" *name="_csrf_token"')

Answer = dict[str, Any]


def main(ini: str) -> None:
    """Answer until the input ends, a JSON object a line.

    ``{"action", "data", "context", "user"}`` → ``{"wall", "cpu", "result"}``; ``{"page", "user"}`` → ``{"wall", "cpu",
    "status", "length"}``. Times are seconds.
    """
    app: Any = make_app(load_config(ini))
    readers: dict[str, Any] = {}
    # What was made at the start is looked through in no collection; a site that holds more would pay for its size.
    gc.collect()
    gc.freeze()
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        task = json.loads(line)
        if "page" in task:
            answer = _page(_reader(app, readers, task.get("user", "")), task["page"])
        else:
            # A request of its own around each call, as under a web server; what it costs is not counted.
            with app._wsgi_app.test_request_context():
                answer = _call(**task)
        print(json.dumps(answer, default=str), flush=True)


def _call(action: str, data: dict[str, Any], user: str = "", context: dict[str, Any] | None = None) -> Answer:
    function = tk.get_action(action)
    given: Any = {"user": user, "auth_user_obj": model.User.get(user) if user else None, **(context or {})}
    took, result = _timed(lambda: function(given, data))
    model.Session.remove()
    return {**took, "result": result}


def _page(reader: Any, path: str) -> Answer:
    took, response = _timed(lambda: reader.get(path, follow_redirects=True))
    return {**took, "status": response.status_code, "length": len(response.data)}


def _reader(app: Any, readers: dict[str, Any], name: str) -> Any:
    """A browser, logged in the first time."""
    if name not in readers:
        readers[name] = app._wsgi_app.test_client()
        if name:
            form = readers[name].get("/user/login").get_data(as_text=True)
            found = _TOKEN.search(form)
            data = {"login": name, "password": PASSWORD, "_csrf_token": (found[1] or found[2]) if found else ""}
            answer = readers[name].post("/user/login", data=data)
            assert answer.status_code == 302, answer.get_data(as_text=True)
    return readers[name]


def _timed(task: Callable[[], Any]) -> tuple[dict[str, float], Any]:
    wall, cpu = time.perf_counter(), time.process_time()
    result = task()
    return {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}, result


if __name__ == "__main__":
    main(sys.argv[1])
