"""Which names are learnt, person by person."""

from datetime import UTC, datetime

from routing.learning.learnt_places import PlaceSighting, learn_places

AT = datetime(2026, 3, 1, tzinfo=UTC)
PATHS = {"99": ["99"], "9901": ["9901", "99"], "9902": ["9902", "99"], "990101": ["990101", "9901", "99"]}


def seen(*regions: str, name: str = "建设路") -> list[PlaceSighting]:
    return [
        PlaceSighting(
            name=name, kind="road", region_code=region, submitter=bytes([person]), first_seen=AT, last_seen=AT
        )
        for person, region in enumerate(regions)
    ]


def learnt(sightings: list[PlaceSighting], known: tuple[str, ...] = ()) -> list[tuple[str, str, float]]:
    found = learn_places(sightings, lambda code: PATHS.get(code, []), known=known, root="99")
    return [(place.name, place.region_code, place.share) for place in found]


def test_three_people_and_nine_in_ten() -> None:
    assert learnt(seen("9901", "9901")) == []
    assert learnt(seen("9901", "9901", "9901")) == [("建设路", "9901", 1.0)]
    assert learnt(seen(*["9901"] * 9, "9902")) == [("建设路", "9901", 0.9)]
    assert learnt(seen(*["9901"] * 8, "9902", "9902")) == [], "a road of that name in both"


def test_the_innermost_region_that_is_certain() -> None:
    assert learnt(seen("990101", "990101", "990101", "990101")) == [("建设路", "990101", 1.0)]
    assert learnt(seen("990101", "990101", "9901", "9901")) == [("建设路", "9901", 1.0)], "the town is not certain"
    assert learnt(seen("99", "99", "99")) == [], "that it lies in the city tells nothing"


def test_known_and_short_names_are_left_out() -> None:
    assert learnt(seen("9901", "9901", "9901"), known=("建设路",)) == []
    assert learnt(seen("9901", "9901", "9901", name="东街")) == []
    assert learnt(seen("1", "1", "1")) == [], "a region that is gone"
