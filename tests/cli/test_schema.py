from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from ckan.tests.helpers import CKANCliRunner
from click.testing import Result

from ckanext.regional.cli import regional

FULL = "ckanext.dcat.schemas:dcat_ap_full.yaml"


@pytest.fixture
def merge(our_plugins: None, cli: CKANCliRunner):
    """Run ``ckan regional schema merge``."""

    def run(*arguments: str) -> Result:
        return cli.invoke(regional, ["schema", "merge", *arguments])

    return run


@pytest.fixture
def conflicting(tmp_path: Path) -> str:
    """A schema whose theme and steward are something else."""
    path = tmp_path / "theirs.yaml"
    path.write_text(
        "dataset_type: dataset\ndataset_fields:\n"
        "- {field_name: title, label: Titre}\n"
        "- {field_name: theme, label: Thème}\n"
        "- {field_name: steward, label: Service}\n"
        "resource_fields: []\n"
    )
    return str(path)


def test_the_schema_is_all_that_is_printed(merge) -> None:
    done = merge(FULL)
    assert done.exit_code == 0
    fields = [field["field_name"] for field in yaml.safe_load(done.stdout)["dataset_fields"]]
    assert fields[0] == "title"
    assert {"territory", "steward", "dcat_type"} <= set(fields)


def test_json_for_a_file_that_ends_so(merge) -> None:
    done = merge("ckanext.scheming:codelist.json", "--format", "json")
    assert done.stdout.startswith('{\n  "scheming_version": 1')


def test_it_is_told_what_was_done_and_what_to_set(merge) -> None:
    told = merge(FULL).stderr
    assert "added (" in told
    assert "kept yours (" in told
    assert "kept yours, but values are not checked against the EU themes" in told
    presets = "ckanext.scheming:presets.json ckanext.regional:schemas/presets.yaml ckanext.dcat.schemas:presets.yaml"
    assert f"scheming.presets = {presets}" in told


def test_an_unknown_preset_is_named(merge, tmp_path: Path) -> None:
    path = tmp_path / "theirs.yaml"
    path.write_text("dataset_type: dataset\ndataset_fields: [{field_name: title, preset: ours_of_2014}]\n")
    assert "the presets ours_of_2014" in merge(str(path)).stderr


def test_a_conflict_stops_it(merge, conflicting: str) -> None:
    done = merge(conflicting)
    assert done.exit_code == 1
    assert done.stdout == ""
    assert "conflict: theme: yours (“Thème”) holds a text, ours a list\n" in done.stderr
    assert "To settle: theme, steward." in done.stderr


@pytest.mark.parametrize(("side", "preset"), [("theirs", None), ("ours", "regional_theme")])
def test_a_side_is_taken(merge, conflicting: str, side: str, preset: str | None) -> None:
    done = merge(conflicting, "--prefer", side)
    assert done.exit_code == 0
    fields = {field["field_name"]: field for field in yaml.safe_load(done.stdout)["dataset_fields"]}
    assert fields["theme"].get("preset") == preset
    assert "conflict: theme" in done.stderr


def test_each_field_can_be_settled_alone(merge, conflicting: str) -> None:
    done = merge(conflicting, "--prefer", "theme=theirs", "--prefer", "steward=ours")
    fields = {field["field_name"]: field for field in yaml.safe_load(done.stdout)["dataset_fields"]}
    assert fields["theme"] == {"field_name": "theme", "label": "Thème", "form_group": "what"}
    assert fields["steward"]["preset"] == "regional_steward"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nothing.yaml"], "nothing.yaml: there is no such file."),
        (["ckanext.scheming:org_with_dept_id.json"], "a schema for organisations"),
        ([FULL, "--prefer", "mine"], "“mine” is neither ours, theirs nor FIELD=ours."),
        ([FULL, "--prefer", "humps=ours"], "there is no conflict at humps"),
    ],
)
def test_what_cannot_be_done_is_said(merge, arguments: list[str], said: str) -> None:
    done = merge(*arguments)
    assert done.exit_code != 0
    assert said in done.stderr
    assert done.stdout == ""
