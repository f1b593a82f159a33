"""Enums whose members carry their Chinese label once."""

from enum import StrEnum
from typing import Self


class LabelledEnum(StrEnum):
    """A string enum with a Chinese `.label`; the value is what the database and the API store."""

    label: str

    def __new__(cls, value: str, label: str) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member
