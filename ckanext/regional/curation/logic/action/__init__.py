"""Actions of the plugin ``regional_curation``."""
