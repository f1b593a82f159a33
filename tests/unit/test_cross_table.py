"""The cross table: the largest by name, the rest as one, and nothing lost."""

from dashboards.analysis.analysis_lines import Count, Line
from dashboards.analysis.cross_table import OTHERS, CrossTable, lay_out_cross


def line(row: str, column: str, part: int, whole: int | None = None) -> Line:
    return Line(keys=(row, column), labels=(f"行{row}", f"列{column}"), count=Count(numerator=part, denominator=whole))


def test_the_rest_is_one_and_everything_adds_up() -> None:
    lines = [line(f"r{r}", f"c{c}", r * c) for r in range(1, 6) for c in range(1, 7)]
    table = lay_out_cross(lines, rows=2, columns=3)
    assert [(side.label, side.merged) for side in table.rows] == [("行r5", 0), ("行r4", 0), ("其他3个", 3)]
    assert [(side.label, side.merged) for side in table.columns] == [
        ("列c6", 0),
        ("列c5", 0),
        ("列c4", 0),
        ("其他3个", 3),
    ]
    assert table.fields["r5", "c6"] is next(one for one in lines if one.keys == ("r5", "c6"))
    assert count_of(table, "r5", OTHERS) == (5 * (1 + 2 + 3), None)
    assert count_of(table, OTHERS, OTHERS) == ((1 + 2 + 3) * (1 + 2 + 3), None)
    everything = sum(one.count.numerator for one in lines if one.count)
    assert sum(one.count.numerator for one in table.fields.values() if one.count) == everything
    for sides in (table.rows, table.columns):
        assert sum(side.total.numerator for side in sides) == everything
    assert {(down, across) for _, across, down in table.single} == {(r, c) for r in range(2) for c in range(3)}


def test_rates_are_divided_once_and_the_unknown_stands_behind() -> None:
    lines = [
        line("none", "c", 9, 90),
        line("a", "c", 1, 2),
        line("b", "c", 1, 10),
        line("b", "d", 4, 10),
        line("e", "d", 0, 1),
    ]
    table = lay_out_cross(lines, rows=2, columns=9)
    assert [side.key for side in table.rows] == ["b", "a", OTHERS]
    assert table.rows[0].total.value == 5 / 20
    assert count_of(table, OTHERS, "c") == (9, 90) and count_of(table, OTHERS, "d") == (0, 1)
    assert [side.key for side in lay_out_cross(lines).rows] == ["b", "a", "e", "none"]


def test_a_single_one_is_not_put_away() -> None:
    lines = [line(f"r{n}", "c", n) for n in range(1, 4)]
    assert [side.merged for side in lay_out_cross(lines, rows=2).rows] == [0, 0, 0]


def count_of(table: CrossTable, row: str, column: str) -> tuple[int, int | None]:
    count = table.fields[row, column].count
    assert count is not None
    return count.numerator, count.denominator
