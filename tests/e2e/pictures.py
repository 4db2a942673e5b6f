"""The pictures of the guides, ``docs/pictures``: taken in passing by the browser test where it is asked to.

``./test --pictures`` asks. A picture is WebP, which Chromium makes itself, small enough for a repository.
"""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import Any

from dev.testing import PICTURES_VARIABLE

#: In bytes; what is larger is taken with less quality, down to the last one.
LARGEST = 100_000
_QUALITIES = (80, 65, 50)
#: In CSS pixels, and what a picture has of one.
_HEIGHT, _MARGIN, _SCALE = 860, 16, 0.75


def take(page: Any, names: tuple[str, ...], language: str) -> None:
    """Take the open page's picture if one in its language is wanted: ``case-fr`` is the picture of the French page.

    :raises ValueError: the picture would be larger than :data:`LARGEST`
    """
    folder = os.environ.get(PICTURES_VARIABLE)
    for name in names if folder else ():
        if name.endswith(f"-{language}"):
            page.wait_for_load_state("networkidle")
            (Path(folder or "") / f"{name}.webp").write_bytes(_taken(page, name))


def _taken(page: Any, name: str) -> bytes:
    # The page's head says nothing new, and the foot of a short page neither. A case is shown down to the decision.
    top, decision = page.locator(".main").first.bounding_box()["y"], page.locator(".regional-decision").first
    bottom = top + _HEIGHT
    if decision.count():
        box = decision.bounding_box()
        bottom = box["y"] + box["height"] + _MARGIN
    bottom = min(bottom, page.locator(".site-footer").first.bounding_box()["y"])
    width = page.viewport_size["width"]
    clip = {"x": 0, "y": top, "width": width, "height": bottom - top, "scale": _SCALE}
    devtools = page.context.new_cdp_session(page)
    content = b""
    for quality in _QUALITIES:
        asked = {"format": "webp", "quality": quality, "clip": clip, "captureBeyondViewport": True}
        content = base64.b64decode(devtools.send("Page.captureScreenshot", asked)["data"])
        if len(content) < LARGEST:
            return content
    raise ValueError(f"{name} has {len(content)} bytes, {LARGEST} are wanted: show a smaller part of the page")
