"""How long another site asks to be left alone, and how long one is listened to."""

from __future__ import annotations

import datetime
import socket
from email.utils import format_datetime

from ckanext.regional.outgoing.patience import seconds_until
from ckanext.regional.outgoing.watch import Watch


def test_retry_after() -> None:
    later = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=100)
    assert seconds_until("7") == 7
    assert 90 < (seconds_until(format_datetime(later)) or 0) <= 100
    assert seconds_until("Wed, 21 Oct 2015 07:28:00 GMT") == 0
    assert [seconds_until(text) for text in (None, "", "soon", "-3", "²")] == [None] * 5


def test_a_line_is_cut_when_the_time_is_over() -> None:
    near, far = socket.socketpair()
    with near, far, Watch(0.05) as watch:
        watch.over(near)
        # Nothing ever comes; without the watch this would wait for ever.
        assert near.recv(1) == b""
    assert watch.late


def test_a_line_that_comes_too_late_is_cut_at_once() -> None:
    near, far = socket.socketpair()
    with near, far, Watch(0.01) as watch:
        while not watch.late:
            pass
        watch.over(near)
        assert near.recv(1) == b""


def test_a_line_stays_when_all_is_in_time() -> None:
    near, far = socket.socketpair()
    watch = Watch(60)
    with near, far:
        with watch:
            watch.over(near)
        far.send(b"x")
        assert (near.recv(1), watch.late) == (b"x", False)
