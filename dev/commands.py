"""What the commands of ``python3 -m dev`` do, run by the virtual environment's Python."""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from dev.lock import held
from dev.paths import DEV, ROOT, VENV_PYTHON
from dev.process import Process
from dev.site import PLUGINS, Site
from dev.stack import Stack
from dev.testing import prepare


def run(arguments: argparse.Namespace) -> int:
    """Run the command; the exit code."""
    stack = Stack(arguments.stack)
    match arguments.command:
        case "up":
            with _starting(stack):
                stack.start()
            print(f"The stack {stack.name} runs; end it with: python3 -m dev down {stack.name}")
        case "down":
            with locked(stack):
                stack.stop()
        case "status":
            print("\n".join(describe(stack)))
        case "env":
            for key, value in stack.environment().items():
                print(f"export {key}={shlex.quote(value)}")
        case "pytest":
            with _starting(stack):
                stack.start()
                return run_pytest(stack, arguments.arguments)
        case "site":
            with _starting(stack):
                stack.start()
                site = Site(
                    stack,
                    arguments.name,
                    port=arguments.port,
                    plugins=arguments.plugins.split() if arguments.plugins else PLUGINS,
                    settings=dict(item.split("=", 1) for item in arguments.set),
                )
                if arguments.keep:
                    site.stop()
                    site.write_ini()
                else:
                    site.reset()
                site.start()
            print(f"{site.url}  {site.ini}")
    return 0


def run_pytest(stack: Stack, arguments: Sequence[str]) -> int:
    """Run pytest on a running stack; its exit code."""
    env = {**os.environ, **prepare(stack)}
    command = [VENV_PYTHON, "-m", "pytest", "--ckan-ini", ROOT / "test.ini", *arguments]
    return subprocess.run(command, cwd=ROOT, env=env, check=False).returncode


@contextmanager
def locked(stack: Stack) -> Iterator[None]:
    """One command at a time on a stack."""
    with held(DEV / f"{stack.name}.lock", f"the stack {stack.name}", wait=False):
        yield


@contextmanager
def _starting(stack: Stack) -> Iterator[None]:
    """On failure or interruption leave nothing running that was not before."""
    with locked(stack):
        was_running = stack.running
        try:
            yield
        except BaseException:
            if not was_running:
                stack.stop()
            raise


def describe(stack: Stack) -> list[str]:
    """What runs, one line each."""
    lines = []
    for server in stack.servers:
        lines.append(f"{server.name:24} {_state(server.process) if not server.external else server.external}")
    for record in sorted((stack.home / "run").glob("site-*.json")):
        process = Process(stack.home, record.stem)
        lines.append(f"{process.name:24} {_state(process)}")
    return lines


def _state(process: Process) -> str:
    record = process.record
    if record is None:
        return "stopped"
    return f"running, pid {record.pid}" + (f", port {record.port}" if record.port else "")
