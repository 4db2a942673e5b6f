"""Our background jobs: each does nothing once its plugin is off, and its lines in the log say its id."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from ckan import plugins as p

from ckanext.regional import logs

log = logs.get_logger(__name__)

P = ParamSpec("P")
R = TypeVar("R")


def job_of(plugin: str) -> Callable[[Callable[P, R]], Callable[P, R | None]]:
    """Let a job do nothing, and so ask for no further one, while its plugin is off.

    Jobs stay in Redis when a plugin is taken out, and its tables may be gone. Once it is on again, it wakes itself.
    """

    def around(job: Callable[P, R]) -> Callable[P, R | None]:
        @logs.job
        @wraps(job)
        def unless_off(*args: P.args, **kwargs: P.kwargs) -> R | None:
            if not p.plugin_loaded(plugin):
                log.info("The job %s is left alone: the plugin %s is off", job.__name__, plugin)
                return None
            return job(*args, **kwargs)

        return unless_off

    return around
