"""Which workers run, which queues they take jobs from, and which queues nobody looks at."""

from __future__ import annotations

from collections.abc import Iterator

import rq
from ckan import plugins as p
from ckan.lib.jobs import add_queue_name_prefix, remove_queue_name_prefix
from ckan.lib.redis import connect_to_redis
from redis import Redis

from ckanext.regional.interfaces import IRegional
from ckanext.regional.links import config as links
from ckanext.regional.types import Finding

DEFAULT = "default"


def alive() -> Iterator[Finding]:
    """Say which queues have a worker, and how many jobs wait where none is."""
    taken = taken_queues()
    if DEFAULT in taken:
        shown = ", ".join(f"“{queue}” ({number})" for queue, number in sorted(taken.items()))
        yield Finding("ok", "redis.worker", f"Workers take this site's jobs from the queues {shown}.")
    else:
        yield Finding(
            "warning",
            "redis.worker",
            f"No worker takes this site's jobs: harvests, link checks and e-mails wait{_waiting(DEFAULT)}.",
            "Start one, and let the system keep it running: ckan jobs worker",
        )
    lonely = sorted(used_queues() - taken.keys() - {DEFAULT})
    if lonely:
        shown = ", ".join(f"“{queue}”{_waiting(queue)}" for queue in lonely)
        yield Finding(
            "warning",
            "redis.queues",
            f"Settings send jobs to queues that no worker takes: {shown}.",
            f"Start one, and let the system keep it running: ckan jobs worker {' '.join([DEFAULT, *lonely])}",
        )


def used_queues() -> set[str]:
    """The queues that jobs of the enabled plugins go to."""
    ours = {links.queue()} if links.enabled() else set()
    return ours.union({DEFAULT}, *(plugin.get_queues() for plugin in p.PluginImplementations(IRegional)))


def taken_queues(connection: Redis | None = None) -> dict[str, int]:
    """The queues of this site that workers take jobs from, with the number of workers. Redis forgets one that died.

    :param connection: to Redis; CKAN's own if none is given
    :raises redis.RedisError: Redis does not answer
    """
    ours = add_queue_name_prefix("")
    taken: dict[str, int] = {}
    for worker in rq.Worker.all(connection=connection or connect_to_redis()):
        for name in worker.queue_names():
            if name.startswith(ours):
                queue = remove_queue_name_prefix(name)
                taken[queue] = taken.get(queue, 0) + 1
    return taken


def listening(queue: str) -> bool:
    """Say whether a worker of this site takes the jobs of a queue.

    :raises redis.RedisError: Redis does not answer
    """
    return queue in taken_queues()


def _waiting(queue: str) -> str:
    number = rq.Queue(add_queue_name_prefix(queue), connection=connect_to_redis()).count
    return f" ({number} so far)" if number else ""
