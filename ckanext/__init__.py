# The ``ckanext`` namespace is shared by CKAN and every extension; this is the shim that CKAN itself uses.
try:
    import pkg_resources

    pkg_resources.declare_namespace(__name__)
except ImportError:
    import pkgutil

    __path__ = pkgutil.extend_path(__path__, __name__)
