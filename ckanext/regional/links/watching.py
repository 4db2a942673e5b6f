"""Datasets whose addresses are to be looked at: public ones, and those that the review says are under review."""

from __future__ import annotations

from ckan import model

from ckanext.regional.links import config, entries, jobs


def saved(package: model.Package | None) -> None:
    """Note the addresses of a dataset that has just been saved, if it is public; in the transaction of the save."""
    if package is not None and package.state == "active" and not package.private:
        watch(package)


def watch(package: model.Package) -> None:
    """Have the addresses of a dataset looked at, whether it is public or not; in the running transaction."""
    if config.enabled() and entries.enter(entries.urls_of(package)):
        jobs.wake()
