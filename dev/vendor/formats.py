"""Make ``ckanext/regional/data/score/``: media types, and a record of the lists that the scores look formats up in.

Usage, from the root of the project, with npm::

    python -m dev.vendor.formats                     # downloads, checks, writes
    python -m dev.vendor.formats --npm-tarball FILE  # where npm is missing: what ``npm pack`` made elsewhere

The media types are those of IANA in ``mime-db``. File types and licences are short lists of codes of the EU's tables,
kept by hand: no registry serves them.
"""

from __future__ import annotations

import argparse
import json
import sys
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dev.vendor.sources import DATA, Source, VendorError, check, fetch, rows_as_json, write

FOLDER = DATA / "score"
OWN = ("file_types", "licences")
MEMBER = "package/db.json"
MIME_DB = Source(
    "media-types",
    "mime-db",
    "npm",
    "1.54.0",
    "2025-03-25",
    "2b21054e65d0eabd58c5002d2713e968dd47b15700bfed4b7281a344ded1c420",
    "facts of IANA's registry of media types (code MIT)",
    "IANA",
)
EU = Source(
    "eu",
    "EU authority tables of file types and licences, with the MQA's lists of formats",
    "document",
    "",
    "2025-01-09",
    "",
    "CC-BY 4.0",
    "European Union, Publications Office, EU Vocabularies; data.europa.eu",
)


def media_types(table: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """List what IANA has registered, in order.

    :param table: the database: what is known, by media type.
    """
    return sorted(name for name, known in table.items() if known.get("source") == "iana")


def main() -> int:
    """Fetch, check, convert, write."""
    parser = argparse.ArgumentParser(description="Make the list of media types, and record the lists beside it.")
    parser.add_argument("--npm-tarball", type=Path, help="the tarball, where npm is not installed")
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder to write to")
    arguments = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory() as folder:
            given = arguments.npm_tarball
            tarball = check(MIME_DB, given) if given else fetch(MIME_DB, Path(folder))
            with tarfile.open(tarball) as archive:
                member = archive.extractfile(MEMBER)
                if member is None:
                    raise VendorError(f"{tarball.name} has no file {MEMBER}")
                found = media_types(json.load(member))
    except (VendorError, KeyError) as error:
        print(error, file=sys.stderr)
        return 1
    rows = {name: json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8")) for name in OWN}
    rows["media_types"] = found
    files = {f"{name}.json": (rows_as_json(table), len(table)) for name, table in rows.items()}
    record = {"made_by": "python -m dev.vendor.formats", "own": [f"{name}.json" for name in OWN]}
    write(arguments.out, files, record, [MIME_DB, EU])
    return 0


if __name__ == "__main__":
    sys.exit(main())
