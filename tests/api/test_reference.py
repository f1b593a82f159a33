"""The directory over the JSON door: open to everybody, and never older than the last change."""

from api.account_repository import add_administration_event
from models.database import transaction
from routing import directory_repository
from tests.api.door import Door, ok


def test_topics_departments_and_regions(door: Door) -> None:
    topics = ok(door.get("/topics"))
    assert len(topics) == 230
    assert {"code": "T0402", "name": "路灯照明", "parent_code": "T04"} in topics
    [unit] = [d for d in ok(door.get("/departments")) if d["id"] == "zjj"]
    assert (unit["name"], unit["short_name"], unit["region_code"]) == ("青崖市住房和城乡建设局", "市住建局", "990100")
    assert {"code": "990102", "level": "county", "name": "临溪区", "parent_code": "990100"} in ok(door.get("/regions"))


def test_a_change_of_the_directory_is_seen_at_once(door: Door) -> None:
    """Each process keeps the directory; the last administration event tells it to look again."""
    assert "kjj" in {d["id"] for d in ok(door.get("/departments"))}
    with transaction(door.runtime.pool) as conn:
        [unit] = [d for d in directory_repository.list_departments(conn) if d.id == "kjj"]
        conn.execute("UPDATE departments SET active = false WHERE id = %s", (unit.id,))
        add_administration_event(conn, action="reference.apply", payload={}, actor="test", now=door.runtime.clock)
    assert "kjj" not in {d["id"] for d in ok(door.get("/departments"))}
