"""What the pages say of scores: what a criterion asks, and what to do where it is not met, in the reader's words."""

from __future__ import annotations

import ckan.plugins.toolkit as tk
from ckan import plugins as p


def score_label(name: str) -> str:
    """What a score is called."""
    labels = {
        "mqa": tk._("European portal (data.europa.eu)"),
        "datagouv": tk._("National portal (data.gouv.fr)"),
        "governance": tk._("Governance"),
    }
    return labels.get(name, name)


def score_sentence(name: str) -> str:
    """What a score measures, in a sentence."""
    sentences = {
        "mqa": tk._("How the portal of the European Union rates what is written about the data."),
        "datagouv": tk._("The nine points that the national portal looks at."),
        "governance": tk._("Whether somebody answers for the data, on what basis, and has looked at them."),
    }
    return sentences.get(name, "")


def rating_label(rating: str) -> str:
    """How good a score of the European portal is."""
    labels = {
        "excellent": tk._("Excellent"),
        "good": tk._("Good"),
        "sufficient": tk._("Sufficient"),
        "bad": tk._("Bad"),
    }
    return labels.get(rating, rating)


def dimension_label(dimension: str) -> str:
    """What a part of the European score is about."""
    labels = {
        "findability": tk._("Are they found?"),
        "accessibility": tk._("Can they be had?"),
        "interoperability": tk._("Can programs read them?"),
        "reusability": tk._("May they be used?"),
        "contextuality": tk._("What else is said"),
    }
    return labels.get(dimension, dimension)


def criterion_label(score: str, code: str) -> str:
    """What a criterion asks, said so that it is true where the criterion is met."""
    return criterion_labels(score).get(code, code)


def criterion_labels(score: str) -> dict[str, str]:
    """As :func:`criterion_label`, for all criteria of a score: whoever shows many translates them once."""
    labels = {"mqa": _of_mqa, "datagouv": _of_datagouv, "governance": _of_governance}
    return labels[score]() if score in labels else {}


def _of_mqa() -> dict[str, str]:
    return {
        "keyword": tk._("There are tags"),
        "theme": tk._("There is a European theme"),
        "spatial": tk._("The territory is given"),
        "temporal": tk._("The period is given"),
        "access_url_ok": tk._("Every link answers"),
        "download_url": tk._("Every file can be downloaded directly"),
        "download_url_ok": tk._("Every direct download answers"),
        "format": tk._("The format is given"),
        "media_type": tk._("The media type is given"),
        "format_vocabulary": tk._("Format and media type are known ones"),
        "non_proprietary": tk._("The format is open"),
        "machine_readable": tk._("Programs can read the format"),
        "dcat_ap": tk._("The description follows the European standard (DCAT-AP)"),
        "licence": tk._("There is a licence"),
        "licence_vocabulary": tk._("The licence is a known one"),
        "access_rights": tk._("It is said who may have access"),
        "access_rights_vocabulary": tk._("Access is said in the European terms"),
        "contact": tk._("There is a contact"),
        "publisher": tk._("The publisher is named"),
        "rights": tk._("Every file says its conditions"),
        "byte_size": tk._("Every file says its size"),
        "issued": tk._("The day of publication is given"),
        "modified": tk._("The day of the last update is given"),
    }


def _of_datagouv() -> dict[str, str]:
    return {
        "dataset_description_quality": tk._("Description filled in"),
        "resources_documentation": tk._("Files documented"),
        "license": tk._("Licence filled in"),
        "update_frequency": tk._("Update frequency filled in"),
        "update_fulfilled_in_time": tk._("Update frequency followed"),
        "has_open_format": tk._("Open file formats"),
        "temporal_coverage": tk._("Period covered filled in"),
        "spatial": tk._("Territory filled in"),
        "all_resources_available": tk._("All files available"),
    }


def _of_governance() -> dict[str, str]:
    return {
        "steward": tk._("Somebody answers for the data"),
        "steward_active": tk._("That person is still in the organisation"),
        "territory": tk._("The territory is given"),
        "sector": tk._("The sector is given"),
        "publisher_identified": tk._("The publisher is named, with its number"),
        "personal_data": tk._("It is said whether there are personal data"),
        "legal_basis": tk._("There is a legal basis where one is needed"),
        "reviewed": tk._("A steward has approved the data"),
        "need_answered": tk._("The data answer a need of inhabitants"),
        "complete": tk._("All that a review needs is filled in"),
    }


def remedy(name: str) -> str:
    """What to do, for a remedy's name."""
    return remedies().get(name, name)


def remedies() -> dict[str, str]:
    """As :func:`remedy`, for all of them."""
    return {**_remedies_of_mqa(), **_remedies_of_compliance(), **_remedies_of_the_others()}


def _remedies_of_mqa() -> dict[str, str]:
    return {
        "no_file": tk._("Add a file or a link to the data."),
        "unchecked": tk._("Nothing to do: the links have not been checked yet."),
        "keyword": tk._("Add a few tags: the words that an inhabitant would type."),
        "theme": tk._("Choose a sector, and the European theme follows; or choose the theme itself."),
        "spatial": tk._("Say which place the data are about."),
        "temporal": tk._("Say from when to when the data speak, or tick that they have no period."),
        "access_url_ok": tk._("A link does not answer: correct its address, or put the file here."),
        "download_url": tk._("Give the address that downloads the file itself, or put the file here."),
        "download_url_ok": tk._("A download does not answer: correct its address, or put the file here."),
        "format": tk._("Say which format the file has, for example CSV."),
        "media_type": tk._("Give the media type, for example text/csv."),
        "format_vocabulary": tk._(
            "Write format and media type as others do: CSV, GeoJSON, XLSX…; text/csv, application/json…"
        ),
        "non_proprietary": tk._("Offer the data in an open format as well, for example CSV or GeoJSON."),
        "machine_readable": tk._("Offer the data as a table or a structured file as well, for example CSV or JSON."),
        "licence": tk._("Choose a licence, for example the Open Licence 2.0."),
        "licence_vocabulary": tk._("Choose a licence that the European portal knows, as the Open Licence 2.0 or ODbL."),
        "access_rights": tk._("Say who can get the data."),
        "access_rights_vocabulary": tk._("Choose public, restricted or non-public from the list."),
        "contact": tk._("Say whom to write to: an e-mail address or a page."),
        "publisher": tk._("Name the authority that makes the data available."),
        "rights": tk._("Say in the file’s form what must be quoted or respected."),
        "byte_size": tk._("Give the file’s size in bytes; for a file put here it is known by itself."),
        "issued": tk._("Give the day of the first publication."),
        "modified": tk._("Give the day when the data last changed."),
    }


def _remedies_of_compliance() -> dict[str, str]:
    return {
        "dcat_ap_missing": tk._("Fill in this field: the standard refuses a description without it."),
        "dcat_ap_uri": tk._("Write a web address here, or choose from the list."),
        "dcat_ap_frequency": tk._("Choose the update frequency from the list."),
        "dcat_ap_date": tk._("Write a date: 2026, 2026-05 or 2026-05-31."),
        "dcat_ap_publishers": tk._("Keep one publisher; name the others as producers."),
        "dcat_ap_name": tk._("Give the name, or remove the entry."),
        "dcat_ap_address": tk._("Give the whole address of the file, with https://."),
        "dcat_ap_size": tk._("Write the size as a whole number of bytes."),
        "dcat_ap_hash": tk._("Correct the checksum: digits and the letters a to f only."),
        "dcat_ap_hash_algorithm": tk._("Say which algorithm the checksum is of, for example SHA-256."),
    }


def _remedies_of_the_others() -> dict[str, str]:
    return {
        "dataset_description_quality": tk._("Describe the data in more than a hundred characters."),
        "resources_documentation": tk._("Describe at least one file: what each column means."),
        "license": tk._("Choose a licence, for example the Open Licence 2.0."),
        "update_frequency": tk._("Say how often the data are updated."),
        "update_fulfilled_in_time": tk._(
            "Update the data and give the day of the update, or choose a frequency that you can keep up."
        ),
        "has_open_format": tk._("Add a file in an open format, for example CSV, beside PDF, Word or Excel."),
        "temporal_coverage": tk._("Say from when to when the data speak, or tick that they have no period."),
        "all_resources_available": tk._("A file could not be reached: correct its address, or put the file here."),
        "steward": tk._("Name the person of your organisation who answers for the data."),
        "steward_active": tk._("The person named is no longer in the organisation: name another one."),
        "territory": tk._("Say which place the data are about."),
        "sector": tk._("Say whom the data are for."),
        "publisher_identified": tk._("Give the publisher’s name with its SIRET or SIREN."),
        "personal_data": tk._("Say whether anybody can be recognised in the data."),
        "legal_basis": tk._("Say what allows you to process these personal data."),
        "reviewed": tk._("Submit the data for review; a steward then approves them.")
        if p.plugin_loaded("regional_curation")
        else tk._("Nothing to do: this site has no review."),
        "need_answered": tk._("Say which request of inhabitants the data answer."),
        "complete": tk._("Fill in what is still missing; this field is the first."),
    }
