"""The numbers of an analyst's view as page, file and JSON show them: one reading, of one moment."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from api.leadership.snapshot import one_snapshot
from dashboards.analysis.analysis import Analysis, read_analysis
from dashboards.analysis.analysis_view import AnalysisView, read_view
from dashboards.figures.tile_map import TileMap, lay_out
from models.criteria import CaseCriteria
from models.database import Connection
from routing.directory import Directory


def view_of(given: Mapping[str, str], criteria: CaseCriteria, directory: Directory) -> AnalysisView:
    """The view of an address. The map of a whole province shows its prefectures. Raises `Invalid`."""
    view = read_view(given, criteria)
    root = directory.regions.get(directory.city.region_code or "")
    if view.picture == "map" and view.criteria.region is None and root is not None and root.level == "province":
        return replace(view, criteria=replace(view.criteria, region=root.code))
    return view


def read_once(conn: Connection, view: AnalysisView, *, now: datetime, zone: ZoneInfo) -> Analysis:
    """`read_analysis` in a snapshot of its own, so that parts add up to totals while letters go on arriving."""
    with one_snapshot(conn):
        return read_analysis(conn, view, now=now, zone=zone)


def find_tiles(view: AnalysisView, directory: Directory) -> TileMap:
    """The squares of the map: what lies just below the region that is chosen, else below the city."""
    root = view.criteria.region or directory.city.region_code
    return lay_out([(region.code, region.name) for region in directory.regions.values() if region.parent_code == root])
