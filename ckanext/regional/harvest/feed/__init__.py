"""The feed that neighbours pull."""
