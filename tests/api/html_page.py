"""A page as a person finds it: its links, forms and words."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = {"input", "br", "hr", "img", "meta", "link", "use"}
_FIELDS = ("input", "select", "textarea", "button")


@dataclass
class Form:
    method: str
    action: str
    values: dict[str, list[str]] = field(default_factory=dict)

    def data(self, **changes: str | list[str]) -> dict[str, list[str] | str]:
        """What a browser would send after a person changed these fields."""
        return self.values | changes


@dataclass
class Page(HTMLParser):
    """`Page(html)`: parsed at once."""

    html: str
    links: list[str] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    labels: set[str] = field(default_factory=set)
    unlabelled: list[str] = field(default_factory=list)
    handlers: list[str] = field(default_factory=list)
    inline_scripts: int = 0
    headings: list[str] = field(default_factory=list)
    words: str = ""

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._form: Form | None = None
        self._open: list[str] = []
        self._select: str | None = None
        self._before = 0
        self._textarea: str | None = None
        self._wanted: list[str] = []
        self.feed(self.html)
        self.unlabelled = [name for name in self._wanted if name not in self.labels]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag not in _VOID:
            self._open.append(tag)
        self.ids += [values["id"]] if "id" in values else []
        self.handlers += [name for name in values if name.startswith("on")]
        match tag:
            case "a" if "href" in values:
                self.links.append(values["href"])
            case "form":
                self._form = Form(values.get("method", "get").lower(), values.get("action", ""))
                self.forms.append(self._form)
            case "label" if "for" in values:
                self.labels.add(values["for"])
            case "h1":
                self.headings.append("")
            case "script" if "src" not in values and values.get("type") != "application/json":
                self.inline_scripts += 1
        if tag in _FIELDS:
            self._field(tag, values)
        if tag == "option" and self._select and self._form is not None:
            chosen = self._form.values[self._select]
            if "selected" in values or len(chosen) == self._before:
                chosen[self._before :] = [values.get("value", "")]

    def _field(self, tag: str, values: dict[str, str]) -> None:
        name, kind = values.get("name", ""), values.get("type", "text")
        if tag != "button" and kind != "hidden" and "label" not in self._open:
            self._wanted.append(values.get("id", name))
        if self._form is None or not name or kind == "file":  # a file is chosen by a person
            return
        if tag == "select":
            self._select = name
            # several selects may have one name: each sends its own value
            self._before = len(self._form.values.setdefault(name, []))
        elif tag == "textarea":
            self._textarea = name
            self._form.values[name] = [""]
        elif tag == "input" and (kind not in ("radio", "checkbox") or "checked" in values):
            self._form.values.setdefault(name, []).append(values.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass
        if tag == "form":
            self._form = None
        self._select = None if tag == "select" else self._select
        self._textarea = None if tag == "textarea" else self._textarea

    def handle_data(self, data: str) -> None:
        if "script" in self._open or "style" in self._open:
            return
        self.words += data
        if "h1" in self._open:
            self.headings[-1] += data
        if self._textarea and self._form is not None:
            self._form.values[self._textarea][0] += data

    def form(self, action: str) -> Form:
        """The form that posts to an address ending like this."""
        return next(form for form in self.forms if form.method == "post" and form.action.endswith(action))
