"""The numbers of our errors. Nobody but api/errors.py and the pages that answer an error in place need them."""

from models.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    TooMany,
    Unauthenticated,
    Unavailable,
    WenzhengError,
)

_STATUS: dict[type[WenzhengError], int] = {
    NotFound: 404,
    Unauthenticated: 401,
    Forbidden: 403,
    Conflict: 409,
    Invalid: 422,
    TooMany: 429,
    Unavailable: 503,
}


def status_of(error: WenzhengError) -> int:
    return next(_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS)
