"""The letter form as typed, so that nothing is lost when something has to be corrected."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Form

from api.citizens.citizen import LetterForm
from models.analysis import AppealType
from routing.directory import Directory

_KINDS = (
    (AppealType.HELP, "遇到困难，需要帮忙解决"),
    (AppealType.CONSULT, "想问政策、流程、时间"),
    (AppealType.COMPLAIN, "对服务、管理、质量不满意"),
    (AppealType.REPORT, "反映违法违规的人或事"),
    (AppealType.SUGGEST, "有改进的主意"),
    (AppealType.PRAISE, "想感谢某个人或单位"),
)
# (value, name, one line of explanation); no value: the citizen leaves it to us
KINDS = [(kind.value, kind.label, text) for kind, text in _KINDS] + [("", "说不准", "由工作人员判断")]


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFields:
    """`region` is a code of the list, `place` what the citizen adds in words."""

    title: str = ""
    body: str = ""
    appeal_type: str = ""
    region: str = ""
    place: str = ""
    name: str = ""
    contact: str = ""
    confidential: bool = False
    publish_consent: bool = False

    def form(self, directory: Directory) -> LetterForm:
        kinds = {kind.value: kind for kind in AppealType}
        return LetterForm(
            title=self.title,
            body=self.body,
            appeal_type=kinds.get(self.appeal_type),
            place=" ".join(part for part in (directory.region_name(self.region), self.place.strip()) if part),
            name=self.name,
            contact=self.contact,
            confidential=self.confidential,
            publish_consent=self.publish_consent,
        )


def read_letter(
    title: Annotated[str, Form()] = "",
    body: Annotated[str, Form()] = "",
    appeal_type: Annotated[str, Form()] = "",
    region: Annotated[str, Form()] = "",
    place: Annotated[str, Form()] = "",
    name: Annotated[str, Form()] = "",
    contact: Annotated[str, Form()] = "",
    confidential: Annotated[str, Form()] = "",
    publish_consent: Annotated[str, Form()] = "",
) -> LetterFields:
    # browsers send line ends as CR LF; people count characters as they see them
    return LetterFields(
        title=title.strip(),
        body=body.replace("\r\n", "\n"),
        appeal_type=appeal_type,
        region=region,
        place=place,
        name=name,
        contact=contact,
        confidential=bool(confidential),
        publish_consent=bool(publish_consent),
    )
