"""Enums whose members carry their Chinese label once."""

from enum import StrEnum
from typing import Self


class LabelledEnum(StrEnum):
    """A string enum with a Chinese `.label`; the value is what the database and the API store."""

    label: str

    def __new__(cls, value: str, label: str = "") -> Self:
        # the default is for type checkers alone: they read a look-up by value, `Role("officer")`, as a construction
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member
