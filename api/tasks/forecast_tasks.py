"""The Celery task of the forecasts: made once a day, before people come."""

from collections.abc import Callable
from typing import Any

from celery import Celery
from celery.schedules import crontab

from api.runtime import Runtime
from dashboards.forecasts.forecast_repository import newest_forecast
from dashboards.forecasts.forecasting import make_volume_forecast
from dashboards.forecasts.risk import make_risk_forecast
from models.database import transaction
from routing.alerts.bursts import kind_of_day

FORECAST = "forecast.make"
ACTOR = "system:forecast"

# Often, for a city that has just been set up, and an installation that was off at night: what is there for today is not
# made again.
SCHEDULE: dict[str, Any] = {
    "forecast": {"task": FORECAST, "schedule": crontab(minute="*/5"), "options": {"expires": 280}},
}


def register(app: Celery, runtime: Runtime, patient: Callable[[], Any]) -> None:
    """Add the task; `patient` is the context that lets a database that is away pass."""

    @app.task(name=FORECAST)
    def _forecast() -> None:
        with patient():
            make_forecasts(runtime)


def make_forecasts(runtime: Runtime) -> bool:
    """Whether any was made: not where today's is there, nor where there is too little history."""
    now, zone = runtime.now(), runtime.settings.zone
    today = now.astimezone(zone).date()
    made = False
    with transaction(runtime.pool) as conn:
        newest = newest_forecast(conn, "volume")
        if newest is None or newest[0] < today:
            calendar = runtime.directory(conn).calendar
            forecast = make_volume_forecast(
                conn, lambda day: kind_of_day(day, calendar), now=now, zone=zone, actor=ACTOR
            )
            made = forecast is not None
    with transaction(runtime.pool) as conn:
        newest = newest_forecast(conn, "risk")
        if newest is None or newest[0] < today:
            made = make_risk_forecast(conn, now=now, zone=zone, actor=ACTOR).test is not None or made
    return made
