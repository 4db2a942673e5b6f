"""What of a dataset dict is no content, and one text for one content. No CKAN import."""

from __future__ import annotations

import json
from typing import Any

#: Keys of a dataset dict that CKAN computes or that decisions change; they are no content.
VOLATILE = frozenset(
    {
        "creator_user_id", "id", "isopen", "license_title", "license_url", "metadata_created", "metadata_modified",
        "num_resources", "num_tags", "organization", "origin", "private", "regional_revision_of", "regional_status",
        "steward_name",
        "relationships_as_object", "relationships_as_subject", "spatial_coverage", "state", "tracking_summary", "type",
    }
)  # fmt: skip

#: Keys of a resource dict that jobs and the datastore keep up by themselves.
RESOURCE_VOLATILE = frozenset(
    {
        "cache_last_updated", "cache_url", "created", "datastore_active",
        "datastore_contains_all_records_of_source_file", "hash", "last_modified", "metadata_modified", "mimetype",
        "mimetype_inner", "package_id", "position", "revision_id", "size", "state", "tracking_summary",
    }
)  # fmt: skip


def canonical(value: Any) -> str:
    """One JSON text for one value, whatever the order of its keys."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
