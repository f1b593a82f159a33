"""The state of an interrupted pre-training: written whole or not at all, and read back only for the same work."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.errors import Invalid
from nlp.encoders import libraries as encoder_libraries
from nlp.encoders.files import check_output, find_card, replacing, write_card

_FORMAT = "wenzheng-pretraining"
_OPTIMIZER = "optimizer.safetensors"


@dataclass(frozen=True, slots=True)
class State:
    """After `step` steps."""

    folder: Path
    step: int

    def restore(self, optimizer: Any) -> int:
        """Give the optimizer its memory back; the number of steps done. Raises `Invalid` where it does not fit."""
        library = encoder_libraries.safetensors()
        state: dict[int, dict[str, Any]] = {}
        try:
            for name, tensor in library.torch.load_file(self.folder / _OPTIMIZER).items():
                number, _, what = name.partition(".")
                state.setdefault(int(number), {})[what] = tensor
            optimizer.load_state_dict(optimizer.state_dict() | {"state": state})
        except (OSError, ValueError, KeyError, library.SafetensorError) as error:
            raise Invalid(f"{self.folder} 的中间结果已损坏；请删除它，从头开始。") from error
        return self.step


def write_state(folder: Path, key: str, step: int, model: Any, optimizer: Any) -> None:
    """Raises `Unavailable` where that is not allowed."""
    tensors = {
        f"{number}.{what}": value.contiguous()
        for number, values in optimizer.state_dict()["state"].items()
        for what, value in values.items()
    }
    with replacing(folder) as fresh:
        model.save_pretrained(fresh)
        encoder_libraries.safetensors().torch.save_file(tensors, fresh / _OPTIMIZER)
        write_card(fresh, {"format": _FORMAT, "key": key, "step": step})


def find_state(folder: Path, key: str) -> State | None:
    """None where nothing was begun. Raises `Invalid` where something else was begun, or the folder is not ours."""
    check_output(folder, _FORMAT)
    card = find_card(folder)
    if not card:
        return None
    if card.get("key") != key or not isinstance(card.get("step"), int):
        raise Invalid(f"{folder} 是另一批来信或另一组参数的中间结果；请删除它，或换一个输出文件夹。")
    return State(folder, card["step"])
