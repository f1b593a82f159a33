"""For whoever watches the service."""

from fastapi import APIRouter, Response
from pydantic import BaseModel

from api.dependencies import NowDep, RuntimeDep
from api.health import run_checks

router = APIRouter(tags=["health"])


class CheckOut(BaseModel):
    name: str
    ok: bool
    required: bool
    detail: str


class ReadyOut(BaseModel):
    ready: bool
    checks: list[CheckOut]


@router.get("/healthz")
def get_health() -> dict[str, str]:
    """进程在运行。"""
    return {"status": "ok"}


@router.get("/readyz")
def get_readiness(runtime: RuntimeDep, now: NowDep, response: Response) -> ReadyOut:
    """能否正常服务；不能时 503，并逐项说明原因。"""
    checks = run_checks(runtime, now=now)
    ready = all(check.ok for check in checks if check.required)
    response.status_code = 200 if ready else 503
    return ReadyOut(
        ready=ready, checks=[CheckOut(name=c.name, ok=c.ok, required=c.required, detail=c.detail) for c in checks]
    )
