"""Everything about the package is in ``pyproject.toml``; Babel's extraction map is the one thing it cannot hold."""

from setuptools import setup

setup(
    message_extractors={
        "ckanext/regional": [
            ("**.py", "python", None),
            ("**.js", "javascript", None),
            ("**/templates/**.html", "ckan", None),
        ],
    },
)
