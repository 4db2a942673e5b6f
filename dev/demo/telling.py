"""How the story is told: numbered steps with their pages, and claims that are checked as they are made."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass

from dev.demo.api import Api
from dev.demo.data import SiteData

_WIDTH = 100


class ClaimError(Exception):
    """Something that the story says is not so."""


@dataclass(frozen=True, slots=True)
class Place:
    """A site and its people, as the story meets them."""

    url: str
    organization: str
    users: Mapping[str, Mapping[str, str]]
    data: SiteData

    def api(self, role: str | None = None) -> Api:
        """The site's API as somebody of that role; without one, as a visitor."""
        return Api(self.url, self.users[role]["token"] if role else None)

    def who(self, role: str) -> str:
        """A person's full name."""
        return self.data.person(role).fullname

    def page(self, path: str) -> str:
        """The address of a page; the sites speak French unless the address says otherwise."""
        return f"{self.url}{path}"


class Teller:
    """Writes the story, numbers its steps and stops at the first claim that does not hold."""

    def __init__(self) -> None:
        self._step = 0
        self._pages: dict[str, Api] = {}

    def chapter(self, title: str) -> None:
        """Begin a chapter."""
        print(f"\n{title}\n{'─' * len(title)}", flush=True)

    def step(self, text: str, page: str, reader: Api) -> None:
        """Tell the next step, with the page to look at and who may."""
        self._step += 1
        print(textwrap.fill(text, _WIDTH, initial_indent=f"\n{self._step:>2}. ", subsequent_indent="    "))
        print(f"    → {page}", flush=True)
        self._pages[page] = reader

    def end(self) -> None:
        """Open every page that was named, as the person for whom it was.

        :raises ClaimError: when one does not open
        """
        for page, reader in self._pages.items():
            answer = reader.get(page)
            # A page that wants a sign-in answers with its form.
            if answer.status_code != 200 or "/user/login" in answer.url:
                raise ClaimError(f"{page} does not open for its reader: HTTP {answer.status_code} at {answer.url}.")

    def claim(self, text: str, holds: bool, found: object = None) -> None:
        """Say something that has been checked.

        :raises ClaimError: when it is not so
        """
        if not holds:
            raise ClaimError(f"Step {self._step}: “{text}” does not hold" + (f"; found: {found}" if found else "."))
        print(textwrap.fill(text, _WIDTH, initial_indent="    ✓ ", subsequent_indent="      "), flush=True)

    def quote(self, text: str) -> None:
        """Repeat what a person or the site said."""
        print(textwrap.fill(text, _WIDTH, initial_indent="      > ", subsequent_indent="      > "), flush=True)
