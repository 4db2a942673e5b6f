"""``python3 -m dev …``: the development stack's commands."""

from __future__ import annotations

import sys

if sys.version_info < (3, 11):  # noqa: UP036  before any newer syntax is read
    sys.exit("no Python >= 3.11 found: {} is {}".format(sys.executable, sys.version.split()[0]))  # noqa: UP032

import argparse
import os
import signal
from pathlib import Path
from types import FrameType

from dev import ports, python, running
from dev.errors import DevError, Interrupted
from dev.lock import locked
from dev.paths import DEV, ROOT, VENV, VENV_PYTHON, stack_dir

# What they do not know they hand on to pytest.
_HANDS_ON = ("test", "pytest")
_NEEDS_TESTS = ("test", "pytest", "translations")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 -m dev", description="The development stack of ckanext-regional.")
    commands = parser.add_subparsers(dest="command", required=True)
    up = commands.add_parser("up", help="start the servers of a stack and leave them running")
    up.add_argument("stack")
    env = commands.add_parser("env", help="print the shell variables that point a CKAN at a running stack")
    env.add_argument("stack")
    site = commands.add_parser("site", help="start an empty site on a stack, and the stack if need be")
    site.add_argument("stack")
    site.add_argument("name")
    site.add_argument("--port", type=int)
    site.add_argument("--plugins", help="plugins instead of the demo's")
    site.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="a setting of the site")
    site.add_argument("--keep", action="store_true", help="restart it without emptying it")
    pytest = commands.add_parser("pytest", help="run pytest on a stack that is left running")
    pytest.add_argument("stack")
    demo = commands.add_parser("demo", prog="./demo", help="the demonstration")
    demo.add_argument(
        "action",
        nargs="?",
        choices=("up", "down", "status"),
        default="up",
        help="start afresh (default), end, or say what runs",
    )
    demo.add_argument(
        "--with", dest="catalogue", type=Path, metavar="FILE", help="a DCAT-US catalogue for a third site"
    )
    test = commands.add_parser(
        "test", prog="./test", help="linters and tests; TEST_STACK names another stack", add_help=False
    )
    test.add_argument("--lint", action="store_true", help="run the linters although pytest arguments are given")
    test.add_argument("--coverage", action="store_true", help="say how much of the extension the tests run; slower")
    test.add_argument("--pictures", action="store_true", help="take docs/pictures anew, by the browser test alone")
    test.add_argument("--workers", type=int, metavar="N", help="processes, each with servers of its own")
    translations = commands.add_parser("translations", help="look for differences, or write the files anew")
    translations.add_argument("action", nargs="?", choices=("check", "update"), default="check")
    for name in ("down", "status"):
        one = commands.add_parser(name, help=f"{name} of a stack")
        one.add_argument("stack")
    return parser


def _ended_or_described(arguments: argparse.Namespace) -> bool:
    """Do ``down`` and ``status`` here: they need no virtual environment and must not build one."""
    demo = arguments.command == "demo"
    action = arguments.action if demo else arguments.command
    if action not in ("down", "status"):
        return False
    stack = "demo" if demo else arguments.stack
    if action == "status":
        print("\n".join(running.describe(stack_dir(stack))))
        return True
    with locked(stack):
        running.stop(stack_dir(stack))
        if demo:
            (DEV / "demo.json").unlink(missing_ok=True)
    return True


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise Interrupted(signal.Signals(number).name)


def _take_signals() -> None:
    """Let every end of a command run its clean-up; a shell starts those in the background with SIGINT ignored."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, _interrupt)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup
        signal.signal(signal.SIGHUP, _interrupt)


def _reach_loopback_directly() -> None:
    """The machine's proxy is for the registries; our servers, and what they ask of one another, are on this machine."""
    for name in ("no_proxy", "NO_PROXY"):
        known = [os.environ[name]] if os.environ.get(name) else []
        if ports.HOST not in ",".join(known).split(","):
            os.environ[name] = ",".join([*known, ports.HOST, "localhost"])


def main(argv: list[str]) -> int:
    """Run a command; the exit code."""
    arguments, rest = _parser().parse_known_args(argv)
    if rest and arguments.command not in _HANDS_ON:
        _parser().parse_args(argv)
    arguments.rest = rest
    _take_signals()
    _reach_loopback_directly()
    try:
        python.check_version()
        if _ended_or_described(arguments):
            return 0
        built = python.ensure(tests=arguments.command in _NEEDS_TESTS)
        if built or sys.prefix != str(VENV):
            os.chdir(ROOT)
            os.execv(VENV_PYTHON, [str(VENV_PYTHON), "-m", "dev", *argv])
        from dev.commands import run

        return run(arguments)
    except DevError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except (KeyboardInterrupt, Interrupted):
        print("interrupted", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
