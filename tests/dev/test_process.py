"""Processes are started, found again, told from strangers and ended."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

import pytest

from dev.errors import DevError
from dev.process import MARK, Process, call, marked, start_time, wait_gone

DEAF = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)",
]
SLEEP_SCRIPT = "import time; time.sleep(60)"
SLEEP = [sys.executable, "-c", SLEEP_SCRIPT]
PARENT = [sys.executable, "-c", f"import subprocess, sys; subprocess.run([sys.executable, '-c', {SLEEP_SCRIPT!r}])"]


@pytest.fixture
def process(tmp_path: Path):
    process = Process(tmp_path, "sleeper")
    yield process
    process.stop(timeout=1)


def start(process: Process, command: list[str]) -> int:
    process.start(command, env=os.environ, cwd=process.home)
    record = process.record
    assert record is not None
    return record.pid


def test_a_started_process_is_found_by_another_object(process: Process):
    pid = start(process, SLEEP)
    again = Process(process.home, process.name).record
    assert again is not None
    assert again.pid == pid


def test_a_stopped_process_is_gone(process: Process):
    pid = start(process, SLEEP)
    process.stop()
    assert start_time(pid) is None
    assert not process.running


def test_a_process_that_ignores_the_signal_is_killed(process: Process):
    pid = start(process, DEAF)
    process.wait_until(lambda: "deaf" in process.log.read_text(), 10)
    process.stop(timeout=0.2)
    assert start_time(pid) is None


def test_children_end_with_it(process: Process):
    start(process, PARENT)
    process.wait_until(lambda: len(marked(process.home)) == 2, 10)
    process.stop()
    assert marked(process.home) == []


def test_a_killed_process_has_no_time_to_object(process: Process):
    pid = start(process, DEAF)
    process.wait_until(lambda: "deaf" in process.log.read_text(), 10)
    process.kill()
    assert start_time(pid) is None
    assert not process.running


def test_a_pid_that_came_round_again_is_left_alone(process: Process):
    pid = start(process, SLEEP)
    path = process.home / "run" / "sleeper.json"
    known = path.read_text()
    path.write_text(json.dumps({**json.loads(known), "started": "another boot:1"}))
    process.stop()
    assert start_time(pid) is not None
    path.write_text(known)


def test_a_torn_record_is_none(process: Process):
    (process.home / "run").mkdir()
    (process.home / "run" / "sleeper.json").write_text('{"pid": 1')
    assert process.record is None


def test_one_that_ends_while_starting_is_told_with_its_log(process: Process):
    start(process, [sys.executable, "-c", "raise SystemExit('no such thing')"])
    with pytest.raises(DevError, match="sleeper ended while starting(.|\n)*no such thing"):
        process.wait_until(lambda: False, 10)


def test_one_that_never_answers_is_told(process: Process):
    start(process, SLEEP)
    with pytest.raises(DevError, match=r"did not answer in 0 s"):
        process.wait_until(lambda: False, 0.1)


def test_the_mark_finds_what_no_record_knows(process: Process):
    pid = start(process, SLEEP)
    (process.home / "run" / "sleeper.json").unlink()
    assert marked(process.home) == [pid]
    os.kill(pid, signal.SIGKILL)
    assert wait_gone([pid], 5) == []


def test_this_process_is_never_among_the_marked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(MARK, str(tmp_path))
    assert os.getpid() not in marked(tmp_path)


def test_a_call_keeps_answer_and_log_apart(tmp_path: Path):
    script = "import sys; print('answer'); print('log', file=sys.stderr); sys.exit(3)"
    done = call([sys.executable, "-c", script], env=os.environ, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (3, "answer\n", "log\n")
