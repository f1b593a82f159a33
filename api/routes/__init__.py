"""The JSON door: /api/v1 and the health checks."""

from fastapi import APIRouter

from api.routes import cases, health, letters, metrics, reference, sessions, submissions

router = APIRouter()
router.include_router(health.router)
for _module in (sessions, letters, cases, submissions, metrics, reference):
    router.include_router(_module.router, prefix="/api/v1")
