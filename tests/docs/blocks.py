"""The blocks of the documentation that are meant to be run: those below a line ``<!-- run -->``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dev.paths import ROOT

DOCS = ROOT / "docs"
_MARK = re.compile(r"^ *<!-- run -->$", re.MULTILINE)
_BLOCK = re.compile(r"^( *)<!-- run -->\n+\1```(\w+)\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """One block; ``language`` is ``sh`` or ``python``."""

    language: str
    code: str


def blocks(page: str) -> list[Block]:
    """The blocks of a page such as ``install.md``, in their order.

    :raises AssertionError: when a mark has no block below it
    """
    text = (DOCS / page).read_text(encoding="utf-8")
    found = [
        Block(language, re.sub(f"^{indent}", "", code, flags=re.M)) for indent, language, code in _BLOCK.findall(text)
    ]
    assert len(found) == len(_MARK.findall(text)), f"{page}: a mark without a block"
    return found


def pages() -> list[str]:
    """The pages that have such blocks."""
    return sorted(
        path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md") if _MARK.search(path.read_text("utf-8"))
    )
