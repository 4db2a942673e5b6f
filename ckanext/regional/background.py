"""Background jobs whose plugin may have been switched off since they were queued."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from ckan import plugins as p

log = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")


def job_of(plugin: str) -> Callable[[Callable[P, R]], Callable[P, R | None]]:
    """Let a job do nothing, and so ask for no further one, while its plugin is off.

    Jobs stay in Redis when a plugin is taken out, and its tables may be gone. Once it is on again, it wakes itself.
    """

    def around(job: Callable[P, R]) -> Callable[P, R | None]:
        @wraps(job)
        def unless_off(*args: P.args, **kwargs: P.kwargs) -> R | None:
            if not p.plugin_loaded(plugin):
                log.info("The job %s is left alone: the plugin %s is off", job.__name__, plugin)
                return None
            return job(*args, **kwargs)

        return unless_off

    return around
