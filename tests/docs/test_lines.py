"""Every command line of ours that the documentation shows is one that the command line knows, with its options."""

from __future__ import annotations

import re
import shlex

import click
import pytest

from ckanext.regional.cli import regional
from dev.paths import ROOT
from tests.docs.blocks import DOCS

#: Perhaps when cron runs it, then the command.
_LINE = re.compile(r"^ *(?:(?:[\d*/,-]+ +){5})?ckan(?: -c \S+)? regional (.+)$", re.MULTILINE)
_INLINE = re.compile(r"`ckan(?: -c \S+)? regional ([^`]+)`")


def lines() -> list[tuple[str, str]]:
    """Page and words of each ``ckan regional …`` in a block or between backticks, up to a comment or a pipe."""
    found = []
    for path in [*sorted(DOCS.rglob("*.md")), ROOT / "README.md"]:
        text = path.read_text(encoding="utf-8").replace("\\\n", " ")
        for line in [*_LINE.findall(text), *_INLINE.findall(text)]:
            words = re.split(r" +# | [>|&] ", " ".join(line.split()))[0]
            found += [(path.name, one) for one in _each(words)]
    return found


def _each(words: str) -> list[str]:
    """``curation sweep|adopt`` is two commands; what stands in ``[…]`` may be given."""
    words = re.sub(r"[\[\]…]", "", words)
    if match := re.search(r"\S+\|\S+", words):
        return [words.replace(match[0], one) for one in match[0].split("|")]
    return [words]


def check(words: list[str]) -> None:
    """
    :raises click.UsageError: no such command, option or place for a word
    """
    context, command = click.Context(regional), regional
    while isinstance(command, click.Group) and words:
        name = words.pop(0)
        found = command.get_command(context, name)
        if found is None:
            raise click.UsageError(f"no command {name}")
        context, command = click.Context(found, parent=context), found
    _, left, _ = command.make_parser(context).parse_args(words)
    if left:
        raise click.UsageError(f"too much: {left}")


@pytest.mark.usefixtures("our_plugins")
def test_each_line_is_understood() -> None:
    assert len(lines()) > 60
    wrong = []
    for page, line in lines():
        try:
            check(shlex.split(line))
        except click.UsageError as error:
            wrong.append(f"{page}: {line}: {error.format_message()}")
    assert wrong == []


@pytest.mark.usefixtures("our_plugins")
@pytest.mark.parametrize("line", ["doctor --mend", "nothing", "audit verify now"])
def test_what_there_is_not_is_told(line: str) -> None:
    with pytest.raises(click.UsageError):
        check(shlex.split(line))
