"""The blueprint of the pages; its modules add their routes."""

from __future__ import annotations

from flask import Blueprint

from ckanext.regional import forged
from ckanext.regional.harvest.scheduling import scheduler

regional_harvest = Blueprint("regional_harvest", __name__)
forged.guard(regional_harvest)

# Any visitor of the site brings a lost wake-up back.
regional_harvest.before_app_request(scheduler.watch)
