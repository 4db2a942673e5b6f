"""Our scheming schemas and presets, and how a site's own schema takes our fields in."""
