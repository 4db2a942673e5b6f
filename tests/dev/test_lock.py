"""One command at a time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from dev.errors import DevError
from dev.lock import held
from dev.paths import ROOT

HOLDER = """
import sys, time
from pathlib import Path
from dev.lock import held
with held(Path(sys.argv[1]), "it", wait=False):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path: Path):
    command = [sys.executable, "-c", HOLDER, str(tmp_path / "lock")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        yield child
        child.kill()


def test_a_second_holder_is_refused_and_the_first_is_named(tmp_path: Path, holder: subprocess.Popen[str]):
    with (
        pytest.raises(DevError, match=f"it: process {holder.pid} is at work"),
        held(tmp_path / "lock", "it", wait=False),
    ):
        pass


def test_a_killed_holder_holds_nothing(tmp_path: Path, holder: subprocess.Popen[str]):
    holder.kill()
    holder.wait()
    with held(tmp_path / "lock", "it", wait=False):
        pass
