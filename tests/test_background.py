"""Jobs that were queued before their plugin was taken out."""

from __future__ import annotations

from ckan import plugins as p

from ckanext.regional.background import job_of
from ckanext.regional.harvest.scheduling import scheduler


def test_a_job_does_nothing_while_its_plugin_is_off(our_plugins: None) -> None:
    done: list[str] = []

    @job_of("regional_harvest")
    def job(what: str) -> str:
        done.append(what)
        return what

    assert job("on") == "on"
    p.unload("regional_harvest")
    try:
        assert job("off") is None
    finally:
        p.load("regional_harvest")
    assert done == ["on"]


def test_what_redis_has_of_a_job_leads_to_the_guarded_one() -> None:
    """RQ keeps where a function is, and looks it up there."""
    assert (scheduler.tick.__module__, scheduler.tick.__qualname__) == (scheduler.__name__, "tick")
    assert scheduler.tick is getattr(scheduler, scheduler.tick.__qualname__)
    assert hasattr(scheduler.tick, "__wrapped__")
