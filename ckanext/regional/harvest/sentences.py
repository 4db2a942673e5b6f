"""The sentences that pure modules, runs and records keep in English, and their parts, for readers of other languages.

Programs read the English ones, by the API; pages and e-mails translate what is known here. ``{…}`` stands for what
differs. A test holds this list against the sources. No CKAN.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache


def N_(sentence: str) -> str:
    """Mark a sentence for translation without translating it yet; Babel looks for this name."""
    return sentence


#: Of records: why one was not taken, and what was done with it.
_OF_RECORDS = (
    N_("it is a dataset of this site that came back"),
    N_("it has been on this site on its way: {path}"),
    N_("it already comes directly from its site"),
    N_("it now comes directly from its site"),
    N_("it comes another way"),
    N_("it already comes another way"),
    N_("it was erased here"),
    N_("it was erased"),
    N_("its site of origin erased it; it was detached here, so decide about it here"),
    N_("it was detached here: this site keeps it as its own"),
    N_("it was detached here: this site keeps it as its own (decided by {who})"),
    N_("it was moved from ckanext-harvest"),
    N_("it has no id"),
    N_("its id has {n} letters, more than this site keeps"),
    N_("it has neither a URI nor a dct:identifier"),
    N_("another dataset of the catalogue has the identifier {value} too"),
    N_("its RDF cannot be read ({error})"),
    N_("the neighbour breaks down when it is asked for it"),
    N_("it was purged here"),
    N_("it was deleted here"),
    N_("it was made private here"),
    N_("it was edited here since it was harvested"),
    N_("a dataset with this id is here that no harvest brought"),
    N_("this site's rules refuse it"),
    N_("nobody reviews here: the plugin regional_curation is off"),
    N_("its origin no longer has it"),
    N_("its source was removed here"),
    N_("{n} workers ended while they worked on it"),
    N_("edited here and changed at its origin: {fields}"),
    N_("edited here and kept: {fields}"),
    N_("taken from its origin: {fields}"),
    N_("{why}; left so by {who}"),
    N_("decided by {who}: {rest}"),
    N_("what was edited here stays"),
    N_("what came was taken"),
    N_("{field}: ours"),
    N_("{field}: theirs"),
)
#: What the import made of a record, or would.
_NOTES = (
    N_("{key} {value} is not known here"),
    N_("{key} {value} is not known here; for its EU theme it is {sectors} here"),
    N_("{key} {value} is no e-mail address"),
    N_("{key} was cut after {n} characters"),
    N_("{key} without a name was left out"),
    N_("extras have no place here: {names}"),
    N_("a resource without a usable address was left out: {value}"),
    N_("publisher is the neighbour's organisation {value}"),
    N_("contact is the neighbour's {who}"),
    N_("temporal_coverage ends before it starts: {start}, {end}"),
    N_("it waits for a review"),
    N_("it waits for a review: {why}"),
    N_("a dataset with this title is here already: {title}"),
    N_("None of the first {n} datasets passes the filters."),
    N_("The neighbour has no dataset."),
    N_("The neighbour has no dataset that passes the filters."),
    N_("Organisations that are made here where they are not yet: {names}."),
)
#: What stands in a run's way: what was asked, and what came.
_OF_RUNS = (
    N_("Asked {asked}: {came}."),
    N_("Reading it failed: {error}"),
    N_("{server} at {address} does not answer; the run goes on when it is back."),
    N_("{n} workers ended while they read what came"),
    N_(
        "The source was changed, so this run stopped: what came so far is in, and a new run reads the source as it is "
        "now."
    ),
    N_("more than {n} datasets came; {setting} allows no more in one run"),
    N_("it redirects again and again"),
    N_("it redirects to {address}, another host, which the token must not reach"),
    N_("the request could not be sent ({error})"),
    N_("no connection within {n} s"),
    N_("nothing came within {n} s"),
    N_("the answer was not complete within {n} s"),
    N_("the answer stopped for {n} s"),
    N_("the answer broke off ({error})"),
    N_("more than {n} bytes came"),
    N_("the name of the host is not known"),
    N_("the connection was refused; nothing listens there"),
    N_("the connection failed ({error})"),
    N_("the address {address} is private; {setting} lists those that may be reached"),
    N_("it refuses the question ({error})"),
    N_("it says that this is not found"),
    N_("it does not allow that; is the token right?"),
    N_("what came is no answer of a CKAN: {came}"),
    N_("no search result came: {came}"),
    N_("nothing"),
    N_("HTTP {n} with {size} bytes of {type} that begin {value}"),
    N_("HTTP {n}, {size} bytes"),
    N_("HTTP {n}: there is no such page"),
    N_("HTTP {n} came in place of a catalogue"),
    N_("it says that it is this very site"),
    N_("the site does not run ckanext-regional"),
    N_("it speaks protocol {theirs}, this site speaks {ours}"),
    N_("its identity {value} is no UUID"),
    N_("no feed came"),
    N_("it does not introduce itself"),
    N_("it numbers its changes anew"),
    N_("its cursor does not advance: {since} led to {after}"),
    N_("it ignores filters (`fq`), so the source's cannot be kept; remove them, or ask its operator"),
    N_("there is no {what} {value}; the source's filters name one"),
    N_("no catalogue is to be found there: {rest}"),
    N_("as a CKAN (status_show) it gives {came}"),
    N_("this address gives {came}"),
    N_("{address} gives {came}"),
    N_("to read a DCAT catalogue this site needs ckanext-dcat (pip install ckanext-regional[dcat])"),
    N_("it has more than {n} pages"),
    N_("its RDF ({n} triples) describes no dcat:Catalog and no dcat:Dataset"),
    N_("what came is no catalogue in RDF: {why}"),
    N_("it is empty"),
    N_("it is a web page"),
    N_("it is nested too deep"),
    N_("it is nested more than {n} deep"),
    N_("it cannot be read as {form} ({error})"),
    N_("its entity {value} is to be fetched from elsewhere"),
    N_("its entity {value} grows"),
    N_("the catalogue names a context that is no web address"),
    N_("no usable JSON-LD context came: {came}"),
    N_("the JSON-LD context that came is no JSON"),
    N_("its context is nested more than {n} deep"),
    N_("the context {address} cannot be imported"),
    N_("the context {address} names itself"),
    N_("it names more than {n} contexts"),
    N_("what is at {address} is no JSON-LD context"),
)
#: What is wrong with a source's filters, organisations and defaults.
_OF_SOURCES = (
    N_("the feed of a neighbour with this extension cannot be filtered by fq; take kind “ckan”"),
    N_(
        "a DCAT catalogue cannot be filtered by fq; put the filter into the address where its site takes one there, "
        "such as catalog.ttl?fq=…"
    ),
    N_("a DCAT catalogue has no groups"),
    N_("{value} is no object."),
    N_("{value} is no filter; there are {names}."),
    N_("{value} is no value for fq."),
    N_("{value} is no value for {name}: one text, or a list of at most {n}."),
    N_("{value} is no value for {name}: leave out quotes and backslashes."),
    N_("territory: there is no territory {value}. Codes look like fr:region:53."),
    N_("sector: there is no sector {value}."),
    N_('Give an object such as {"mode": "table", "table": {"their-name": "our-name"}}.'),
    N_("mode: {value} is none of {names}."),
    N_("table: it is read with mode “table” only, and this is {value}."),
    N_("table: name at least one of their organisations and ours for it, at most {n}."),
    N_("{key}: there is no active organisation {value} here."),
    N_("{key}: the steward {value} is not a member of {organisation}."),
    N_("{key}: there is no such field; there are {names}."),
    N_("{key}: {value} is no text."),
    N_("this has another shape"),
    N_("{key}: {value} is not known."),
    N_("Kind “dcat” needs ckanext-dcat: pip install ckanext-regional[dcat]."),
)
ALL = (*_OF_RECORDS, *_NOTES, *_OF_RUNS, *_OF_SOURCES)

#: Sentences, each with what it looks like where its places are filled.
Patterns = list[tuple[str, re.Pattern[str]]]
#: Places in which a sentence stands again.
_WITHIN = frozenset({"came", "why", "rest"})
_PLACE = re.compile(r"\{(\w+)\}")
#: How sentences are put beside each other.
_BESIDE = "; "
#: So many beside and in each other are looked at; more are a neighbour's joke.
_MOST, _DEEPEST = 20, 4


def translated(text: str, gettext: Callable[[str], str], within: int = 0) -> str:
    """A sentence, or several with semicolons between them, in another language; what is not known stays as it is.

    :param gettext: from one of ``ALL`` to the other language
    :param within: how many sentences this one stands in
    """
    parts = text.split(_BESIDE)
    if len(parts) > _MOST or within > _DEEPEST:
        return text
    if (whole := _one(text, gettext, _strict(), within)) is not None:
        return whole
    for end in range(len(parts) - 1, 0, -1):
        # The longest beginning that is a sentence, since some have a semicolon of their own.
        first, rest = _BESIDE.join(parts[:end]), _BESIDE.join(parts[end:])
        if (known := _one(first, gettext, _strict(), within)) is not None:
            return (
                gettext(N_("{one}; {other}"))
                .replace("{one}", known)
                .replace("{other}", translated(rest, gettext, within))
            )
    if len(parts) > 1:
        rest = _BESIDE.join(parts[1:])
        if (other := translated(rest, gettext, within)) != rest:
            return gettext(N_("{one}; {other}")).replace("{one}", parts[0]).replace("{other}", other)
    return _one(text, gettext, _loose(), within) or text


def is_known(text: str) -> bool:
    """Whether a sentence, with anything in its places, is one of these."""
    return any(pattern.fullmatch(spelled) for spelled in _spellings(text) for _, pattern in _loose())


def _one(text: str, gettext: Callable[[str], str], patterns: Patterns, within: int) -> str | None:
    for spelled in _spellings(text):
        for sentence, pattern in patterns:
            if match := pattern.fullmatch(spelled):
                places = {name: _place(name, value, gettext, within) for name, value in match.groupdict().items()}
                said = _filled(gettext(sentence), places)
                return said if spelled == text else f"{said[:1].upper()}{said[1:]}."
    return None


def _filled(sentence: str, places: dict[str, str]) -> str:
    """``str.format`` would stumble over the braces of an example, and over a place that a translation made up."""
    return _PLACE.sub(lambda place: places.get(place[1], place[0]), sentence)


def _spellings(text: str) -> list[str]:
    """As it stands; and a sentence of its own, with a capital and a stop, as the same within another one."""
    return [text, f"{text[:1].lower()}{text[1:-1]}"] if text.endswith(".") else [text]


def _place(name: str, value: str, gettext: Callable[[str], str], within: int) -> str:
    if name in _WITHIN:
        return translated(value, gettext, within + 1)
    # Quotation marks are the language's.
    return re.sub("“([^”]*)”", lambda quoted: gettext(N_("“{text}”")).replace("{text}", quoted[1]), value)


@cache
def _loose() -> Patterns:
    """Each sentence with anything in its places."""
    return _patterns(".+?")


@cache
def _strict() -> Patterns:
    """Each sentence with no other one in its places, but where it belongs."""
    return _patterns(f"(?:(?!{_BESIDE}).)+?")


def _patterns(anything: str) -> Patterns:
    """First those of which most is fixed, since “{address} gives {came}” fits much."""
    by_fixed = sorted(ALL, key=lambda sentence: -len(_PLACE.sub("", sentence)))
    return [(sentence, re.compile(_pattern(sentence, anything), re.DOTALL)) for sentence in by_fixed]


def _pattern(sentence: str, anything: str) -> str:
    fixed = _PLACE.split(sentence)
    return "".join(
        re.escape(part) if number % 2 == 0 else f"(?P<{part}>{'.+?' if part in _WITHIN else anything})"
        for number, part in enumerate(fixed)
    )
