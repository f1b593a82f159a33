"""How an encoder is asked to guess covered words: which letters in which step, and how wrong its guesses are."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.random import Generator, default_rng

from nlp.encoders import libraries as encoder_libraries
from nlp.encoders.masking import NOT_ASKED, Letter, Numbers, cover, window
from nlp.encoders.text import Reader
from nlp.encoders.training import Machine, inputs_of, pad
from nlp.encoders.vocabulary import mask_of


class Guessing:
    """One model and the letters it learns from. What happens in a step depends on the seed and its number alone."""

    def __init__(
        self, model: Any, reader: Reader, letters: Sequence[Letter], batch: int, seed: int, machine: Machine
    ) -> None:
        """Raises `Invalid` where the reader's vocabulary has no token to cover words with."""
        self._model, self._reader, self._letters = model, reader, letters
        self._batch, self._seed, self._machine = batch, seed, machine
        self._inputs = inputs_of(model)
        self._mask = mask_of(reader.tokenizer)
        self._others: Numbers = np.concatenate([part.ids for one in letters for part in (one.title, one.body)])

    def loss(self, step: int) -> Any:
        """How wrong the guesses of this step are: nats a token, as a tensor to learn from."""
        encoder_libraries.torch().manual_seed(self._seed + step)
        wrong, _ = self._guess([self._letters[n] for n in self._turn(step)], default_rng([self._seed, step]))
        return wrong.mean()

    def judge(self, letters: Sequence[Letter]) -> tuple[float, float]:
        """Share of covered tokens guessed, and nats a token, in `letters`."""
        self._model.eval()
        random = default_rng(self._seed)
        right: list[bool] = []
        wrong: list[float] = []
        with encoder_libraries.torch().no_grad():
            for start in range(0, len(letters), self._batch):
                losses, hits = self._guess(letters[start : start + self._batch], random)
                wrong += losses.tolist()
                right += hits.tolist()
        return sum(right) / max(len(right), 1), sum(wrong) / max(len(wrong), 1)

    def _turn(self, step: int) -> list[int]:
        """The letters of a step: all of them once, then all again in another order."""
        total = len(self._letters)
        places = range(step * self._batch, (step + 1) * self._batch)
        orders = {
            round_: default_rng([self._seed, 1, round_]).permutation(total)
            for round_ in {place // total for place in places}
        }
        return [int(orders[place // total][place % total]) for place in places]

    def _guess(self, letters: Sequence[Letter], random: Generator) -> tuple[Any, Any]:
        """For each covered token how wrong the guess was, and whether it was right."""
        torch = encoder_libraries.torch()
        covered = [cover(*window(one, self._reader, random), self._mask, self._others, random) for one in letters]
        inputs = pad([tokens for tokens, _ in covered], self._model, self._inputs, self._machine)
        targets = torch.full(inputs["input_ids"].shape, NOT_ASKED)
        for row, (_, wanted) in enumerate(covered):
            targets[row, : len(wanted)] = torch.from_numpy(wanted)
        targets = targets.to(self._machine.device)
        asked = targets != NOT_ASKED
        with self._machine.fast():
            if self._model.config.model_type == "bert":
                # the output layer is as wide as the vocabulary: only where it is asked
                scores = self._model.cls(self._model.bert(**inputs).last_hidden_state[asked])
            else:
                scores = self._model(**inputs).logits[asked]
        scores, wanted = scores.float(), targets[asked]
        return torch.nn.functional.cross_entropy(scores, wanted, reduction="none"), scores.argmax(-1) == wanted
