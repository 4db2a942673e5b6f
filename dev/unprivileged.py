"""Run a program as another user although its files lie below a folder that only root may enter.

PostgreSQL refuses to run as root. A clone below ``/root`` (mode 700) is out of the reach of any other user, so the
program keeps one right of root, that of passing closed folders, as an *ambient capability*: the kernel hands it on
through ``exec`` while the user id is an ordinary one, which is all that PostgreSQL asks for.

Called as ``python -m dev.unprivileged UID GID PROGRAM ARGUMENT…``; replaces itself by the program.
"""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

CAP_DAC_OVERRIDE = 1
_PR_SET_SECUREBITS = 28
# Without it the system call access(2), with which PostgreSQL looks for its programs, ignores capabilities.
_SECBIT_NO_SETUID_FIXUP = 4
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE = 2
_CAPABILITY_VERSION_3 = 0x20080522


class _Header(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


class _Data(ctypes.Structure):
    _fields_ = [("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32)]


def open_to_all(path: Path) -> bool:
    """Whether any user may enter ``path`` and the folders above it."""
    return all(folder.stat().st_mode & 0o005 == 0o005 for folder in (path, *path.parents))


def become(uid: int, gid: int, *, keep_access: bool) -> None:
    """Turn this process into one of an ordinary user.

    :param keep_access: keep root's right to pass closed folders.
    :raises OSError: when the machine (a container without that capability) refuses it.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if keep_access:
        _check(libc.prctl(_PR_SET_SECUREBITS, _SECBIT_NO_SETUID_FIXUP, 0, 0, 0))
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    if keep_access:
        bit = 1 << CAP_DAC_OVERRIDE
        header = _Header(_CAPABILITY_VERSION_3, 0)
        data = (_Data * 2)(_Data(bit, bit, bit), _Data(0, 0, 0))
        _check(libc.capset(ctypes.byref(header), data))
        _check(libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0))


def _check(result: int) -> None:
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def main(argv: list[str]) -> None:
    """Become the user, then the program."""
    uid, gid, program = int(argv[0]), int(argv[1]), Path(argv[2])
    closed = not open_to_all(program.parent) or not open_to_all(Path.cwd())
    try:
        become(uid, gid, keep_access=closed)
    except OSError as error:
        sys.exit(
            f"PostgreSQL does not run as root, and user {uid} may not enter {Path.cwd()} ({error}). "
            "Move the clone to a folder that all may enter, or run as an ordinary user."
        )
    os.execv(program, argv[2:])


if __name__ == "__main__":
    main(sys.argv[1:])
