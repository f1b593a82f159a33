"""What can go wrong in the domain. The docstring of each class is its default message (Chinese, shown to people)."""


class WenzhengError(Exception):
    """操作没有完成。"""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (self.__doc__ or "").strip())

    @property
    def message(self) -> str:
        return str(self.args[0])


class NotFound(WenzhengError):
    """没有找到，或您无权查看。"""


class Forbidden(WenzhengError):
    """您没有进行此操作的权限。"""


class Unauthenticated(Forbidden):
    """请先登录。"""


class Conflict(WenzhengError):
    """内容已被他人更改，请刷新后再试。"""


class Invalid(WenzhengError):
    """填写的内容有误。"""

    def __init__(self, message: str | None = None, fields: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.fields = fields or {}


class TooMany(WenzhengError):
    """操作过于频繁，请稍后再试。"""


class Unavailable(WenzhengError):
    """服务暂时不可用，请稍后再试。"""
