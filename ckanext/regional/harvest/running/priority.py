"""Readers come first: a harvest works at a lower priority than what else its machine has to do."""

from __future__ import annotations

import os
from typing import Any

import redis.exceptions
import rq
from rq.worker import BaseWorker

from ckanext.regional import logs
from ckanext.regional.harvest import config

log = logs.get_logger(__name__)


def give_way() -> None:
    """Lower the priority of this process, where it is one that a worker made for its job alone.

    A priority cannot be raised again: a worker that works in its own process stays as it is, and so does whoever
    harvests by the command line, which knows ``nice``.
    """
    job = rq.get_current_job()
    steps = config.nice()
    if job is None or not job.worker_name or not steps:
        return
    try:
        worker: Any = job.connection.hget(f"{BaseWorker.redis_worker_namespace_prefix}{job.worker_name}", "pid")
        if worker is not None and int(worker) != os.getpid():
            os.nice(steps)
    except (redis.exceptions.RedisError, OSError) as error:
        log.info("The priority stays as it is: %s", error)
