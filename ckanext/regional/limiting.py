"""How often one user may do what costs others something: counted in Redis, for all processes of the site together."""

from __future__ import annotations

import time

import ckan.plugins.toolkit as tk
import redis.exceptions
from ckan.lib.redis import connect_to_redis

from ckanext.regional import config
from ckanext.regional.exceptions import InvalidInput, ServerDown

_MINUTE = 60


def count(what: str, user: str, most: int, field: str) -> None:
    """Count one more within this minute.

    :param what: names the thing that is counted
    :param field: the field that a refusal names
    :raises InvalidInput: when it is one too many.
    :raises ServerDown: when Redis does not answer.
    """
    key = f"ckan:{tk.config['ckan.site_id']}:regional:{what}:{user}:{int(time.time() // _MINUTE)}"
    try:
        pipeline = connect_to_redis().pipeline()
        pipeline.incr(key)
        pipeline.expire(key, _MINUTE)
        number = pipeline.execute()[0]
    except redis.exceptions.RedisError as error:
        sentence = tk._("{server} at {address} does not answer. Please try again in some minutes.")
        address = config.server_address("Redis")
        raise ServerDown("Redis", sentence.format(server="Redis", address=address)) from error
    if number > most:
        sentence = tk._("That was asked {most} times within a minute; wait a little and ask again.")
        raise InvalidInput({field: [sentence.format(most=most)]})
