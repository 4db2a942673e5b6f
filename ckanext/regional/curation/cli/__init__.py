"""``ckan regional curation``, ``steward`` and ``audit``."""
