"""``docs/settings.md``, every setting as its declaration says; ``python3 -m dev.settings_page`` writes it anew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from dev.paths import ROOT

PAGE = ROOT / "docs" / "settings.md"
_EXTENSION = ROOT / "ckanext" / "regional"
#: The declaration of each plugin, beside its ``plugin.py``.
DECLARATIONS = {
    "regional": _EXTENSION / "config_declaration.yaml",
    "regional_curation": _EXTENSION / "curation" / "config_declaration.yaml",
    "regional_harvest": _EXTENSION / "harvest" / "config_declaration.yaml",
    "regional_needs": _EXTENSION / "needs" / "config_declaration.yaml",
}
_TYPES = {"str": "text", "bool": "true or false", "int": "whole number", "list": "words, with spaces between"}
_HEAD = """# Settings

Every setting of our four plugins. Put those that you want otherwise into `ckan.ini`, then restart CKAN and its workers;
what is not named has its default. A value that is wrong stops CKAN at its start with the name of the setting.

```sh
ckan config declaration regional regional_curation regional_harvest regional_needs   # the same, ready for ckan.ini
ckan -c ckan.ini config search "ckanext.regional.*"                                  # what is in force
```

This page is made from the `config_declaration.yaml` beside each plugin by `python3 -m dev.settings_page`.
"""


def page() -> str:
    """The page as the declarations would have it now."""
    sections = (_section(plugin, _options(plugin)) for plugin in DECLARATIONS)
    return "\n".join([_HEAD, *sections])


def keys() -> list[str]:
    """Every declared setting, in the order of the page."""
    return [option["key"] for plugin in DECLARATIONS for option in _options(plugin)]


def _options(plugin: str) -> Iterator[Mapping[str, Any]]:
    declared = yaml.safe_load(DECLARATIONS[plugin].read_text(encoding="utf-8"))
    for group in declared["groups"]:
        yield from group["options"]


def _section(plugin: str, options: Iterator[Mapping[str, Any]]) -> str:
    rows = "".join(f"{_row(option)}\n" for option in options)
    return f"## `{plugin}`\n\n| setting | type | default | what it does |\n|---|---|---|---|\n{rows}"


def _row(option: Mapping[str, Any]) -> str:
    default = _code(option.get("default"))
    example = f" Such as {_code(option['example'])}." if "example" in option else ""
    return f"| `{option['key']}` | {_TYPES[option.get('type', 'str')]} | {default} | {_words(option)}{example} |"


def _words(option: Mapping[str, Any]) -> str:
    return " ".join(str(option["description"]).split()).replace("|", "\\|").replace("``", "`")


def _code(value: Any) -> str:
    if value in (None, ""):
        return "empty"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
