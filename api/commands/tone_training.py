"""nlp train --what sentiment|emotion, nlp evaluate: models of tone from a city's own labels, and their worth."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from api.commands.console import console, print_json, progress_bar
from api.commands.scores import figures, print_doubtful, print_left_out, print_scores
from nlp.letters import LabelledLetter
from nlp.tone import artifacts
from nlp.tone.labels import VALUES, What
from nlp.tone.training import ToneTraining
from nlp.tone.training import evaluate as judge
from nlp.tone.training import train as learn


def train_tone(letters: Sequence[LabelledLetter], what: What, output: Path, *, as_json: bool) -> None:
    """Learn, write the artifact, and say what it is worth. Raises `Invalid` where the labels cannot teach anything."""
    with progress_bar() as on_progress:
        training = learn(letters, what, on_progress=on_progress)
    about = _about(training)
    artifacts.save(output, {what: training.model}, about)
    if as_json:
        print_json({"artifact": str(output), "version": training.model.version} | about)
        return
    console.print(f"{training.letters} 件，合并相同、相近的为 {training.groups} 组；按组五折交叉验证：")
    print_scores(training.scores, labels=_labels(what), about_dispatch=False)
    print_doubtful("标注可疑", training.suspects, labels=_labels(what))
    print_left_out(training.left_out)
    console.print(f"模型 {training.model.version} 已写入 {output}。", markup=False)


def evaluate_tone(artifact: Path, letters: Sequence[LabelledLetter], *, errors: int, as_json: bool) -> None:
    """Say what the model that was trained into `artifact` is worth on `letters`."""
    loaded = artifacts.load(artifact)
    told = next(iter(loaded.models))
    labels = _labels(told)
    judged = judge(loaded.models[told], told, letters)
    if as_json:
        print_json(
            figures(judged.scores)
            | {
                "worst_errors": [asdict(error) for error in judged.worst[:errors]],
                "unseen_labels": judged.unseen_labels,
                "left_out": judged.left_out,
                "version": loaded.models[told].version,
            }
        )
        return
    print_scores(judged.scores, labels=labels, about_dispatch=False)
    print_doubtful("最有把握的错误", judged.worst, labels=labels, shown=errors)
    for name, count in judged.unseen_labels.items():
        console.print(f"模型没有见过“{labels[name]}”：{count} 件，按错误计。", markup=False)
    print_left_out(judged.left_out)


def _about(training: ToneTraining) -> dict[str, Any]:
    """What the card says about the training, beside what the program needs to load it."""
    return {
        "what": training.what,
        "trained_on": date.today().isoformat(),
        "letters": training.letters,
        "groups": training.groups,
        "data_hash": training.data_hash,
        "cross_validation": figures(training.scores),
        "left_out": training.left_out,
        "suspected_label_errors": [asdict(suspect) for suspect in training.suspects],
    }


def _labels(what: What) -> dict[str, str]:
    return {value.value: value.label for value in VALUES[what]}
