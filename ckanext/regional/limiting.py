"""How often somebody may do what costs others something: counted in Redis, for all processes of the site together.

What stands there is a hash under a salt that is made at random for each window and expires with it: afterwards nobody,
not even with the site's secrets, can tell whose counts these were.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
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
    try:
        number = spent(what, user, _MINUTE)
    except redis.exceptions.RedisError as error:
        sentence = tk._("{server} at {address} does not answer. Please try again in some minutes.")
        address = config.server_address("Redis")
        raise ServerDown("Redis", sentence.format(server="Redis", address=address)) from error
    if number > most:
        sentence = tk._("That was asked {most} times within a minute; wait a little and ask again.")
        raise InvalidInput({field: [sentence.format(most=most)]})


def spent(what: str, who: str, window: int) -> int:
    """Count one more of somebody.

    :param window: seconds; windows begin at the same moments for everybody
    :returns: how often it was in this window, with this time
    :raises redis.exceptions.RedisError: Redis does not answer
    """
    key = f"ckan:{tk.config['ckan.site_id']}:regional:{what}:{_number(window)}"
    connection = connect_to_redis()
    connection.set(f"{key}:salt", secrets.token_bytes(32), nx=True, ex=window)
    salt = connection.get(f"{key}:salt")
    digest = hmac.new(bytes(salt or b""), who.encode(), hashlib.sha256).hexdigest()  # pyright: ignore
    pipeline = connection.pipeline()
    pipeline.incr(f"{key}:{digest}")
    pipeline.expire(f"{key}:{digest}", window)
    return pipeline.execute()[0]


def _number(window: int) -> int:
    """Which window of this length it is now."""
    return int(time.time()) // window
