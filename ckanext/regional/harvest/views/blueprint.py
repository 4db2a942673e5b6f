"""The blueprint of the pages; its modules add their routes."""

from __future__ import annotations

from flask import Blueprint

regional_harvest = Blueprint("regional_harvest", __name__)
