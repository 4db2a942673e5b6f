from flask import Blueprint

__all__ = ["regional_harvest"]
regional_harvest = Blueprint("regional_harvest", __name__)
