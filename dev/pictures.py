"""``docs/pictures``: the running demo as the guides show it; ``.dev/venv/bin/python -m dev.pictures [NAME …]``.

Run ``./demo`` first. A picture is WebP, which Chromium makes itself, small enough for a repository.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from dev.demo.api import Api, Refused, Unreachable
from dev.demo.story import NAME
from dev.demonstration import FILE
from dev.errors import DevError
from dev.paths import ROOT

FOLDER = ROOT / "docs" / "pictures"
#: In bytes; what is larger is taken with less quality, down to the last one.
LARGEST = 100_000
_QUALITIES = (80, 65, 50)
_SITE = "bretagne"
_CORRECTION = " En été, le marché du mercredi finit à 14 h."
# What Chromium needs as root and without a screen, and what keeps it from calling home.
_ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")


@dataclass(frozen=True)
class Picture:
    """One page as one person, or nobody in particular, sees it."""

    name: str
    path: str
    person: str | None
    language: str = "fr"
    height: int = 860
    #: The upper edge, where the page's head says nothing new.
    above: str | None = None


PICTURES = (
    Picture("queue-fr", "/regional/queue?show=all", "steward", above=".main"),
    Picture("queue-en", "/regional/queue?show=all", "steward", "en", above=".main"),
    Picture("case-fr", f"/regional/case/{NAME}", "steward", above=".main"),
    Picture("case-en", f"/regional/case/{NAME}", "steward", "en", above=".main"),
    Picture("form-fr", "/dataset/new", "editor", above=".main"),
    Picture("form-en", "/dataset/new", "editor", "en", above=".main"),
    Picture("needs-fr", "/besoin", None, above=".main"),
    Picture("sources-en", "/regional/sources", "sysadmin", "en", height=380, above=".main"),
)


def main(names: Sequence[str]) -> int:
    """Take them all, or those that are named; the exit code."""
    try:
        site = _site()
        executable = os.environ.get("REGIONAL_CHROMIUM") or shutil.which("chromium")
        if not executable:
            raise DevError("no Chromium: put chromium on the path, or name it by REGIONAL_CHROMIUM")
        _propose(site)
        FOLDER.mkdir(exist_ok=True)
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=executable, args=list(_ARGUMENTS))
            for picture in PICTURES if not names else [one for one in PICTURES if one.name in names]:
                content = _taken(browser, site, picture)
                (FOLDER / f"{picture.name}.webp").write_bytes(content)
                print(f"{picture.name}: {len(content) // 1000} kB", flush=True)
            browser.close()
    except (DevError, Refused, Unreachable) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def _site() -> dict[str, Any]:
    try:
        return json.loads(Path(FILE).read_text(encoding="utf-8"))["sites"][_SITE]
    except (OSError, ValueError, KeyError) as error:
        raise DevError(f"{FILE} does not describe the demo ({error!r}): run ./demo first") from error


def _propose(site: dict[str, Any]) -> None:
    """Leave a change to be decided, since the story has decided everything."""
    editor = Api(site["url"], site["users"]["editor"]["token"])
    copy = editor.call("regional_revision_create", id=NAME)
    if _CORRECTION not in copy["notes"]:
        notes = copy["notes"].replace("lieu, jour, heures", "lieu, jours, heures") + _CORRECTION
        editor.call("package_patch", id=copy["id"], notes=notes)
        editor.call(
            "regional_curation_submit", id=NAME, comment="Merci à la mairie annexe pour la relecture des lieux."
        )


def _taken(browser: Any, site: dict[str, Any], picture: Picture) -> bytes:
    prefix = "" if picture.language == "fr" else f"/{picture.language}"
    context = browser.new_context(locale=picture.language, viewport={"width": 1280, "height": picture.height})
    # Pictures of people come from elsewhere.
    context.route(lambda url: not url.startswith(site["url"]), lambda route: route.abort())
    page = context.new_page()
    if picture.person:
        account = site["users"][picture.person]
        page.goto(f"{site['url']}/user/login")
        page.fill("#field-login", account["name"])
        page.fill("#field-password", account["password"])
        page.press("#field-password", "Enter")
        page.wait_for_selector(".account.authed")
    page.goto(f"{site['url']}{prefix}{picture.path}")
    page.wait_for_load_state("networkidle")
    content = _shot(page, picture)
    context.close()
    return content


def _shot(page: Page, picture: Picture) -> bytes:
    top = page.locator(picture.above).first.bounding_box() if picture.above else None
    clip = {"x": 0, "y": top["y"] if top else 0, "width": 1280, "height": picture.height, "scale": 0.75}
    devtools = page.context.new_cdp_session(page)
    content = b""
    for quality in _QUALITIES:
        asked = {"format": "webp", "quality": quality, "clip": clip, "captureBeyondViewport": True}
        content = base64.b64decode(devtools.send("Page.captureScreenshot", asked)["data"])
        if len(content) < LARGEST:
            return content
    raise DevError(f"{picture.name} has {len(content)} bytes, {LARGEST} are wanted: take a smaller part of the page")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
