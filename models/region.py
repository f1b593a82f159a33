"""Regions 区划 and the named places inside them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """An administrative region; `level` is province, prefecture, county, functional or town."""

    code: str
    level: str
    name: str
    parent_code: str | None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A road, estate, village, station … known to lie in a region (gazetteer entry)."""

    name: str
    kind: str
    region_code: str
