"""Which parts of a text any letter could have: greetings, courtesies, signatures, mail headers, quoted mails.

They are marked, not taken away: topics and tone still see them; summaries, matters and elements do not look there.
"""

import re

_OPENINGS = 5
_GREETING = re.compile(
    r"\s*(?:"
    r"(?:尊敬|敬爱|亲爱)的[^，,。！!：:；;？?\n]{0,24}[，,：:！!。\n]+"
    r"|[^\s，,。！!：:；;？?我投举反表感是被找问]{0,8}?(?:领导|书记|市长|区长|县长|镇长|局长|厅长|主任|同志|小编)(?:们|同志)?"
    r"(?:[：:；;！!\n]+|[，,]?(?=[您你]们?好))"
    r"|(?:[您你]们?|大家|各位|领导)?(?:早上|上午|中午|下午|晚上)?好(?:啊|呀)?[！!，,。：:~～\s]+"
    r"|(?:冒昧)?打扰(?:[您你]们?|一下)?了?[！!，,。\s]+"
    r"|(?:非常|十分|首先|衷心)?(?:感谢|谢谢)(?:[您你]们?|领导)?(?:能)?(?:在)?百忙之中[^。！!\n]{0,24}[。！!\n]+"
    r")"
)
_COURTESY = re.compile(
    r"\s*(?:"
    r"(?:再次|衷心|非常|十分|万分|最后|在此|先|真心|提前|由衷)*(?:地|的)?(?:表示)?(?:谢谢|感谢|致谢|不胜感激|拜谢|多谢|劳驾|辛苦)[^，,。！!\n]{0,14}"
    r"|此致|敬礼|特此(?:反映|投诉|申请|举报|来信|说明|报告|函告)?|顺颂[^，。]{0,8}|[此]?致(?:以)?[^，。]{0,8}敬[意礼]"
    r"|(?:顺)?祝[^，,。！!？?\n]{2,20}(?:[，,、 ][^，,。！!？?\n]{2,12}){0,3}"
    r"|(?:反映|来信|投诉|写信|举报|联系|申请|求助)人(?:姓名|电话)?[:：][^\n]{0,40}|(?:联系)?(?:电话|方式|手机)号?码?[:：][^\n]{0,40}"
    r"|(?:20)?\d\d[年.\-/]\d{1,2}[月.\-/]\d{1,2}日?(?:[凌早上中下晚夜]?[晨上午]{0,2})"
    r"|(?:一|全体)[个位名群]?(?:普通|可怜|无助|焦急|无奈|老)?的?[^，,。\n]{0,12}(?:市民|村民|业主|群众|家长|居民|百姓|职工|员工|学生|农民工?)(?:们)?"
    r"|(?:盼|望|期待|等待|静候)(?:早日|尽快|您的|你们的|领导|及时)?(?:回复|答复|回音|佳音)(?:为盼)?"
    r")[！!。，,~～\s]*"
)
_LONGEST_COURTESY = 60
_SEPARATOR = re.compile(
    r"-{2,} ?(?:原始邮件|转发邮件|转发的邮件|邮件原件|Original Message|Forwarded message)[^\n]*"
    r"|在 ?20\d\d[^\n]{0,60}写道[:：]?",
    re.IGNORECASE,
)
_HEADER = re.compile(
    r"\s*(?:发件人|收件人|抄送人?|密送|主题|发送时间|发送日期|日期|时间|附件|From|To|Cc|Bcc|Subject|Sent|Date)\s?[:：][^\n]*",
    re.IGNORECASE,
)
_FIRST_HEADER = re.compile(r"\s*(?:发件人|From)\s?[:：]", re.IGNORECASE)
_SENT_FROM = re.compile(
    r"\s*(?:发自我的|从我的)[^\n，。]{0,30}$|\s*来自[^\n，。]{0,20}(?:客户端|手机版|邮箱大师)$", re.MULTILINE
)
_REPLY = re.compile(
    r"\s*(?:[您你]好[！!，,。]?)?[您你](?:的|于|在|反映|提交|所)[^。！!？?\n]{0,40}"
    r"(?:收悉|已收到|已受理|已转[^。！!？?\n]{0,16}(?:办理|处理|阅处))"
)
# What a line of mail begins with, before its headers: nothing else need be looked at.
_MAIL_BEGINS = frozenset("->发从来在Ff")
# So much text before a quoted mail is a letter of its own; with less the quoted mail is the letter, forwarded.
_OWN_LETTER = 15


def opening_end(text: str, start: int = 0) -> int:
    """Where the greetings at `start` end; `start` where there is none."""
    for _ in range(_OPENINGS):
        match = _GREETING.match(text, start)
        if match is None or match.end() == start:
            break
        start = match.end()
    return start


def is_courtesy(text: str, start: int, end: int) -> bool:
    """Whether the sentence is thanks, a wish for health, a signature or a date and nothing else."""
    return end - start <= _LONGEST_COURTESY and _COURTESY.fullmatch(text, start, end) is not None


def is_acknowledgement(text: str, start: int, end: int) -> bool:
    """Whether the sentence is what an office writes back: 您的来信已收悉."""
    return text[start] in "您你" and _REPLY.match(text, start, end) is not None


class MailLines:
    """Asked line by line, in order, which lines are headers of a mail, or quoted below one."""

    def __init__(self) -> None:
        self._in_header = self._quoting = False
        self._own = 0

    def takes(self, text: str, start: int, end: int) -> bool:
        if self._quoting:
            return True
        if not self._in_header and text[start] not in _MAIL_BEGINS:
            self._own += end - start
            return False
        if text.startswith(">", start) or _SENT_FROM.match(text, start, end):
            return True
        if _SEPARATOR.match(text, start, end) or _FIRST_HEADER.match(text, start, end):
            self._in_header = True
            self._quoting = self._own >= _OWN_LETTER
            return True
        if self._in_header and _HEADER.match(text, start, end):
            return True
        self._in_header = False
        self._own += end - start
        return False
