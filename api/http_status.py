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

TITLES = {
    400: "请求有误",
    401: "请先登录",
    403: "没有权限",
    404: "没有找到",
    405: "不支持的操作",
    409: "与现状冲突",
    413: "内容过大",
    422: "填写有误",
    429: "操作过于频繁",
    500: "系统出错",
    503: "服务暂时不可用",
}

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
