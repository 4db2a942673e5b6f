"""What every benchmark is told on the command line: the stack whose servers it measures on."""

from __future__ import annotations

import argparse

from dev.stack import Stack


def parser(description: str | None) -> argparse.ArgumentParser:
    """Make a parser that takes ``--stack`` and prints the description as it is written."""
    made = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--stack", default="bench")
    return made


def running_stack(options: argparse.Namespace) -> Stack:
    """Give the stack that was named.

    :raises SystemExit: when it does not run; it says how to start it
    """
    stack = Stack(options.stack)
    if not stack.running:
        raise SystemExit(f"the stack does not run: python3 -m dev up {options.stack}")
    return stack
