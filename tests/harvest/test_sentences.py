"""What the exchange keeps in English is said in the reader's language, whole or with several sentences in one."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from ckanext.regional.harvest import sentences
from dev.paths import ROOT

_PACKAGE = ROOT / "ckanext" / "regional"
_SOURCES = sorted(path for part in ("admission.py", "harvest/**/*.py", "outgoing/*.py") for path in _PACKAGE.glob(part))
#: Exceptions whose sentences end in a run or a record, and where in their arguments those stand.
_ERRORS = {
    "NeighbourError": 1, "RequestFailed": 1, "AskedTooMuch": 1, "Refused": 1, "UnknownAction": 1, "Unreadable": 1,
    "PageMissing": 1, "Resync": 1, "_CutLine": 0, "NotRdf": 0, "ContextError": 0, "NotWritten": 1, "Decision": 1,
}  # fmt: skip

with (_PACKAGE / "i18n" / "fr" / "LC_MESSAGES" / "ckanext-regional.po").open("rb") as _file:
    FRENCH = {message.id: message.string for message in read_po(_file, locale="fr") if isinstance(message.id, str)}


def french(text: str) -> str:
    return sentences.translated(text, lambda sentence: str(FRENCH.get(sentence) or sentence)).replace("\xa0", " ")


def _written(path: Path) -> Iterator[tuple[int, str]]:
    """The sentences that a module puts into errors, reasons and notes; anything stands for what differs."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            said = [keyword.value for keyword in node.keywords if keyword.arg == "reason"]
            if name in _ERRORS and len(node.args) > _ERRORS[name]:
                said.append(node.args[_ERRORS[name]])
            if name == "append" and ast.unparse(node.func).split(".")[0] in ("notes", "problems", "reasons"):
                said += node.args
            for one in said:
                if (text := _text(one)) is not None:
                    yield node.lineno, text


def _text(node: ast.expr) -> str | None:
    """A literal as it would be said; None for what is made elsewhere."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in node.values)
    return None


def test_every_sentence_of_the_sources_is_known() -> None:
    found = [(path.name, line, text) for path in _SOURCES for line, text in _written(path) if " " in text]
    assert len(found) > 80
    assert [one for one in found if not sentences.is_known(one[2])] == []


@pytest.mark.parametrize(
    ("kept", "told"),
    [
        ("it was erased here", "il a été effacé ici"),
        ("license_id “foo” is not known here", "license_id « foo » n’est pas connu ici"),
        # As reasons are gathered by kind.
        ("license_id … is not known here", "license_id … n’est pas connu ici"),
        (
            "publisher is the neighbour's organisation “Mairie”; another note; notes was cut after 9 characters",
            "publisher est l’organisation « Mairie » du site voisin ; another note ; "
            "notes a été coupé après 9 caractères",
        ),
        (
            "Asked GET https://a.example/api: the connection was refused; nothing listens there.",
            "Demandé : GET https://a.example/api. Réponse : la connexion a été refusée ; rien n’écoute là.",
        ),
        (
            "Asked GET https://a.example: no catalogue is to be found there: as a CKAN (status_show) it gives nothing; "
            "/catalog.ttl gives HTTP 404: there is no such page.",
            "Demandé : GET https://a.example. Réponse : aucun catalogue ne s’y trouve : comme CKAN (status_show), "
            "il donne : rien ; /catalog.ttl donne : HTTP 404 : cette page n’existe pas.",
        ),
        ("A DCAT catalogue has no groups.", "Un catalogue DCAT n’a pas de groupes."),
        ("title: Missing value; it has no id", "title: Missing value ; il n’a pas d’identifiant"),
        ("What a validator said.", "What a validator said."),
        ("", ""),
    ],
)
def test_in_french(kept: str, told: str) -> None:
    assert french(kept) == told


def test_a_neighbour_cannot_make_it_long() -> None:
    joke = "Asked " + "; ".join("a gives b" for _ in range(500))
    assert french(joke) == joke


def test_in_english_nothing_changes() -> None:
    for text in (
        "A DCAT catalogue has no groups.",
        "it waits for a review: no steward; title: Missing value",
        "{why}; x",
    ):
        assert sentences.translated(text, lambda sentence: sentence) == text
