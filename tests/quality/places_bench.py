"""How well places, times and organisations are found in our own marked texts.

`python -m tests.quality.places_bench [dev|unseen] [-v]`: spans exact, micro-averaged. The unseen parts were written
before the rules and are only counted, never looked at, while the rules change.
"""

import sys
from datetime import date

from models.analysis import AnalyserInput
from nlp.cleaning import clean
from nlp.cues import CueIndex
from nlp.document import Document
from nlp.organisations.mentions import OrganisationMentions
from nlp.organisations.names import DepartmentNames
from nlp.places.gazetteer import Gazetteer
from nlp.places.mentions import PlaceMentions
from nlp.places.name_bounds import word_lines
from nlp.reference import load_departments, load_regions
from nlp.segmentation import Segmenter, make_segmenter
from nlp.times.mentions import find_times
from tests.quality.marked_cases import Case, read_cases


def make(text: str, segmenter: Segmenter, written_on: date | None = None, index: CueIndex | None = None) -> Document:
    title, body = clean(""), clean(text)
    source = AnalyserInput("", text, "letter", written_on=written_on)
    whole = f"\n{body.text}"
    return Document(source, title, body, whole, [], segmenter.cut(body.text), (index or CueIndex([])).find(whole))


def score(found: int, right: int, marked: int) -> str:
    precision, recall = right / max(found, 1), right / max(marked, 1)
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    return f"precision {precision:.3f} recall {recall:.3f} F1 {f1:.3f} ({marked} marked, {found} found)"


def f1(found: int, right: int, marked: int) -> float:
    return 2 * right / max(found + marked, 1)


def judge_times(cases: list[Case], *, verbose: bool) -> tuple[float, ...]:
    segmenter = make_segmenter()
    found = right = marked = dated = 0
    for case in cases:
        day = date.fromisoformat(case.head) if case.head else None
        got = {(t.start - 1, t.end - 1): t for t in find_times([make(case.text, segmenter, day)])[0]}
        want = {(m.start, m.end): m.says for m in case.marks}
        hits = got.keys() & want.keys()
        found, right, marked = found + len(got), right + len(hits), marked + len(want)
        bad = bool(got.keys() ^ want.keys())
        for span in hits:
            first, _, last = want[span].partition("..")
            days = (first, last or first)
            said = tuple(str(d) if d else "" for d in (got[span].first, got[span].last))
            dated += days == said
            bad = bad or days != said
        if verbose and bad:
            print(
                case.head, case.text, [(t.text, str(t.first), str(t.last)) for t in got.values()], list(want.values())
            )
    print("times: spans", score(found, right, marked), f"dates right {dated / max(right, 1):.3f} of {right}")
    return f1(found, right, marked), dated / max(right, 1)


_KINDS = dict(
    zip("rtvedsco", ("region", "town", "village", "estate", "road", "station", "school", "other"), strict=True)
)


def judge_places(cases: list[Case], *, verbose: bool) -> tuple[float, ...]:
    gazetteer = Gazetteer(load_regions(), [])
    segmenter, index, finder = make_segmenter(gazetteer.phrases), CueIndex(gazetteer.phrases), PlaceMentions(gazetteer)
    codes = {region.code for region in load_regions()}
    found = right = marked = kinds = placed = asked = 0
    for case in cases:
        document = make(case.text, segmenter, index=index)
        _, mentions = finder.find([document], word_lines([document]))[0]
        got = {(m.start - 1, m.end - 1): m for m in mentions}
        want = {(m.start, m.end): m.says for m in case.marks}
        hits = got.keys() & want.keys()
        found, right, marked = found + len(got), right + len(hits), marked + len(want)
        bad = bool(got.keys() ^ want.keys())
        for span in hits:
            kind, _, region = want[span].partition("=")
            kinds += got[span].kind == _KINDS[kind]
            bad = bad or got[span].kind != _KINDS[kind]
            if region:
                assert region == "-" or set(region.split("/")) <= codes, case.text
                code, candidates = got[span].region_code, "/".join(got[span].candidates)
                said = code or candidates or "-"
                asked, placed = asked + 1, placed + (said == region)
                bad = bad or said != region
        if verbose and bad:
            said_of = [(m.text, m.kind.value, m.region_code or m.candidates) for m in mentions]
            print(case.text, said_of, list(want.values()))
    print("places: spans", score(found, right, marked))
    print(f"  kind right {kinds / max(right, 1):.3f}, region right {placed / max(asked, 1):.3f} of {asked}")
    return f1(found, right, marked), kinds / max(right, 1), placed / max(asked, 1)


def judge_organisations(cases: list[Case], *, verbose: bool) -> tuple[float, ...]:
    departments = load_departments()
    finder = OrganisationMentions(DepartmentNames(departments), departments)
    words = [*Gazetteer(load_regions(), []).phrases, *DepartmentNames(departments).phrases]
    segmenter, index = make_segmenter(words), CueIndex(finder.phrases)
    found = right = marked = units = accused = blamed = guilty = kept = 0
    for case in cases:
        document = make(case.text, segmenter, index=index)
        finding = finder.find([document], [()], word_lines([document]))[0]
        got = {(m.start - 1, m.end - 1): m for m in finding.mentions}
        want = {(m.start, m.end): m.says for m in case.marks}
        hits = got.keys() & want.keys()
        found, right, marked = found + len(got), right + len(hits), marked + len(want)
        bad = bool(got.keys() ^ want.keys())
        accused += sum(m.accused for m in got.values())
        guilty += sum(says.endswith("!") for says in want.values())
        culprits = {says[:-1] for says in want.values() if says.endswith("!") and says != "c!"}
        kept += len(culprits - set(finding.department_ids))
        for span in hits:
            name, wrong = want[span].removesuffix("!"), want[span].endswith("!")
            units += (got[span].department_id or "c") == name
            blamed += got[span].accused and wrong
            bad = bad or got[span].accused != wrong or (got[span].department_id or "c") != name
        if verbose and bad:
            print(case.text, [(m.text, m.department_id, m.accused) for m in got.values()], list(want.values()))
    print("organisations: spans", score(found, right, marked), f"unit or company right {units / max(right, 1):.3f}")
    print("  accused", score(accused, blamed, guilty), f"accused units not protected: {kept}")
    return f1(found, right, marked), f1(accused, blamed, guilty), kept


def main() -> None:
    part = "_unseen" if "unseen" in sys.argv else ""
    verbose = "-v" in sys.argv
    judge_places(read_cases(f"place_cases{part}"), verbose=verbose)
    judge_organisations(read_cases(f"organisation_cases{part}"), verbose=verbose)
    judge_times(read_cases(f"time_cases{part}", has_head=True), verbose=verbose)


if __name__ == "__main__":
    main()
