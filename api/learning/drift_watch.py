"""Once a week: does the live classifier still read the letters that it knows?"""

from dataclasses import asdict

from api.runtime import Runtime
from models.classifier import ClassifierState
from models.database import transaction
from nlp.oversight.drift import DriftReport, check_drift
from routing.learning import classifier_repository, drift_repository

# The weeks just after a classifier was put into use are what later ones are held against.
REFERENCE_WEEKS = 8


def watch_drift(runtime: Runtime, *, actor: str) -> DriftReport:
    """Judge the last complete week against the first weeks of the classifier that speaks, and keep the report."""
    now, zone = runtime.now(), runtime.settings.zone
    with transaction(runtime.pool) as conn:
        live = classifier_repository.find_in_state(conn, ClassifierState.LIVE)
        version = live.version if live else runtime.analyser(conn).versions["topic"]
        weeks = drift_repository.list_weeks(conn, version, before=now.astimezone(zone).date(), zone=zone)
        reference, recent = weeks[:REFERENCE_WEEKS], weeks[REFERENCE_WEEKS:]
        report = check_drift([week for _, week in reference], [week for _, week in recent])
        content = asdict(report) | {
            "version": version,
            "weeks": len(weeks),
            "week": recent[-1][0].isoformat() if recent else None,
        }
        drift_repository.add_report(conn, content, alarm=report.level == "alarm", actor=actor, now=now)
        return report
