"""What the commands of ``python3 -m dev`` do, run by the virtual environment's Python."""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from dev import checks, demonstration, translations
from dev.front import run_in_front
from dev.lock import held
from dev.paths import DEV, ROOT, VENV, VENV_PYTHON
from dev.process import Process
from dev.site import PLUGINS, Site
from dev.stack import Stack
from dev.testing import UNIT_SITE, prepare

_COVERAGE = ("--cov=ckanext.regional", "--cov-report=term:skip-covered")


def run(arguments: argparse.Namespace) -> int:
    """Run the command; the exit code."""
    match arguments.command:
        case "demo":
            return _demo(arguments)
        case "test":
            return _test(arguments.rest, lint=arguments.lint)
        case "translations":
            return _translations(arguments.action)
    return _on_stack(arguments, Stack(arguments.stack))


def _on_stack(arguments: argparse.Namespace, stack: Stack) -> int:
    match arguments.command:
        case "up":
            with _starting(stack):
                stack.start()
            print(f"The stack {stack.name} runs; end it with: python3 -m dev down {stack.name}")
        case "down":
            with _locked(stack):
                stack.stop()
        case "status":
            print("\n".join(describe(stack)))
        case "env":
            for key, value in Site(stack, UNIT_SITE).variables().items():
                print(f"export {key}={shlex.quote(value)}")
        case "pytest":
            with _starting(stack):
                stack.start()
                return _pytest(stack, arguments.rest)
        case "site":
            _site(arguments, stack)
    return 0


def _site(arguments: argparse.Namespace, stack: Stack) -> None:
    with _starting(stack):
        stack.start()
        plugins = arguments.plugins.split() if arguments.plugins else PLUGINS
        settings = dict(item.split("=", 1) for item in arguments.set)
        site = Site(stack, arguments.name, port=arguments.port, plugins=plugins, settings=settings)
        if arguments.keep:
            site.stop()
            site.write_ini()
        else:
            site.reset()
        site.start()
    print(f"{site.url}  {site.ini}")


def _demo(arguments: argparse.Namespace) -> int:
    stack = Stack(demonstration.STACK)
    match arguments.action:
        case "up":
            with _locked(stack), _ending_on_failure(stack):
                demonstration.up(stack, arguments.catalogue)
        case "down":
            with _locked(stack):
                stack.stop()
            demonstration.FILE.unlink(missing_ok=True)
        case "status":
            print("\n".join(describe(stack)))
    return 0


def _test(arguments: Sequence[str], *, lint: bool) -> int:
    """Linters unless pytest arguments are given, then pytest on a stack that ends with it."""
    failed = checks.run() if lint or not arguments else []
    stack = Stack(os.environ.get("TEST_STACK", "test"))
    with _locked(stack):
        was_running = stack.running
        try:
            stack.start()
            code = _pytest(stack, arguments or _COVERAGE)
        finally:
            if not was_running:
                with _undisturbed():
                    stack.stop()
    if failed:
        print(f"Besides the tests, look at: {', '.join(failed)}")
    return code or (1 if failed else 0)


def _pytest(stack: Stack, arguments: Sequence[str]) -> int:
    """Run pytest on a running stack; its exit code."""
    env = {**os.environ, **prepare(stack), "PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"}
    if not (os.environ.get("REGIONAL_CHROMIUM") or shutil.which("chromium")):
        print("No Chromium (REGIONAL_CHROMIUM, or chromium on the path): the browser tests are skipped", flush=True)
    return run_in_front([VENV_PYTHON, "-m", "pytest", "--ckan-ini", ROOT / "test.ini", *arguments], env=env, cwd=ROOT)


def _translations(action: str) -> int:
    if action == "update":
        translations.update()
    problems = translations.problems()
    print("\n".join(problems) or "The translations are complete.")
    return 1 if problems else 0


@contextmanager
def _locked(stack: Stack) -> Iterator[None]:
    """One command at a time on a stack."""
    with held(DEV / f"{stack.name}.lock", f"the stack {stack.name}", wait=False):
        yield


@contextmanager
def _starting(stack: Stack) -> Iterator[None]:
    """On failure or interruption leave nothing running that was not before."""
    with _locked(stack):
        was_running = stack.running
        try:
            yield
        except BaseException:
            if not was_running:
                with _undisturbed():
                    stack.stop()
            raise


@contextmanager
def _ending_on_failure(stack: Stack) -> Iterator[None]:
    """On failure or interruption leave nothing running, but for a story that broke off: its sites are worth a look."""
    try:
        yield
    except demonstration.StoryError:
        raise
    except BaseException:
        with _undisturbed():
            stack.stop()
        raise


@contextmanager
def _undisturbed() -> Iterator[None]:
    """A second Ctrl-C must not cut short the end of what the first one interrupted."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(number, signal.SIG_IGN) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def describe(stack: Stack) -> list[str]:
    """What runs, one line each."""
    lines = [
        f"{server.name:32} {'of ' + server.variable if server.external else _state(server.process)}"
        for server in stack.servers
    ]
    for record in sorted((stack.home / "run").glob("site-*.json")):
        process = Process(stack.home, record.stem)
        lines.append(f"{process.name:32} {_state(process)}")
    return lines


def _state(process: Process) -> str:
    record = process.record
    if record is None:
        return "stopped"
    return f"running, process {record.pid}" + (f", port {record.port}" if record.port else "")
