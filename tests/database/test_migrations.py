from models.database import ENUMS, Connection
from models.migrate import list_migrations, migrate, pending_migrations


def test_a_migrated_database_has_nothing_pending(conn: Connection, dsn: str) -> None:
    assert pending_migrations(conn) == 0
    assert migrate(dsn) == 0
    assert len(list_migrations()) >= 6


def test_enums_in_the_database_and_in_the_program_are_the_same(conn: Connection) -> None:
    rows = conn.execute(
        "SELECT t.typname, array_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_type t"
        " JOIN pg_enum e ON e.enumtypid = t.oid GROUP BY t.typname"
    ).fetchall()
    assert {name: labels for name, labels in rows} == {
        name: [member.value for member in enum] for name, enum in ENUMS.items()
    }
