"""Departments that a text names."""

from models.department import Department
from nlp.organisations.names import DepartmentNames
from nlp.reference import load_departments
from tests.unit.nlp_documents import make_document


def find(names: DepartmentNames, body: str, lineage: tuple[str, ...] = ()) -> tuple[str, ...]:
    return names.find(make_document(body, phrases=names.phrases), lineage)


def test_names_short_names_and_aliases() -> None:
    names = DepartmentNames(load_departments())
    assert find(names, "去了国土资源局，又去教育局和住建局，教育局没人") == ("zrzy", "jyj", "zjj")
    assert find(names, "公安局交通警察支队") == ("jjzd",), "the longest name counts"
    assert find(names, "交通和环保都不错") == (), "two characters are a topic, not a unit"


def test_a_shared_name_belongs_to_the_unit_whose_region_fits() -> None:
    def unit(id: str, region: str | None) -> Department:
        return Department(id=id, duty="cgj", name=f"{id}城管局", short_name="城管局", kind="gov", region_code=region)

    names = DepartmentNames([unit("city", "51"), unit("east", "5101"), unit("west", "5102")])
    assert find(names, "找城管局", ("510101", "5101", "51")) == ("east",)
    assert find(names, "找城管局", ("51",)) == ("city",)
    assert find(names, "找城管局") == ("city", "east", "west"), "unknown place: all of them, for reporter protection"
