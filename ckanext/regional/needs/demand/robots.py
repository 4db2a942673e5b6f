"""Whether a request is a person's. No CKAN import.

Clients say who they are; one that hides is counted. What is left out is what calls itself a robot, a library or a
monitor, what names nothing, what loads a page before anybody has asked for it, and who asks not to be counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

#: Words in the names of robots, libraries, monitors and link previews.
_ROBOT = re.compile(
    r"bot\b|bot[/;_-]|crawl|spider|slurp|scrap|archiv|fetch|monitor|uptime|pingdom|check_http|headless|phantomjs|"
    r"lighthouse|preview|facebookexternalhit|whatsapp|embedly|curl|wget|python|java/|okhttp|go-http|libwww|httpclient|"
    r"axios|node-fetch|ruby|perl|php/|guzzle|feed|rss|validator|ckan|harvest|gptbot|claude|chatgpt|bingpreview|"
    r"mediapartners|google-|yandex|baidu|ahrefs|semrush|dataprovider",
    re.IGNORECASE,
)


def is_person(headers: Mapping[str, str], more: Iterable[str] = ()) -> bool:
    """Whether a request with these headers is to be counted.

    :param more: further words in the names of robots
    """
    client = headers.get("User-Agent") or ""
    if len(client) < 10 or _ROBOT.search(client):
        return False
    lowered = client.lower()
    if any(word.lower() in lowered for word in more):
        return False
    ahead = f"{headers.get('Purpose', '')} {headers.get('Sec-Purpose', '')} {headers.get('X-Moz', '')}".lower()
    if "prefetch" in ahead or "preview" in ahead:
        return False
    return headers.get("DNT") != "1" and headers.get("Sec-GPC") != "1"
