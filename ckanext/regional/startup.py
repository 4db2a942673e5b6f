"""What a site tells us once, when it starts."""

from __future__ import annotations

from ckan.exceptions import CkanConfigurationException
from ckan.plugins import PluginImplementations

from ckanext.regional import config, sectors, vocabulary
from ckanext.regional.interfaces import IRegional

__all__ = ["learn_sectors"]


def learn_sectors() -> None:
    """Take the site's own sectors from plugins, then from the file of ``ckanext.regional.sectors``.

    :raises CkanConfigurationException: one is wrong; the sentence names where it is and what to do.
    """
    given: list[sectors.Given] = [
        (f"get_sectors() of the plugin {plugin.name}", rows)
        for plugin in PluginImplementations(IRegional)
        if (rows := plugin.get_sectors())
    ]
    name = config.sectors()
    try:
        if name:
            given.append((name, sectors.from_file(name)))
        vocabulary.use_sectors(sectors.merged(given) if given else None)
    except ValueError as error:
        raise CkanConfigurationException(f"ckanext.regional.sectors: {error}") from error
