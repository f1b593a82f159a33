"""The first start: a city, accounts, and – unless refused – the sample city's letters, in one transaction."""

import json
import os
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from api import account_repository
from api.auth import hash_password
from api.city_setup import load_sample_yaml, plain_city, sample_city, set_up_city
from api.runtime import Runtime
from api.sample.sample_loader import load_sample
from models.account import Role
from models.database import transaction
from nlp.shipped import find_shipped, prepare_shipped
from nlp.topics.default_classifier import default_folders
from routing.directory_repository import find_city

_ADMINISTRATOR_ONLY = [{"username": "admin", "display_name": "管理员", "role": "administrator"}]
_FILE = "first-accounts.json"
_WORDS = ("qingya", "linxi", "beiling", "yundu", "bailu", "fenglin")


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoAccounts:
    """The accounts made at first start, kept in the data folder so that they can be shown again."""

    sample: bool
    password: str
    accounts: dict[str, str]


def set_up_first_time(
    runtime: Runtime,
    *,
    sample: bool,
    actor: str,
    report: Callable[[str], None],
    go_on: Callable[[], None] = lambda: None,
) -> None:
    """Set up the city unless there is one. All in one transaction: a killed first start begins again cleanly. Before
    it, the classifier is learnt where this machine has none: no transaction should wait for that. `go_on` is called
    every second or so and raises where somebody wants to stop."""
    folders = default_folders(runtime.settings.data_dir)
    if find_shipped(folders) is None:
        report("首次启动：用自编语料训练类别模型，约需一两分钟……")
        prepare_shipped(folders)
    with transaction(runtime.pool) as conn:
        if find_city(conn) is not None:
            return
        now = runtime.now()
        report("首次启动：建立城市资料……")
        set_up_city(conn, sample_city() if sample else plain_city(), actor=actor, now=now)
        password = f"{secrets.choice(_WORDS)}-{secrets.token_hex(4)}"
        password_hash = hash_password(password)
        described: dict[str, str] = {}
        rows: list[dict[str, Any]] = load_sample_yaml()["accounts"] if sample else _ADMINISTRATOR_ONLY
        names = {d.id: d.name for d in sample_city().departments} if sample else {}
        for row in rows:
            role = Role(row["role"])
            account_repository.add_account(
                conn,
                username=row["username"],
                display_name=row["display_name"],
                password_hash=password_hash,
                role=role,
                department_id=row.get("department"),
                actor=actor,
                now=now,
            )
            described[row["username"]] = " ".join(filter(None, (role.label, names.get(row.get("department") or ""))))
        if sample:
            report("装入示例城市的来信、热线、问卷和网络帖文……")
            load_sample(conn, runtime, now=now, go_on=go_on)
        _keep(runtime.settings.data_dir, DemoAccounts(sample=sample, password=password, accounts=described))


def find_demo_accounts(data_dir: Path) -> DemoAccounts | None:
    try:
        return DemoAccounts(**json.loads((data_dir / _FILE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _keep(data_dir: Path, accounts: DemoAccounts) -> None:
    descriptor = os.open(data_dir / _FILE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
        json.dump(asdict(accounts), handle, ensure_ascii=False, indent=2)
