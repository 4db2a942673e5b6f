"""The development stack: PostgreSQL, Valkey, Solr and CKAN sites under ``.dev/``, without root, Docker or a compiler."""
