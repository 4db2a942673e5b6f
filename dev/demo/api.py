"""A site's API as one person uses it, and as nobody in particular does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import requests

TIMEOUT = (10, 120)


class Refused(Exception):
    """The API said no; ``errors`` maps fields to sentences where it named any."""

    def __init__(self, action: str, status: int, errors: dict[str, Any]) -> None:
        self.action = action
        self.status = status
        self.errors = {key: value for key, value in errors.items() if key not in ("__type", "help")}
        super().__init__(f"{action} answered {status}: {self.sentence}")

    @property
    def sentence(self) -> str:
        """What it said, as one text."""
        texts: list[str] = []
        for value in self.errors.values():
            texts += [str(item) for item in value] if isinstance(value, list) else [str(value)]
        return " ".join(texts)


class Unreachable(Exception):
    """The site does not answer, or not as a CKAN does."""


class Api:
    """Calls actions with one person's token; without a token as an anonymous visitor."""

    def __init__(self, url: str, token: str | None = None) -> None:
        self.url = url.rstrip("/")
        self._session = requests.Session()
        if token:
            self._session.headers["Authorization"] = token

    def call(self, action: str, **data: Any) -> Any:
        """Call an action.

        :raises Refused: when it says no
        :raises Unreachable: when nothing answers
        """
        return self._result(action, self._request("POST", self._action(action), json=data))

    def upload(self, action: str, path: Path, **data: str) -> Any:
        """Call an action with a file.

        :raises Refused: when it says no
        :raises Unreachable: when nothing answers
        """
        with path.open("rb") as file:
            answer = self._request(
                "POST", self._action(action), data=data, files={"upload": (path.name, file, "text/csv")}
            )
        return self._result(action, answer)

    def refuses(self, action: str, **data: Any) -> Refused | None:
        """Call an action that should be refused; the refusal, if it came."""
        try:
            self.call(action, **data)
        except Refused as refusal:
            return refusal
        return None

    def get(self, url: str) -> requests.Response:
        """Fetch a page or file as a browser would."""
        return self._request("GET", url)

    def _action(self, action: str) -> str:
        return f"{self.url}/api/3/action/{action}"

    def _request(self, method: str, url: str, **options: Any) -> requests.Response:
        try:
            return self._session.request(method, url, timeout=TIMEOUT, **options)
        except requests.RequestException as error:
            raise Unreachable(f"{self.url} does not answer ({type(error).__name__}).") from error

    def _result(self, action: str, answer: requests.Response) -> Any:
        try:
            content = answer.json()
            if content["success"]:
                return content["result"]
            errors = content["error"]
        except (ValueError, KeyError, TypeError) as error:
            said = f"HTTP {answer.status_code}: {answer.text[:200]}"
            raise Unreachable(f"{self.url} answered {action} with {said}") from error
        raise Refused(action, answer.status_code, errors if isinstance(errors, dict) else {"message": errors})
