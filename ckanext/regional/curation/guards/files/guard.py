"""Each file is what its format says, and can be read by the programs that people have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context

from ckanext.regional.curation.guards.files.reading import analyses
from ckanext.regional.curation.guards.personal.texts import RESOURCE
from ckanext.regional.curation.guards.saying import Details, said
from ckanext.regional.types import GuardResult

_ENCODINGS = {
    "windows-1252": "Windows-1252 (ISO-8859-1)",
    "cp850": "DOS (CP850)",
    "utf-16": "UTF-16",
    "utf-32": "UTF-32",
}


def files(dataset: dict[str, Any], context: Context) -> Iterator[GuardResult]:
    """Warn of what is wrong with uploaded files."""
    for resource, analysis in analyses(dataset):
        field = f"{RESOURCE}{resource['id']}"
        if analysis is None:
            yield said(sentence, "warn", "files.unreadable", field)
            continue
        for problem in analysis.problems:
            yield said(sentence, "warn", f"files.{problem.code}", field, **problem.details)


def sentence(code: str, field: str | None, details: Details) -> str | None:
    """The sentence for a finding of this guard, in the reader's language."""
    text = _sentences().get(code)
    return text.format(**_shown(details)) if text else None


def _shown(details: Details) -> dict[str, Any]:
    shown = dict(details)
    if "found" in shown:
        shown["found"] = _contents().get(shown["found"], shown["found"])
    if "encoding" in shown:
        shown["encoding"] = _ENCODINGS.get(shown["encoding"], shown["encoding"])
    if "separator" in shown:
        shown["separator"] = {"\t": tk._("tabs"), ",": tk._("commas"), ";": tk._("semicolons")}.get(
            shown["separator"], f"“{shown['separator']}”"
        )
    return shown


def _sentences() -> dict[str, str]:
    return {
        "files.unreadable": tk._(
            "This file could not be looked at: it is not there, or kept where this site cannot read."
        ),
        "files.format.empty": tk._("The file is empty. Upload it again."),
        "files.format.content": tk._(
            "The format says {declared}, but the file holds {found}. Upload the right file or correct the format."
        ),
        "files.format.json": tk._(
            "The file is no valid JSON: programs cannot read it. Write it anew and upload it again."
        ),
        "files.encoding": tk._(
            "The text is written as {encoding}, not as UTF-8: accents will look wrong. Save it as UTF-8"
            " (in a spreadsheet: “CSV UTF-8”) and upload it again."
        ),
        "files.table.separator": tk._(
            "The cells are separated by {separator}, which {declared} does not mean: use commas or semicolons in a CSV,"
            " tabs in a TSV."
        ),
        "files.table.ragged": tk._(
            "Line {line} has another number of cells than the first line: look for a separator too many or a missing"
            " quotation mark."
        ),
        "files.table.head": tk._("The first line holds data: put a line with the names of the columns before it."),
        "files.table.unnamed": tk._("These columns have no name in the first line: {columns}. Give them one."),
        "files.table.repeated": tk._("Several columns have the same name: {columns}. Give each its own."),
        "files.table.empty": tk._(
            "These columns are empty in the rows looked at: {columns}. Fill them or take them out."
        ),
        "files.table.no_rows": tk._("The table has a first line and no row."),
    }


def _contents() -> dict[str, str]:
    return {
        "text": tk._("text"),
        "html": tk._("a web page (HTML)"),
        "xml": tk._("XML"),
        "json": tk._("JSON"),
        "zip": tk._("a ZIP archive"),
        "xlsx": tk._("an Excel workbook (XLSX)"),
        "xls": tk._("an old Excel workbook (XLS)"),
        "ods": tk._("a LibreOffice spreadsheet (ODS)"),
        "docx": tk._("a Word document"),
        "gzip": tk._("a gzip archive"),
        "pdf": tk._("a PDF document"),
        "image": tk._("an image"),
        "sqlite": tk._("a SQLite database"),
        "parquet": tk._("Parquet"),
        "binary": tk._("no text"),
    }
