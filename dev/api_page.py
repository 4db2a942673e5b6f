"""``docs/api.md``, every action in the words of its docstring; ``python3 -m dev.api_page`` writes it anew."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from dev.paths import ROOT

PAGE = ROOT / "docs" / "api.md"
_PACKAGE = ROOT / "ckanext" / "regional"
#: The folder of each plugin's actions, and what the plugin is for.
PLUGINS = {
    "regional": ("logic", "Territories and scores"),
    "regional_curation": ("curation/logic", "The review"),
    "regional_harvest": ("harvest/logic", "The exchange"),
    "regional_needs": ("needs/logic", "Needs and the observatory"),
}
_ITEM = re.compile(r"^:(param|returns|raises) ?([^:]*): ?(.*)$")
_HEAD = """# The API

Every action of the four plugins, in the words of its source. They are CKAN actions: `/api/action/NAME` on the site,
with a token of the profile's page (*API Tokens*) in the header `Authorization`. **GET** marks those that only read:
they take their parameters from the address as well. All others are POST, with a form or JSON. Answers come in CKAN's
envelope, `{"success": true, "result": …}`; what is refused answers `{"success": false, "error": {…}}` with 403 (not
allowed), 404 (not there, or not for you) or 409 (wrong data: the keys of `error` are the fields, the values say what to
do).

With examples that can be run: [using the API](api-examples.md). The rules behind them: [the review](curation.md),
[the exchange](harvest.md), [the protocol for neighbours](protocol.md), [needs](needs.md).

This page is made from the actions' docstrings by `python3 -m dev.api_page`.
"""


@dataclass(frozen=True)
class Action:
    """One action as its source has it."""

    name: str
    text: str
    reads: bool


def page() -> str:
    """The page as the sources would have it now."""
    parts = [_HEAD]
    for plugin, (_, title) in PLUGINS.items():
        parts.append(f"## {title}: `{plugin}`\n")
        parts += [_section(action) for action in actions(plugin)]
    return "\n".join(parts)


def actions(plugin: str) -> list[Action]:
    """The actions of a plugin, by name."""
    folder = _PACKAGE / PLUGINS[plugin][0]
    # Auth functions have the names of their actions.
    modules = (path for path in sorted(folder.rglob("*.py")) if path.name != "auth.py")
    found = (action for path in modules for action in _actions_in(path.read_text("utf-8")))
    return sorted(found, key=lambda action: action.name)


def _actions_in(source: str) -> Iterator[Action]:
    for node in ast.parse(source).body:
        if not isinstance(node, ast.FunctionDef) or not node.name.startswith("regional_"):
            continue
        # Validators have such names too.
        if [argument.arg for argument in node.args.args] == ["context", "data_dict"]:
            reads = any("side_effect_free" in ast.unparse(one) for one in node.decorator_list)
            yield Action(node.name, ast.get_docstring(node) or "", reads)


def _section(action: Action) -> str:
    said, _, listed = action.text.partition("\n\n:")
    lines = [f"### `{action.name}`", "", ("**GET** " if action.reads else "") + _prose(said), ""]
    rows = [_row(*item) for item in _items(f":{listed}" if listed else "")]
    if rows:
        lines += [*rows, ""]
    return "\n".join(lines)


def _items(text: str) -> Iterator[tuple[str, str, str]]:
    """The ``:param …:`` of a docstring, each with the lines that go on with it."""
    kind = name = ""
    said: list[str] = []
    for line in text.splitlines():
        if match := _ITEM.match(line):
            if kind:
                yield kind, name, " ".join(said)
            kind, name, said = match[1], match[2], [match[3]]
        elif line.strip():
            said.append(line.strip())
    if kind:
        yield kind, name, " ".join(said)


def _row(kind: str, name: str, said: str) -> str:
    names = ", ".join(f"`{one.strip()}`" for one in name.split(",") if one.strip())
    head = {"param": names, "returns": "*answers*", "raises": f"*raises* {names}"}[kind]
    return f"- {head}: {_prose(said)}"


def _prose(text: str) -> str:
    text = re.sub(r":func:`(\w+)`", r"`\1`", text)
    return re.sub(r"``", "`", text)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
