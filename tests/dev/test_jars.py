"""The lock file of Solr's jars."""

from __future__ import annotations

import pytest

from dev import jars
from dev.errors import DevError
from dev.paths import SOURCE

DIGEST = "ab" * 32


def test_a_line_is_read_with_its_classifier():
    (jar,) = jars.parse(f"# comment\n\nio.netty:netty-native:4.1:linux-x86_64 sha256:{DIGEST}\n")
    assert (jar.group, jar.artifact, jar.version, jar.classifier) == ("io.netty", "netty-native", "4.1", "linux-x86_64")
    assert jar.path.name == "netty-native-4.1-linux-x86_64.jar"
    assert jar.sha256 == DIGEST


@pytest.mark.parametrize("line", ["a:b sha256:" + DIGEST, "a:b:c", "a:b:c sha256:abc", "a:b:c:d:e sha256:" + DIGEST])
def test_a_wrong_line_is_told_with_its_number(line: str):
    with pytest.raises(DevError, match="line 1"):
        list(jars.parse(line))


def test_no_two_locked_jars_share_a_file():
    paths = [jar.path for jar in jars.parse((SOURCE / "solr-jars.lock").read_text())]
    assert len(paths) == len(set(paths))
    assert len(paths) > 100
