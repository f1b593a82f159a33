"""Which column is what: presets chosen by the names in the header, or a mapping given by a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from intake.headers import normalise_name
from models.errors import Invalid
from models.submission import Channel

# field → what people call it in a mapping
FIELD_LABELS = {
    "source_id": ("编号",),
    "title": ("标题", "主题"),
    "body": ("内容", "正文", "详情"),
    "transcript": ("通话", "转写"),
    "submitted_at": ("时间", "日期"),
    "name": ("姓名",),
    "contact": ("电话", "联系方式"),
    "handle": ("用户", "昵称"),
    "place": ("地点", "地址"),
    "appeal_type": ("类型",),
    "confidential": ("保密",),
    "likes": ("点赞",),
    "comments": ("评论",),
    "reposts": ("转发",),
}
IGNORED = "-"

_TRANSCRIPT_COLUMNS = ("通话转写", "录音转写", "转写文本", "通话内容", "通话记录", "对话内容", "transcript")

# Columns about a person that nothing here needs (PIPL 6): never stored, whatever the preset.
PERSONAL_COLUMNS = frozenset(
    (
        *("ip", "来自ip", "ip_location", "ip属地", "user_id", "uid", "源用户id", "源用户昵称", "nickname", "用户昵称"),
        *("@用户", "艾特用户", "avatar", "头像", "gender", "性别", "profile_url", "creator_hash", "sec_uid", "fans"),
        *("short_user_id", "unique_id", "user_signature", "user_authentication", "verify_info", "xsec_token"),
        *("会员类型", "会员等级", "身份证", "身份证号", "身份证号码", "证件号码", "家庭住址", "住址", "联系地址"),
    )
)


@dataclass(frozen=True, slots=True)
class Preset:
    """`columns`: field → column names, the best first. It fits a table that has all of `recognised_by`.

    `by_number`: the number alone identifies a record in this source."""

    name: str
    source: str
    recognised_by: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]
    by_number: bool = False


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """The columns of one table: `fields` has the table's own names; `others` are kept as data, the rest is dropped."""

    preset: str
    source: str
    by_number: bool
    fields: Mapping[str, tuple[str, ...]]
    others: tuple[str, ...]
    columns: tuple[str, ...] = field(default=())


_LETTERS = Preset(
    "留言导出", "message-board", ("留言主题", "留言详情"),
    {"source_id": ("留言编号",), "handle": ("留言用户",), "title": ("留言主题",), "submitted_at": ("留言时间",),
     "body": ("留言详情",), "likes": ("点赞数",), "place": ("地点",)},
)  # fmt: skip
_LEADER_BOARD = Preset(
    "领导留言板", "leader-board", ("tid", "subject", "content"),
    {"source_id": ("tid",), "handle": ("nickName",), "title": ("subject",), "submitted_at": ("dateline", "date"),
     "body": ("content",), "appeal_type": ("typeName", "type"), "likes": ("favNum", "fav_num"),
     "place": ("forum_name", "forumName")},
)  # fmt: skip
_PLAIN_COLUMNS = {
    "source_id": ("编号", "信件编号", "来信编号", "受理编号", "id"),
    "title": ("标题", "主题", "来信标题", "信件标题", "诉求标题", "title", "subject"),
    "body": ("内容", "正文", "来信内容", "信件内容", "诉求内容", "反映内容", "主要内容", "留言内容", "问题描述",
             "诉求描述", "body", "content", "text"),
    "submitted_at": ("时间", "日期", "提交时间", "来信时间", "写信时间", "受理时间", "发布时间", "创建时间", "time",
                     "date", "created_at", "submitted_at"),
    "name": ("姓名", "来信人", "写信人", "反映人", "诉求人", "联系人", "name"),
    "contact": ("电话", "联系电话", "手机", "手机号", "手机号码", "联系方式", "电子邮箱", "邮箱", "phone", "contact"),
    "handle": ("用户", "用户名", "昵称"),
    "place": ("地点", "地址", "事发地", "事发地点", "事发地址", "问题地点", "所属区域", "区域", "place", "address"),
    "appeal_type": ("类型", "诉求类型", "信件类型", "来信类型", "appeal_type"),
    "confidential": ("是否保密", "保密", "confidential"),
    "likes": ("点赞数", "点赞", "likes"),
    "comments": ("评论数", "评论", "comments"),
    "reposts": ("转发数", "转发", "reposts"),
}  # fmt: skip
_HOTLINE = Preset(
    "热线工单", "hotline", ("工单编号", "主要内容"),
    {"source_id": ("工单编号",), "name": ("来电人",), "contact": ("来电号码", "联系电话", "来电电话", "联系方式"),
     "title": ("工单标题", "标题", "诉求标题"), "body": ("主要内容",), "submitted_at": ("受理时间",),
     "appeal_type": ("来电类别", "诉求类型"), "confidential": ("是否保密",),
     "place": ("事发地", "事发地址", "诉求地址"), "transcript": _TRANSCRIPT_COLUMNS},
    by_number=True,
)  # fmt: skip
_SURVEY = Preset(
    "问卷星", "wjx", ("序号", "提交答卷时间"), {"source_id": ("序号",), "submitted_at": ("提交答卷时间",)}
)  # fmt: skip
_WEIBO_CRAWLER = Preset(
    "weibo-crawler", "weibo", ("正文", "转发数"),
    {"source_id": ("id", "bid"), "handle": ("user_id", "用户id", "用户昵称"), "body": ("正文",),
     "place": ("位置", "发布位置"), "submitted_at": ("完整日期", "日期"),
     "likes": ("点赞数",), "comments": ("评论数",), "reposts": ("转发数",)},
    by_number=True,
)  # fmt: skip
_WEIBO_SEARCH = Preset(
    "weibo-search", "weibo", ("微博正文",),
    {"source_id": ("id", "bid"), "handle": ("user_id", "用户昵称"), "body": ("微博正文",), "place": ("发布位置",),
     "submitted_at": ("发布时间",), "likes": ("点赞数",), "comments": ("评论数",), "reposts": ("转发数",)},
    by_number=True,
)  # fmt: skip
_MEDIA_WEIBO = Preset(
    "MediaCrawler 微博", "weibo", ("note_id", "content"),
    {"source_id": ("note_id",), "handle": ("user_id", "creator_hash", "nickname"), "body": ("content",),
     "submitted_at": ("create_date_time", "create_time"), "likes": ("liked_count",),
     "comments": ("comments_count", "comment_count"), "reposts": ("shared_count", "share_count")},
    by_number=True,
)  # fmt: skip
_MEDIA_NOTE = Preset(
    "MediaCrawler 小红书", "xiaohongshu", ("note_id", "desc"),
    {"source_id": ("note_id",), "handle": ("user_id", "creator_hash", "nickname"), "title": ("title",),
     "body": ("desc",), "submitted_at": ("time",),
     "likes": ("liked_count",), "comments": ("comment_count",), "reposts": ("share_count",)},
    by_number=True,
)  # fmt: skip


def _plain(body: str, *, by_number: bool = False) -> Preset:
    return Preset("通用表格", "file", (body,), _PLAIN_COLUMNS, by_number)


def _transcribed(column: str) -> Preset:
    columns = {**_HOTLINE.columns, **_PLAIN_COLUMNS, "transcript": _TRANSCRIPT_COLUMNS}
    columns["source_id"] = ("工单编号", *_PLAIN_COLUMNS["source_id"])
    return Preset("通话转写", "hotline", (column,), columns, by_number=True)


PRESETS: dict[Channel, tuple[Preset, ...]] = {
    Channel.LETTER: (_LETTERS, _LEADER_BOARD, *map(_plain, _PLAIN_COLUMNS["body"])),
    Channel.HOTLINE: (
        _HOTLINE,
        *map(_transcribed, _TRANSCRIPT_COLUMNS),
        *(_plain(body, by_number=True) for body in _PLAIN_COLUMNS["body"]),
    ),
    Channel.SURVEY: (_SURVEY,),
    Channel.SOCIAL: (
        _WEIBO_SEARCH, _WEIBO_CRAWLER, _MEDIA_WEIBO, _MEDIA_NOTE,
        *(_plain(body, by_number=True) for body in _PLAIN_COLUMNS["body"]),
    ),
}  # fmt: skip

_NEEDED = {
    Channel.LETTER: "留言主题、留言详情，或标题、内容",
    Channel.HOTLINE: "工单编号、主要内容",
    Channel.SURVEY: "序号、提交答卷时间（问卷星“按文本”导出）",
    Channel.SOCIAL: "微博正文（weibo-search）、正文（weibo-crawler）或 note_id、content（MediaCrawler）",
}


def parse_mapping(text: str) -> dict[str, str]:
    """`text=body,dt=时间,rumor=-` as column → field. Raises `Invalid` for what is no such pair or field."""
    by_label = {label: name for name, labels in FIELD_LABELS.items() for label in (name, *labels)} | {IGNORED: IGNORED}
    mapping: dict[str, str] = {}
    for pair in filter(None, map(str.strip, text.replace("，", ",").split(","))):
        column, sign, label = (part.strip() for part in pair.rpartition("="))
        if not sign or not column or label not in by_label:
            allowed = "、".join(f"{name}（{labels[0]}）" for name, labels in FIELD_LABELS.items())
            raise Invalid(f"--map 中的“{pair}”不对，应写成 列名=字段，可用的字段：{allowed}，-（不保存）。")
        mapping[column] = by_label[label]
    return mapping


def known_names(channel: Channel, mapping: Mapping[str, str]) -> frozenset[str]:
    """All column names (normalised) by which a header of this channel is recognised."""
    if mapping:
        return frozenset(map(normalise_name, mapping))
    presets = PRESETS[channel]
    names = {name for preset in presets for group in preset.columns.values() for name in group}
    return frozenset(map(normalise_name, names | {name for preset in presets for name in preset.recognised_by}))


def map_columns(columns: Sequence[str], channel: Channel, mapping: Mapping[str, str]) -> ColumnMap:
    """Decide what each column is. Raises `Invalid` naming what was found and what is needed."""
    own_names = {normalise_name(column): column for column in reversed(columns)}
    if mapping:
        return _map_by_hand(columns, own_names, channel, mapping)
    for preset in PRESETS[channel]:
        if all(normalise_name(name) in own_names for name in preset.recognised_by):
            fields = {
                name: found
                for name, group in preset.columns.items()
                if (found := tuple(own_names[key] for key in map(normalise_name, group) if key in own_names))
            }
            used = {column for group in fields.values() for column in group}
            others = _others(columns, used)
            return ColumnMap(preset.name, preset.source, preset.by_number, fields, others, tuple(columns))
    raise Invalid(
        f"没有认出列名。找到的列：{_listed(columns)}；{channel.label}需要：{_NEEDED[channel]}。"
        "其他表格请用 --map 列名=字段 指定，例如 --map 反映内容=body,反映时间=submitted_at。"
    )


def _map_by_hand(
    columns: Sequence[str], own_names: Mapping[str, str], channel: Channel, mapping: Mapping[str, str]
) -> ColumnMap:
    missing = [column for column in mapping if normalise_name(column) not in own_names]
    if missing:
        raise Invalid(f"文件里没有 --map 指定的列：{_listed(missing)}；找到的列：{_listed(columns)}。")
    fields: dict[str, tuple[str, ...]] = {}
    for column, name in mapping.items():
        fields[name] = (*fields.get(name, ()), own_names[normalise_name(column)])
    if "body" not in fields and channel is not Channel.SURVEY:
        raise Invalid("--map 至少要指定内容一列，例如 --map 反映内容=body。")
    used = {column for group in fields.values() for column in group}
    fields.pop(IGNORED, None)
    by_number = channel in (Channel.HOTLINE, Channel.SOCIAL)
    return ColumnMap("--map", "file", by_number, fields, _others(columns, used), tuple(columns))


def _others(columns: Sequence[str], used: set[str]) -> tuple[str, ...]:
    return tuple(c for c in columns if c not in used and normalise_name(c) not in PERSONAL_COLUMNS)


def _listed(columns: Sequence[str]) -> str:
    return "、".join(columns[:30]) or "（无）"
