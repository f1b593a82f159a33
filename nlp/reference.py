"""Topics, departments and regions from the packaged reference files: for seeding, and for work without a database."""

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from models.department import Department, Topic
from models.region import Region
from nlp.lexicon.reading import parse

_LEVELS = {"functional_area": "functional"}


@cache
def load_taxonomy() -> dict[str, Any]:
    """models/reference/taxonomy.yaml as it stands; treat it as read-only. Raises `yaml.YAMLError` on a broken file."""
    text = (files("models") / "reference" / "taxonomy.yaml").read_text(encoding="utf-8")
    taxonomy: dict[str, Any] = parse(text)
    return taxonomy


def load_topics() -> list[Topic]:
    """The 22 topics and their 208 sub-topics, each parent directly before its children.

    Only sub-topics name departments: within one parent the lead differs (DOMAIN 3, note a).
    """
    topics: list[Topic] = []
    for parent in load_taxonomy()["topics"]:
        topics.append(Topic(code=parent["id"], name=parent["name"], parent_code=None))
        topics.extend(
            Topic(
                code=child["id"],
                name=child["name"],
                parent_code=parent["id"],
                lead_duty=child["lead"],
                co_duties=tuple(child["co"]),
                cues=tuple(child["keywords"]),
                urgent=child.get("urgent", False),
                confidential=child.get("confidential", False),
            )
            for child in parent["children"]
        )
    return topics


def load_departments() -> list[Department]:
    """The 50 kinds of department as units of a city without a region: id and duty are the same word."""
    return [
        Department(
            id=row["id"],
            duty=row["id"],
            name=row["name"],
            short_name=row["short"],
            kind=row["kind"],
            region_code=None,
            aliases=tuple(row["aliases"]),
        )
        for row in load_taxonomy()["departments"]
    ]


@cache
def kinds_of_unit() -> Mapping[str, str]:
    """The short name of each kind of unit, by its duty: what a duty is called that many units share."""
    return {row["id"]: row["short"] for row in load_taxonomy()["departments"]}


def load_regions() -> list[Region]:
    """Sichuan with its prefectures, counties and functional areas, each parent before its children.

    Functional areas have no national code: theirs is made of the parent's (four digits of a prefecture, six of a
    county) and T1, T2 … in the order of the file.
    """
    text = (files("models") / "reference" / "regions.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    regions: list[Region] = []
    functional_areas: dict[str, int] = {}
    for row in rows:
        code, parent = row["code"], row["parent_code"] or None
        if not code:
            prefix = str(parent).removesuffix("00")
            functional_areas[prefix] = functional_areas.get(prefix, 0) + 1
            code = f"{prefix}T{functional_areas[prefix]}"
        regions.append(
            Region(
                code=code,
                level=_LEVELS.get(row["level"], row["level"]),
                name=row["name"],
                parent_code=parent,
                aliases=tuple(filter(None, row["aliases"].split("|"))),
            )
        )
    return regions
