"""Pages of the review."""
from flask import Blueprint
__all__ = ["regional_curation"]
regional_curation = Blueprint("regional_curation", __name__)

