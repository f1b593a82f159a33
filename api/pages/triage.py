"""The dispatcher's queue: what the rules left to a person, the most urgent first, then the longest waiting."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.casework import list_triage, load_case
from api.dependencies import ConnectionDep, NowDep, RuntimeDep, require_role
from api.pages.case_wording import Piece, highlight
from api.pages.detectors import Detector, detectors, fired
from api.pages.rendering import render
from api.pages.staff import Staff, StaffDep
from api.pages.suggestions import Suggestion, suggest
from dashboards.case_lists import list_cases
from intake.repository import list_submissions_by_id
from models.account import Role
from models.analysis import Analysis
from models.case import Case
from models.criteria import CaseCriteria, CaseState
from models.database import Connection
from models.errors import NotFound

router = APIRouter()

SHOWN = 20
EXCERPT = 160


@dataclass(frozen=True, slots=True)
class TriageItem:
    case: Case
    analysis: Analysis
    excerpt: list[Piece]
    fired: list[Detector]
    suggestions: list[Suggestion]
