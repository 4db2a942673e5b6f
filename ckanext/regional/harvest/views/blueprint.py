"""The blueprint of the pages; its modules add their routes."""

from __future__ import annotations

from flask import Blueprint

from ckanext.regional.harvest import scheduler

regional_harvest = Blueprint("regional_harvest", __name__)

# Any visitor of the site brings a lost wake-up back.
regional_harvest.before_app_request(scheduler.watch)
