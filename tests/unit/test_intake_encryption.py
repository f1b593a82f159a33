"""Keys, sealed originals, person links, query codes, receipt numbers, identities."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from intake.duplicates import content_hash, identity
from intake.encryption import (
    derive_keys,
    encrypt_original,
    new_query_code,
    open_original,
    person_key,
    query_code_hash,
)
from intake.receipt_numbers import check_receipt_number, normalise_receipt_number, receipt_number
from models.errors import Unavailable
from models.submission import Channel, NewSubmission, OriginalContent

KEYS = derive_keys("one secret that is long enough to be one")
OTHER_KEYS = derive_keys("another secret that is long enough")
ORIGINAL = OriginalContent(
    title="标题",
    body="内容\ud800😀",
    submitter_name="张三",
    submitter_contact="13812345678",
    submitter_handle="A1",
)
NUMBER = receipt_number(date(2026, 11, 23), 123)


def _letter(**changes: Any) -> NewSubmission:
    letter = NewSubmission(channel=Channel.LETTER, source="x", source_id="7", title="路灯", body="坏了。")
    return replace(letter, **changes)


def test_an_original_opens_only_with_its_key_and_its_number() -> None:
    sealed = encrypt_original(ORIGINAL, KEYS, receipt_number=NUMBER)
    assert open_original(sealed, KEYS, receipt_number=NUMBER) == ORIGINAL
    for keys, number, data in (
        (OTHER_KEYS, NUMBER, sealed),
        (KEYS, "20261123-0000000", sealed),
        (KEYS, NUMBER, sealed[:-1] + bytes([sealed[-1] ^ 1])),
        (KEYS, NUMBER, b"\x02" + sealed[1:]),
        (KEYS, NUMBER, b""),
    ):
        with pytest.raises(Unavailable):
            open_original(data, keys, receipt_number=number)


def test_sealing_twice_gives_other_bytes_without_the_text() -> None:
    first, second = (encrypt_original(ORIGINAL, KEYS, receipt_number=NUMBER) for _ in range(2))
    assert first != second and first[0] == 1
    assert b"13812345678" not in first


def test_keys_differ_by_purpose_and_are_not_printed() -> None:
    parts = {KEYS.originals, KEYS.persons, KEYS.query_codes, KEYS.identities}
    assert len(parts) == 4 and all(len(part) == 32 for part in parts)
    assert repr(KEYS) == "Keys()"
    assert derive_keys("one secret that is long enough to be one") == KEYS != OTHER_KEYS


@pytest.mark.parametrize(
    "contact",
    [
        "13812345678",
        "138 1234 5678",
        "138-1234-5678",
        "+8613812345678",
        "电话：１３８１２３４５６７８",
        "008613812345678",
    ],
)
def test_one_telephone_is_one_person_however_written(contact: str) -> None:
    expected = person_key(_letter(submitter_contact="13812345678"), KEYS)
    assert person_key(_letter(submitter_contact=contact), KEYS) == expected


def test_what_links_persons_and_what_does_not() -> None:
    assert person_key(_letter(submitter_name="张三"), KEYS) is None
    assert person_key(_letter(submitter_contact="A@b.cn"), KEYS) == person_key(
        _letter(submitter_contact="a@b.cn "), KEYS
    )
    handle = person_key(_letter(submitter_handle="u1"), KEYS)
    assert handle is not None and handle != person_key(_letter(submitter_handle="u1", source="y"), KEYS)
    phone = _letter(submitter_contact="13812345678", submitter_handle="u1")
    assert person_key(phone, KEYS) == person_key(_letter(submitter_contact="13812345678"), KEYS)
    assert person_key(phone, KEYS) != person_key(phone, OTHER_KEYS)


def test_query_codes_can_be_read_and_typed() -> None:
    codes = {new_query_code() for _ in range(200)}
    assert len(codes) == 200
    assert all(re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", code) for code in codes)
    expected = query_code_hash("7K01-9XQD", KEYS)
    for typed in ("7k019xqd", "7KO1 9XQD", "7KOl–9XQD", "７Ｋ０１－９ＸＱＤ", " 7K0I-9XQD\n"):
        assert query_code_hash(typed, KEYS) == expected
    assert query_code_hash("7K01-9XQE", KEYS) != expected
    assert query_code_hash("7K01-9XQD", OTHER_KEYS) != expected


def test_receipt_numbers_notice_every_wrong_digit() -> None:
    assert re.fullmatch(r"20261123-000123\d", NUMBER) and check_receipt_number(NUMBER)
    for place, digit in enumerate(NUMBER):
        if digit.isdigit():
            for wrong in set("0123456789") - {digit}:
                assert not check_receipt_number(NUMBER[:place] + wrong + NUMBER[place + 1 :])
    swapped = sum(
        check_receipt_number(NUMBER[:i] + NUMBER[i + 1] + NUMBER[i] + NUMBER[i + 2 :])
        for i in range(len(NUMBER) - 1)
        if NUMBER[i] != NUMBER[i + 1] and "-" not in NUMBER[i : i + 2]
    )
    assert swapped == 0


@pytest.mark.parametrize("form", ["{}", " {} ", "{0[0]}", "{0[1]}", "{0[2]}"])
def test_receipt_numbers_as_people_type_them(form: str) -> None:
    wide = NUMBER.translate({ord(str(d)): 0xFF10 + d for d in range(10)}).replace("-", "－")
    forms = [NUMBER.replace("-", ""), wide, NUMBER.replace("-", " — ")]
    typed = form.format(forms) if "[" in form else form.format(NUMBER)
    assert normalise_receipt_number(typed) == NUMBER and check_receipt_number(typed)


@pytest.mark.parametrize("text", ["", "abc", "20261123", "2026112-0001237", NUMBER + "0", "20261123-00012x7"])
def test_what_is_no_receipt_number(text: str) -> None:
    assert not check_receipt_number(text)


def test_a_serial_beyond_a_million_still_checks() -> None:
    assert check_receipt_number(receipt_number(date(2026, 11, 23), 12_345_678))


def test_letters_are_identified_by_number_and_content() -> None:
    same = identity(_letter(), KEYS)
    assert identity(_letter(body=" 坏 了 "), KEYS) == same
    assert identity(_letter(source="other file", likes=9, details={"x": 1}), KEYS) == same
    for change in (
        {"source_id": "8"}, {"source_id": None}, {"body": "好了"}, {"title": "电灯"}, {"submitter_handle": "u"},
        {"submitted_at": datetime(2024, 1, 5, tzinfo=UTC)}, {"channel": Channel.SOCIAL},
    ):  # fmt: skip
        assert identity(_letter(**change), KEYS) != same
    assert identity(_letter(), OTHER_KEYS) != same


def test_work_orders_are_identified_by_their_number_alone() -> None:
    order = _letter(channel=Channel.HOTLINE, identity_by_number=True)
    assert identity(replace(order, body="改了"), KEYS) == identity(order, KEYS)
    assert content_hash(replace(order, body="改了"), KEYS) != content_hash(order, KEYS)
    assert identity(replace(order, source="y"), KEYS) != identity(order, KEYS)
    unnumbered = replace(order, source_id=None)
    assert identity(unnumbered, KEYS) != identity(replace(unnumbered, body="改了"), KEYS)


def test_the_same_moment_in_two_zones_is_the_same_record() -> None:
    utc = datetime(2024, 1, 5, 0, 0, tzinfo=UTC)
    local = datetime.fromisoformat("2024-01-05T08:00:00+08:00")
    assert identity(_letter(submitted_at=utc), KEYS) == identity(_letter(submitted_at=local), KEYS)


def test_parts_do_not_run_into_each_other() -> None:
    assert identity(_letter(title="ab", body="c"), KEYS) != identity(_letter(title="a", body="bc"), KEYS)
    assert content_hash(_letter(body="！！"), KEYS) != content_hash(_letter(body="？？"), KEYS)
