"""What ``pyproject.toml`` cannot hold: Babel's extraction map, and extras of which one is read from a file."""

from pathlib import Path

from setuptools import setup


def tools() -> list[str]:
    """What ``./test`` installs besides a site: its names and versions stand in one file."""
    lines = (Path(__file__).parent / "dev" / "requirements-test.txt").read_text(encoding="utf-8").splitlines()
    return [name for name in (line.partition("#")[0].strip() for line in lines) if name]


# What a site adds by name: pip install "ckanext-regional[dcat]"
#   dcat            RDF of catalogue and datasets by ckanext-dcat, whose profile for DCAT-AP 3 ours builds on; below 2.4
#                   it has none of the fields for HVD and provenance, and a new major version may change the methods
#                   that we call
#   harvest-import  nothing: `ckan regional source import-from-harvest` reads ckanext-harvest's tables by SQL, with
#                   that extension on, off or gone. The name is there for who looks for it
#   dev             linters and tools of the tests, in the versions that ./test uses; CKAN and the servers come by
#                   `python3 -m dev`
EXTRAS = {
    "dcat": ["ckanext-dcat>=2.4,<3"],
    "harvest-import": [],
    "dev": tools(),
}

setup(
    extras_require=EXTRAS,
    message_extractors={
        "ckanext/regional": [
            ("**.py", "python", None),
            ("**.js", "javascript", None),
            ("**/templates/**.html", "ckan", None),
        ],
    },
)
