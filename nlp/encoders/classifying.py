"""How an encoder learns to tell classes apart: epochs over labelled texts until others gain nothing from it."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.random import default_rng

from nlp.encoders import libraries as encoder_libraries
from nlp.encoders.text import Tokens
from nlp.encoders.training import Machine, inputs_of, make_optimizer, pad, rate_at, take_step
from nlp.ngrams import Numbers
from nlp.topics.evaluation import score

# A rare class counts more, by the square root of how rare it is, but never more than so many times.
_MOST_WEIGHT = 5.0
# Texts of similar length go together; sorted over so many batches at a time, the rest is chance.
_POOL = 20
_ASKED_AT_ONCE = 64


class Classifying:
    """A network and the texts it knows; `targets` is the class of each, `learnt` the places of those it learns from."""

    def __init__(
        self, model: Any, texts: Sequence[Tokens], targets: Numbers, learnt: Numbers, batch: int, machine: Machine
    ) -> None:
        torch = encoder_libraries.torch()
        self._model, self._texts, self._targets = model, texts, targets
        self._learnt, self._batch, self._machine = learnt, batch, machine
        self._inputs = inputs_of(model)
        counts = np.bincount(targets[learnt], minlength=model.classes)
        weights = np.sqrt(len(learnt) / (len(counts) * np.maximum(counts, 1)))
        weights = np.minimum(weights, _MOST_WEIGHT).astype(np.float32)
        self._loss = torch.nn.CrossEntropyLoss(weight=torch.from_numpy(weights).to(machine.device))

    def run(
        self, choosing: Numbers, epochs: int, patience: int, rate: float, seed: int, step: Callable[[float], None]
    ) -> list[float]:
        """Learn; the model is left as it was after the best epoch. Macro-F1 of the texts at `choosing` after each.

        `step` is told how far it is, 0..1.
        """
        optimizer = make_optimizer(self._model, rate)
        steps = epochs * -(-len(self._learnt) // self._batch)
        history: list[float] = []
        best: dict[str, Any] = {}
        done = 0
        for epoch in range(epochs):
            self._model.train()
            for places in self._batches(seed + epoch):
                with self._machine.fast():
                    scores = self._scores(places)
                targets = encoder_libraries.torch().from_numpy(self._targets[places]).to(self._machine.device)
                take_step(self._loss(scores.float(), targets), self._model, optimizer, rate_at(done, steps, rate))
                done += 1
                step(done / steps)
            history.append(self._judge(choosing))
            if history[-1] > max(history[:-1], default=-1.0):
                best = {name: value.detach().clone() for name, value in self._model.state_dict().items()}
            if len(history) - 1 - history.index(max(history)) >= patience:
                break
        self._model.load_state_dict(best)
        return history

    def _judge(self, places: Numbers) -> float:
        self._model.eval()
        said = np.empty(len(places), dtype=np.int64)
        order = np.argsort([len(self._texts[i].ids) for i in places], kind="stable")
        with encoder_libraries.torch().no_grad(), self._machine.fast():
            for start in range(0, len(order), _ASKED_AT_ONCE):
                part = order[start : start + _ASKED_AT_ONCE]
                said[part] = self._scores(places[part]).argmax(-1).cpu().numpy()
        names = [str(number) for number in range(self._model.classes)]
        gold, predicted = ([names[i] for i in numbers.tolist()] for numbers in (self._targets[places], said))
        return score(gold, predicted, [1.0] * len(gold), [True] * len(gold)).macro_f1

    def _scores(self, places: Numbers) -> Any:
        inputs = pad([self._texts[i] for i in places], self._model, self._inputs, self._machine)
        return self._model(**inputs)

    def _batches(self, seed: int) -> Iterator[Numbers]:
        random = default_rng(seed)
        order = random.permutation(self._learnt)
        batches: list[Numbers] = []
        for start in range(0, len(order), _POOL * self._batch):
            pool = order[start : start + _POOL * self._batch]
            pool = pool[np.argsort([len(self._texts[i].ids) for i in pool], kind="stable")]
            batches += [pool[at : at + self._batch] for at in range(0, len(pool), self._batch)]
        for number in random.permutation(len(batches)).tolist():
            yield batches[number]
