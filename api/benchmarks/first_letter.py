"""The first letter after a start: a process of its own that loads everything, analyses one letter and ends.

python -m api.benchmarks.first_letter [DATA_DIR]     (title and body as JSON on standard input)
"""

import json
import sys
from pathlib import Path

from models.analysis import AnalyserInput
from nlp.pipeline import build_reference_pipeline
from nlp.shipped import find_shipped
from nlp.topics.default_classifier import default_folders


def main() -> None:
    """Prints the topic as JSON; "" where nothing is known of the letter."""
    title, body = json.load(sys.stdin)
    folders = default_folders(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
    [analysis] = build_reference_pipeline(find_shipped(folders)).analyse([AnalyserInput(title, body, "letter")])
    json.dump(analysis.topic_code or "", sys.stdout)


if __name__ == "__main__":
    main()
