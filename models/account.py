"""Accounts of staff and what a person may be. Citizens have no account."""

from dataclasses import dataclass
from datetime import datetime

from models.labels import LabelledEnum


class Role(LabelledEnum):
    OFFICER = "officer", "承办人员"
    DISPATCHER = "dispatcher", "派单员"
    SUPERVISOR = "supervisor", "督办员"
    LEADER = "leader", "领导"
    ADMINISTRATOR = "administrator", "管理员"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    id: int
    username: str
    display_name: str
    role: Role
    department_id: str | None
    active: bool

    @property
    def actor(self) -> str:
        """How this person appears in history: stable id and the name at the time."""
        return f"account:{self.id}:{self.display_name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    account: Account
    csrf_token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WallScreen:
    """A screen that shows the wall and nothing else, as `account` may see it, until `expires_at`."""

    number: int
    name: str
    account: Account
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime


SYSTEM_ACTOR = "system:pipeline"
CITIZEN_ACTOR = "citizen"


def is_person(actor: str) -> bool:
    """Whether an actor is somebody with an account (`Account.actor`), not the program or a citizen."""
    return actor.startswith("account:")
