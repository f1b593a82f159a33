"""Text from outside that a database can hold."""

from typing import Annotated

from pydantic import AfterValidator


def _without_null(text: str) -> str:
    if "\0" in text:
        raise ValueError("a null character")
    return text


Text = Annotated[str, AfterValidator(_without_null)]
