"""Which database do the lists of the benchmark ask? One that is filled for it and thrown away, or one in a folder that
is kept: filled where it is empty, else asked as it is (its cases get older by the day, as in a city that stands still).
"""

import contextlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from api.benchmarks.case_city import CaseCity, fill
from api.benchmarks.case_filling import Progress, tidy_up
from api.city_setup import sample_city, set_up_city
from api.embedded import EmbeddedPostgres
from api.runtime import Runtime
from models.database import transaction
from models.errors import Unavailable
from models.migrate import migrate
from models.settings import Settings

_CITY = "bench-cases.json"


@contextlib.contextmanager
def filled_database(
    settings: Settings, *, cases: int, data_dir: Path | None, on_progress: Progress
) -> Iterator[tuple[Runtime, CaseCity]]:
    """A server of its own, stopped afterwards; removed where no folder was named. Migrations that came since are
    applied. Raises `Unavailable` where the folder was filled with another number of cases."""
    folder = data_dir.resolve() if data_dir else Path(tempfile.mkdtemp(prefix="wenzheng-bench-"))
    if not data_dir:
        folder.chmod(0o755)
    postgres = EmbeddedPostgres(folder)
    kept = folder / "logs" / _CITY
    try:
        postgres.start()
        migrate(postgres.dsn)
        with contextlib.closing(Runtime(settings, postgres.dsn)) as runtime:
            if kept.exists():
                city = _read(kept)
            else:
                city = _fill(runtime, cases, on_progress)
                kept.write_text(json.dumps(asdict(city), ensure_ascii=False), encoding="utf-8")
            if city.cases != cases:
                raise Unavailable(f"{folder} 里是 {city.cases:,} 件工单，请用 --cases {city.cases}，或者换一个目录。")
            tidy_up(postgres.dsn)
            yield runtime, city
    finally:
        postgres.stop()
        if not data_dir:
            shutil.rmtree(folder, ignore_errors=True)


def _fill(runtime: Runtime, cases: int, on_progress: Progress) -> CaseCity:
    now = runtime.now()
    with transaction(runtime.pool) as conn:
        set_up_city(conn, sample_city(), now=now)
    with transaction(runtime.pool) as conn:
        directory = runtime.directory(conn)
        return fill(runtime.dsn, conn, directory, runtime.keys, cases=cases, now=now, on_progress=on_progress)


def _read(path: Path) -> CaseCity:
    found = json.loads(path.read_text(encoding="utf-8"))
    lists = {name: tuple(value) for name, value in found.items() if isinstance(value, list)}
    return CaseCity(**(found | lists))
