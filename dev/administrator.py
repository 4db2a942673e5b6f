"""Give a site its sysadmin and print an API token: ``python -m dev.administrator CKAN.INI NAME PASSWORD``.

CKAN's command line wants three processes for it, each of which loads all of CKAN.
"""

from __future__ import annotations

import sys
from typing import Any

import ckan.plugins.toolkit as tk
from ckan import model
from ckan.cli import load_config
from ckan.config.middleware import make_app


def main(ini: str, name: str, password: str) -> None:
    """Make the account and its token."""
    app: Any = make_app(load_config(ini))
    with app._wsgi_app.test_request_context():
        made = {"name": name, "email": f"{name}@example.org", "password": password, "sysadmin": True}
        tk.get_action("user_create")({"ignore_auth": True}, made)
        context: Any = {"user": name, "auth_user_obj": model.User.get(name)}
        token = tk.get_action("api_token_create")(context, {"user": name, "name": "tests"})["token"]
    print(token)


if __name__ == "__main__":
    main(*sys.argv[1:])
