"""What anybody reads of answered letters."""

from datetime import date
from typing import Self

from pydantic import BaseModel, Field

from api.citizens.answers import AnswerPage, AnswerView
from models.attachment import Attachment, AttachmentKind
from models.callback import Satisfaction
from models.case import CompletionResult


class AnswerOut(BaseModel):
    number: int = Field(description="公开编号，与来信编号、工单编号无关")
    heading: str = Field(description="来信标题（已隐去个人信息）；来信人未同意公开来信的，为事项和地区")
    letter: str = Field(description="来信正文（已隐去个人信息）；来信人未同意公开的为空")
    reply: str
    department_id: str | None
    department_name: str
    topic_code: str | None
    topic_name: str
    region_code: str | None = Field(description="区县；空为全市")
    region_name: str
    submitted_on: date | None = Field(description="来信日期；来信人未同意公开来信的为空")
    replied_on: date
    days: int | None = Field(description="从来信到答复的自然日数；来信人未同意公开来信的为空")
    took: str = Field(description="用了几天，供人看；来信人未同意公开来信的只说大概")
    result: CompletionResult
    satisfaction: Satisfaction | None = Field(description="来信人的评价；没有评价、或未同意公开来信的为空")

    @classmethod
    def of(cls, view: AnswerView) -> Self:
        answer = view.answer
        return cls(
            number=answer.number,
            heading=view.heading,
            letter=answer.letter,
            reply=answer.reply,
            department_id=answer.department_id,
            department_name=view.unit,
            topic_code=answer.topic_code,
            topic_name=view.topic,
            region_code=answer.region_code,
            region_name=view.place,
            submitted_on=view.submitted_on,
            replied_on=view.replied_on,
            days=view.days,
            took=view.took,
            result=answer.result,
            satisfaction=answer.satisfaction,
        )


class AnswerFileOut(BaseModel):
    name: str
    kind: AttachmentKind
    size: int = Field(description="字节")
    href: str = Field(description="取文件的地址")


class AnswerDetailOut(AnswerOut):
    files: list[AnswerFileOut]

    @classmethod
    def with_files(cls, view: AnswerView, files: list[Attachment]) -> Self:
        number = view.answer.number
        found = [
            AnswerFileOut(name=f.name, kind=f.kind, size=f.size, href=f"/answers/{number}/files/{f.id}") for f in files
        ]
        return cls(**AnswerOut.of(view).model_dump(), files=found)


class AnswerPageOut(BaseModel):
    rows: list[AnswerOut]
    before: int | None = Field(description="下一页从这里开始（参数 before）；最后一页为空")

    @classmethod
    def of(cls, page: AnswerPage) -> Self:
        return cls(rows=[AnswerOut.of(view) for view in page.rows], before=page.following)
