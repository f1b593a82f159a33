"""What learning an encoder has in common, whatever it learns: the machine, the steps, padded batches."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from inspect import signature
from typing import Any

import numpy as np

from nlp.encoders import libraries as encoder_libraries
from nlp.encoders.model import INPUTS
from nlp.encoders.text import Tokens

_DECAY = 0.01
_LONGEST_STEP = 1.0
# Steps grow over the first tenth, then shrink to nothing.
_WARM_UP = 0.1


@dataclass(frozen=True, slots=True)
class Machine:
    """Where it is learnt: a GPU if there is one. `bf16`: halves precision of the products where that is quicker."""

    device: str
    bf16: bool

    @property
    def name(self) -> str:
        return f"{self.device}{' bf16' if self.bf16 else ''}"

    def fast(self) -> Any:
        """A context in which products may be rounded."""
        library = encoder_libraries.torch()
        return library.autocast(self.device, dtype=library.bfloat16, enabled=self.bf16)


def find_machine() -> Machine:
    torch = encoder_libraries.torch()
    if torch.cuda.is_available():
        return Machine("cuda", bool(torch.cuda.is_bf16_supported(including_emulation=False)))
    quick = getattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", None)
    return Machine("cpu", bool(quick and torch.backends.mkldnn.is_available() and quick()))


def seed(number: int, machine: Machine) -> None:
    """From here on the same machine draws the same numbers, and adds in the same order."""
    torch = encoder_libraries.torch()
    torch.manual_seed(number)
    # some operations of a GPU have no such form: those may differ in the last bits
    torch.use_deterministic_algorithms(machine.device == "cuda", warn_only=True)


def make_optimizer(model: Any, rate: float) -> Any:
    """AdamW; biases and scales of layers do not decay."""
    weights = [parameter for parameter in model.parameters() if parameter.requires_grad]
    groups = [
        {"params": [w for w in weights if w.ndim > 1], "weight_decay": _DECAY},
        {"params": [w for w in weights if w.ndim <= 1], "weight_decay": 0.0},
    ]
    return encoder_libraries.torch().optim.AdamW(groups, lr=rate)


def take_step(loss: Any, model: Any, optimizer: Any, rate: float) -> None:
    for group in optimizer.param_groups:
        group["lr"] = rate
    loss.backward()
    encoder_libraries.torch().nn.utils.clip_grad_norm_(model.parameters(), _LONGEST_STEP)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)


def rate_at(step: int, steps: int, highest: float) -> float:
    """Steps count from 0."""
    warm = max(1, int(steps * _WARM_UP))
    return highest * min((step + 1) / warm, (steps - step) / max(1, steps - warm))


def default_rate(width: int) -> float:
    """Narrow encoders bear longer steps: 4e-5 at 768, 1e-4 at 312 (Turc et al. 2019 searched 3e-5 to 3e-4)."""
    return min(4e-5 * 768 / width, 1e-3)


def pad(texts: Sequence[Tokens], model: Any, inputs: Sequence[str], machine: Machine) -> Mapping[str, Any]:
    """Those `inputs` for a batch, as long as its longest text."""
    torch = encoder_libraries.torch()
    filler = model.config.pad_token_id or 0
    length = max(len(text.ids) for text in texts)
    columns = [np.full((len(texts), length), value, dtype=np.int64) for value in (filler, 0, 0)]
    for row, text in enumerate(texts):
        for column, values in zip(columns, (text.ids, (1,) * len(text.ids), text.types), strict=True):
            column[row, : len(text.ids)] = values
    return {
        name: torch.from_numpy(column).to(machine.device)
        for name, column in zip(INPUTS, columns, strict=True)
        if name in inputs
    }


def inputs_of(model: Any) -> tuple[str, ...]:
    """Which of the usual inputs the model takes; one that knows one segment type is not told."""
    taken = set(signature(getattr(model, "encoder", model).forward).parameters)
    if getattr(model.config, "type_vocab_size", 0) < 2:
        taken.discard("token_type_ids")
    return tuple(name for name in INPUTS if name in taken)


def segment_types(model: Any) -> int:
    return max(1, getattr(model.config, "type_vocab_size", 1))


def most_tokens(model: Any) -> int:
    """How long a text may be. RoBERTa and its kin count positions from behind the padding's number."""
    config = model.config
    most: int = getattr(config, "max_position_embeddings", 512)
    return most - (config.pad_token_id or 0) - 1 if "roberta" in config.model_type else most
