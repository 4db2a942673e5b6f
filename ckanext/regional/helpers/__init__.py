"""Template helpers, by what they speak of; CKAN finds them all here."""

from __future__ import annotations

from ckanext.regional.helpers.changes import *  # noqa: F403
from ckanext.regional.helpers.changes import __all__ as _of_changes
from ckanext.regional.helpers.fields import *  # noqa: F403
from ckanext.regional.helpers.fields import __all__ as _of_fields
from ckanext.regional.helpers.finding import *  # noqa: F403
from ckanext.regional.helpers.finding import __all__ as _of_finding
from ckanext.regional.helpers.schemas import *  # noqa: F403
from ckanext.regional.helpers.schemas import __all__ as _of_schemas
from ckanext.regional.helpers.scores import *  # noqa: F403
from ckanext.regional.helpers.scores import __all__ as _of_scores

__all__ = [*_of_changes, *_of_fields, *_of_finding, *_of_schemas, *_of_scores]
