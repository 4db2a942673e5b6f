"""Free ports, and who holds a taken one."""

from __future__ import annotations

import contextlib
import secrets
import socket
from pathlib import Path

from dev.errors import DevError

HOST = "127.0.0.1"
_LISTEN = "0A"
_LOWEST = 10_000
_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")
#: Where Linux begins unless it is told otherwise.
_USUAL = 32_768


def is_free(port: int) -> bool:
    """Whether a server could listen on ``port`` of the loopback address now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as sock:
        # Servers set it as well: without it a port in TIME_WAIT, that of the run before, would look taken.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind((HOST, port))
        except OSError:
            return False
    return True


def find_free() -> int:
    """A port that nothing listens on.

    Drawn at random from those that the system gives to nobody by itself: a server that is started again finds its own
    still free, where one of the others may belong to any client's connection meanwhile.

    :raises DevError: when a thousand in a row are taken.
    """
    above = _first_of_the_system()
    for _try in range(1000):
        port = _LOWEST + secrets.randbelow(above - _LOWEST)
        if is_free(port):
            return port
    raise DevError(f"no free port was found between {_LOWEST} and {above}")


def _first_of_the_system() -> int:
    """The lowest port that the system draws from for connections of clients (``ip(7)``, ``ip_local_port_range``)."""
    try:
        first = int(_RANGE.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return _USUAL
    return first if first > _LOWEST + 1000 else _USUAL


def answers(port: int) -> bool:
    """Whether something accepts connections on ``port``."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as sock:
        sock.settimeout(1)
        return sock.connect_ex((HOST, port)) == 0


def require_free(port: int, remedy: str) -> None:
    """Refuse a port that is taken.

    :raises DevError: naming the process that holds it, where ``/proc`` tells.
    """
    if not is_free(port):
        raise DevError(f"port {port} is taken by {holder(port)}. {remedy}")


def holder(port: int) -> str:
    """Who listens on ``port``, as well as this user may know."""
    inodes = _listening_inodes(port)
    for fd in Path("/proc").glob("[0-9]*/fd/*") if inodes else ():
        with contextlib.suppress(OSError):
            if str(fd.readlink()) in inodes:
                pid = fd.parts[2]
                command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                return f"process {pid} ({command.strip()[:80]})"
    return "another user's process"


def _listening_inodes(port: int) -> set[str]:
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with contextlib.suppress(OSError):
            for line in Path(table).read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == _LISTEN and int(fields[1].rpartition(":")[2], 16) == port:
                    found.add(f"socket:[{fields[9]}]")
    return found
