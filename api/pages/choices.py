"""What the selects of forms and filters offer, in the order in which people look for it. Pure."""

from collections.abc import Iterable

from models.department import Department, Topic
from models.labels import LabelledEnum
from routing.directory import Directory

Choice = tuple[str, str]
Group = tuple[str, list[Choice]]

_CITY_UNITS, _UTILITIES = "市级部门", "公用企业"


def enum_choices(members: Iterable[LabelledEnum]) -> list[Choice]:
    return [(member.value, member.label) for member in members]


def region_choices(directory: Directory) -> list[Group]:
    """Counties as groups; in each the county itself and its towns."""
    root = directory.city.region_code
    groups: list[Group] = []
    for county in directory.regions.values():
        if county.parent_code != root or county.code == root:
            continue
        towns = [r for r in directory.regions.values() if r.parent_code == county.code]
        whole = (county.code, f"{county.name}（全域或不清楚）" if towns else county.name)
        groups.append((county.name, [whole, *((town.code, town.name) for town in towns)]))
    return groups


def topic_choices(directory: Directory, *, below: str | None = None) -> list[Group]:
    """First-level topics as groups, their topics inside: a case is filed under the second level. With `below` only
    those of that first-level topic."""
    parents = [parent for parent in _parents(directory) if below in (None, parent.code)]
    return [(parent.name, _below(directory, parent.code)) for parent in parents]


def topic_filter_choices(directory: Directory) -> list[Group]:
    """As `topic_choices`, with each first-level topic as a whole in front, and the cases without a topic."""
    groups: list[Group] = [("类别不明", [("none", "尚未确定类别")])]
    for parent in _parents(directory):
        groups.append((parent.name, [(parent.code, f"{parent.name}（全部）"), *_below(directory, parent.code)]))
    return groups


def unit_choices(directory: Directory) -> list[Group]:
    """Active units: those of the city by kind, then each county's with its towns."""
    root = directory.city.region_code
    groups: dict[str, list[Choice]] = {_CITY_UNITS: [], _UTILITIES: []}
    for unit in directory.departments.values():
        if unit.active:
            groups.setdefault(_unit_group(directory, unit, root), []).append((unit.id, unit.name))
    return [(name, units) for name, units in groups.items() if units]


def duty_choices(directory: Directory) -> list[Choice]:
    """The lines of work that active units have, in the order of the units."""
    duties = dict.fromkeys(unit.duty for unit in directory.departments.values() if unit.active)
    return [(duty, directory.duty_name(duty)) for duty in duties]


def _unit_group(directory: Directory, unit: Department, root: str | None) -> str:
    below_city = [code for code in directory.region_path(unit.region_code) if code != root]
    if below_city:
        return directory.regions[below_city[-1]].name
    return _UTILITIES if unit.kind == "utility" else _CITY_UNITS


def _parents(directory: Directory) -> list[Topic]:
    return [topic for topic in directory.topics.values() if topic.parent_code is None]


def _below(directory: Directory, code: str) -> list[Choice]:
    return [(topic.code, topic.name) for topic in directory.topics.values() if topic.parent_code == code]
