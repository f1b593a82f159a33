"""Learning places from the city's own letters, and taking one back: each change is a change of the reference rows."""

from datetime import datetime

from api.account_repository import add_administration_event
from models.database import Connection
from routing.directory_repository import get_city, list_places, list_regions, load_directory
from routing.learning import learnt_place_repository as rows
from routing.learning.learnt_places import learn_places

ACTOR = "system:places"


def learn_places_now(conn: Connection, *, actor: str, now: datetime) -> int:
    """Read all letters anew; the number of places in use afterwards. Processes take a change up as they do any change
    of the directory. Raises `Unavailable` before the city is set up."""
    directory = load_directory(conn)
    registered = {place.name for place in list_places(conn)}
    regions = {name for region in list_regions(conn) for name in (region.name, *region.aliases)}
    learnt = learn_places(
        rows.list_sightings(conn),
        directory.region_path,
        known=registered | regions,
        root=get_city(conn).region_code,
    )
    if rows.replace_learnt_places(conn, learnt, actor=actor):
        add_administration_event(conn, action="reference.places", actor=actor, now=now, payload={"learnt": len(learnt)})
    return len(rows.list_learnt_places(conn))


def withdraw_place(conn: Connection, name: str, *, actor: str, now: datetime) -> None:
    """Take back what was learnt about `name`. Raises `NotFound`."""
    rows.withdraw_learnt_place(conn, name, actor=actor, now=now)
    add_administration_event(conn, action="reference.places", actor=actor, now=now, payload={"withdrawn": name})
