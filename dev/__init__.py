"""The development stack: PostgreSQL, Valkey, Solr and sites under ``.dev/``, without root, Docker or a compiler."""
