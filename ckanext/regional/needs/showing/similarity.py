"""How alike two texts are, by their groups of three letters: what PostgreSQL's ``pg_trgm`` computes, for databases
without it. No CKAN import.

The numbers are those of its documentation (F.35): a word counts with two blanks before it and one after it; the
similarity is the share of groups that both texts have.
"""

from __future__ import annotations

from collections.abc import Iterable

from ckanext.regional.data.names import words

#: Words of French and English that are in every sentence, without accents: two needs are not alike by them.
STOP_WORDS = frozenset(
    """
    a ai au aux avec avoir ce ces cette comment connaitre d dans de des donnees du elle en est et etre faire il ils je
    j l la le les leur lieu liste ma mes mon n ne nos notre nous on ou par pas plus pour quand que quel quelle quelles
    quels qu qui s sa savoir se ses son sont sur un une votre vos vous y aimerais voudrais besoin souhaite
    about an and are as at be by can data do for from get have how i in is it know like list my need of or our that
    the their there they this to us want we what when where which who will with would you your
    """.split()  # noqa: SIM905 - read and changed as words
)


def folded(text: str) -> str:
    """The words of a text that tell it from others: small letters without accents, no stop words."""
    every = words(text)
    return " ".join([word for word in every if word not in STOP_WORDS] or every)


def groups(text: str) -> frozenset[str]:
    """The groups of three letters of a folded text."""
    found: set[str] = set()
    for word in text.split():
        padded = f"  {word} "
        found.update(padded[at : at + 3] for at in range(len(padded) - 2))
    return frozenset(found)


def similarity(one: str, other: str) -> float:
    """How alike two folded texts are, from 0 to 1."""
    left, right = groups(one), groups(other)
    return len(left & right) / len(left | right) if left and right else 0.0


def nearest(text: str, candidates: Iterable[tuple[str, str]], least: float, most: int) -> list[str]:
    """Keys of the texts most like one.

    :param text: folded
    :param candidates: key and folded text
    :param least: the similarity below which a text is another matter
    """
    mine = groups(text)
    scored: list[tuple[float, str]] = []
    for key, candidate in candidates:
        theirs = groups(candidate)
        alike = len(mine & theirs) / len(mine | theirs) if mine and theirs else 0.0
        if alike >= least:
            scored.append((-alike, key))
    return [key for _alike, key in sorted(scored)[:most]]
