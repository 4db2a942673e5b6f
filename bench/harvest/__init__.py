"""Our harvester beside ckanext-harvest; see :mod:`bench.harvest.__main__`."""
