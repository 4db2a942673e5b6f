"""The plugin ``regional_translations``: our pages in one more language, from a folder of the site's own."""

from __future__ import annotations

from pathlib import Path

from ckan import plugins as p
from ckan.exceptions import CkanConfigurationException

from ckanext.regional import config

DOMAIN = "ckanext-regional"


class RegionalTranslationsPlugin(p.SingletonPlugin):
    """Adds the catalogues ``<language>/LC_MESSAGES/ckanext-regional.mo`` below ``ckanext.regional.translations``."""

    p.implements(p.ITranslation)

    def i18n_directory(self) -> str:
        """The site's folder.

        :raises CkanConfigurationException: the setting is empty, or names no folder
        """
        folder = config.translations()
        if not folder or not Path(folder).is_dir():
            raise CkanConfigurationException(
                f"ckanext.regional.translations = {folder}: there is no such folder. Name the one that holds "
                "<language>/LC_MESSAGES/ckanext-regional.mo, or take regional_translations out of ckan.plugins."
            )
        return folder

    def i18n_locales(self) -> list[str]:
        """The languages that the folder has."""
        return sorted(path.parts[-3] for path in Path(self.i18n_directory()).glob(f"*/LC_MESSAGES/{DOMAIN}.mo"))

    def i18n_domain(self) -> str:
        return DOMAIN
