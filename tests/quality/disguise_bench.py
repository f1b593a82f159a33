"""How often words that somebody has disguised are read as meant, and how often plain text is left alone.

`python -m tests.quality.disguise_bench [dev|unseen] [-v]`. Wanted words count one by one; a plain text counts as
changed when cleaning puts other words into it (width and traditional characters aside: those are not meant to hide
anything).
"""

import sys
from pathlib import Path

from nlp.cleaning import clean
from nlp.disguises import find_disguises

SETS = {"dev": "disguise_cases.psv", "unseen": "disguise_cases_unseen.psv"}


def read_cases(name: str = "dev") -> list[tuple[str, tuple[str, ...]]]:
    cases = Path(__file__).with_name(SETS[name])
    lines = [line for line in cases.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    pairs = [line.rsplit("|", 1) for line in lines]
    return [(text, tuple(filter(None, words.split(",")))) for text, words in pairs]


def main() -> None:
    names = [argument for argument in sys.argv[1:] if argument != "-v"] or ["dev"]
    if len(names) > 1 or names[0] not in SETS:
        sys.exit("usage: python -m tests.quality.disguise_bench [dev|unseen] [-v]")
    cases = read_cases(names[0])
    hidden = [(text, words) for text, words in cases if words]
    plain = [text for text, words in cases if not words]
    missed = [(text, word) for text, words in hidden for word in words if word not in clean(text).text]
    wanted = sum(len(words) for _, words in hidden)
    changed = [text for text in plain if find_disguises(clean(text).text) or find_disguises(text)]
    print(f"disguised: {wanted - len(missed)} of {wanted} words read as meant")
    print(f"plain: {len(changed)} of {len(plain)} texts changed")
    if "-v" in sys.argv[1:]:
        for text, word in missed:
            print(f"  missed {word}: {clean(text).text}")
        for text in changed:
            print(f"  changed: {text} -> {clean(text).text}")


if __name__ == "__main__":
    main()
