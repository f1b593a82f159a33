"""The directory for programs: topics, departments, regions."""

from fastapi import APIRouter
from pydantic import BaseModel

from api.dependencies import ConnectionDep, RuntimeDep

router = APIRouter(tags=["reference"])


class TopicOut(BaseModel):
    code: str
    name: str
    parent_code: str | None


class DepartmentOut(BaseModel):
    id: str
    name: str
    short_name: str
    region_code: str | None


class RegionOut(BaseModel):
    code: str
    level: str
    name: str
    parent_code: str | None


@router.get("/topics")
def get_topics(runtime: RuntimeDep, conn: ConnectionDep) -> list[TopicOut]:
    """诉求类别（两级）。"""
    topics = runtime.directory(conn).topics.values()
    return [TopicOut(code=t.code, name=t.name, parent_code=t.parent_code) for t in topics]


@router.get("/departments")
def get_departments(runtime: RuntimeDep, conn: ConnectionDep) -> list[DepartmentOut]:
    """承办单位。"""
    return [
        DepartmentOut(id=d.id, name=d.name, short_name=d.short_name, region_code=d.region_code)
        for d in runtime.directory(conn).departments.values()
        if d.active
    ]


@router.get("/regions")
def get_regions(runtime: RuntimeDep, conn: ConnectionDep) -> list[RegionOut]:
    """区划。"""
    regions = runtime.directory(conn).regions.values()
    return [RegionOut(code=r.code, level=r.level, name=r.name, parent_code=r.parent_code) for r in regions]
