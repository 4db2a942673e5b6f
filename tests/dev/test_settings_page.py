"""The page of the settings says what the declarations say, and CKAN reads the same from them."""

from __future__ import annotations

import re

from ckan.cli.cli import ckan
from ckan.tests.helpers import CKANCliRunner

from dev.settings_page import DECLARATIONS, PAGE, keys, page


def test_the_page_is_the_declarations():
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python3 -m dev.settings_page"


def test_ckan_declares_the_settings_of_all_four_plugins(cli: CKANCliRunner):
    done = cli.invoke(ckan, ["config", "declaration", *DECLARATIONS])
    assert done.exit_code == 0, done.output
    assert re.findall(r"^#?\s*(ckanext\.regional\.\S+) =", done.stdout, re.MULTILINE) == keys()
    assert len(keys()) == len(set(keys())) > 50
