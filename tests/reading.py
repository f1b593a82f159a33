"""An analyser that reads what the search for copies and like cases needs, and says about all else what a test says."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from models.analysis import AnalyserInput, Analysis
from nlp.alike.minhash import sign
from nlp.alike.telling import TellingWords
from tests.unit.nlp_documents import make_document

_words = cache(TellingWords)


@dataclass(frozen=True)
class Reading:
    analysis: Analysis
    version: str = "reading/1"

    def analyse(self, inputs: Sequence[AnalyserInput]) -> list[Analysis]:
        documents = [make_document(source.body, title=source.title) for source in inputs]
        parts = zip(sign(documents), _words().find(documents), strict=True)
        return [replace(self.analysis, signature=signature, telling=telling) for signature, telling in parts]
