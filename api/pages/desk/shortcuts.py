"""The keys of the staff pages, on a page of their own; the overlay that "?" opens shows the same table."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.dependencies import NowDep
from api.pages.rendering import render
from api.pages.staff import StaffDep
from models.account import Role

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Shortcut:
    """`keys` one after the other; `roles` who has it, empty: everybody."""

    keys: tuple[str, ...]
    meaning: str
    roles: tuple[Role, ...] = ()


LISTS = (
    Shortcut(("J",), "下一行"),
    Shortcut(("K",), "上一行"),
    Shortcut(("回车",), "打开这一行"),
    Shortcut(("X",), "勾选或取消勾选这一行"),
    Shortcut(("上档", "点选"), "勾选从上次点选到这里的各行"),
    Shortcut(("A",), "签收这一行，或勾选的各行", (Role.OFFICER,)),
    Shortcut(("1",), "按第一项建议派单，2、3同", (Role.DISPATCHER,)),
)
CASE = (
    Shortcut(("A",), "签收", (Role.OFFICER,)),
    Shortcut(("R",), "写答复", (Role.OFFICER,)),
    Shortcut(("N",), "写内部备注", (Role.OFFICER, Role.DISPATCHER, Role.SUPERVISOR)),
    Shortcut(("U",), "回到列表"),
)
EVERYWHERE = (
    Shortcut(("/",), "查找工单"),
    Shortcut(("G", "Q"), "待办", (Role.OFFICER,)),
    Shortcut(("G", "T"), "人工分拣", (Role.DISPATCHER,)),
    Shortcut(("G", "S"), "审批", (Role.DISPATCHER, Role.SUPERVISOR)),
    Shortcut(("G", "D"), "将到期", (Role.DISPATCHER, Role.SUPERVISOR, Role.LEADER)),
    Shortcut(("G", "C"), "工单"),
    Shortcut(("G", "V"), "保存的筛选"),
    Shortcut(("G", "M"), "提及我的"),
    Shortcut(("G", "A"), "预警"),
    Shortcut(("?",), "显示这些按键"),
    Shortcut(("退出",), "关闭提示，取消还没按完的按键"),
)


@router.get("/shortcuts")
def show_shortcuts(request: Request, staff: StaffDep, now: NowDep) -> Response:
    role = staff.account.role
    groups = [("在列表里", LISTS), ("在工单里", CASE), ("在任何页面", EVERYWHERE)]
    return render(
        request,
        "staff/shortcuts.html",
        now=now,
        groups=[(name, [s for s in keys if not s.roles or role in s.roles]) for name, keys in groups],
    )
