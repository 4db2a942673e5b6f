"""The vocabularies for programs: ``/regional/vocabulary/sector.json`` (JSON-LD) and ``.ttl``."""

from __future__ import annotations

import json
from importlib.util import find_spec

import ckan.plugins.toolkit as tk
from flask import Blueprint, Response

from ckanext.regional import skos, vocabulary

__all__ = ["regional_vocabulary"]

regional_vocabulary = Blueprint("regional_vocabulary", __name__)


@regional_vocabulary.route("/regional/vocabulary/<name>.<any(json, ttl):kind>", endpoint="read")
def read(name: str, kind: str) -> Response | str:
    """Answer a vocabulary as SKOS, with this site's own sectors. Turtle needs rdflib, which ckanext-dcat brings."""
    if name not in vocabulary.NAMES:
        return tk.abort(404, tk._("There is no vocabulary “{name}”.").format(name=name))
    document = json.dumps(skos.scheme(name), ensure_ascii=False, indent=1)
    if kind == "json":
        return Response(document, mimetype="application/ld+json")
    if find_spec("rdflib") is None:
        return tk.abort(404, tk._("This site has no Turtle; ask for {name}.json.").format(name=name))
    import rdflib

    turtle = rdflib.Graph().parse(data=document, format="json-ld").serialize(format="turtle")
    return Response(turtle, content_type="text/turtle; charset=utf-8")
