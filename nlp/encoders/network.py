"""The network that tells classes apart: an encoder, what its tokens say on average and at most, one linear layer.

Not the first token alone, as is usual: an encoder pre-trained on nothing but covered words has taught it nothing.
"""

from pathlib import Path
from typing import Any

from nlp.encoders import libraries as encoder_libraries
from nlp.encoders.folder import load_model

_DROPOUT = 0.1
# Below every value that a token can have: padding is never the most.
_NEVER = 1e4


def make_network(folder: Path, classes: int) -> Any:
    """A module of torch: the inputs of the encoder in `folder` in, a score per class out; `config` is the encoder's.

    Raises `Invalid` where the folder holds none.
    """
    torch = encoder_libraries.torch()
    # the plain form of attention is the one that every exporter knows
    encoder = load_model(folder, "AutoModel", attn_implementation="eager")
    network: Any = type("Network", (torch.nn.Module,), {"forward": _forward})()
    network.config, network.classes = encoder.config, classes
    network.encoder = encoder
    network.dropout = torch.nn.Dropout(_DROPOUT)
    network.last = torch.nn.Linear(2 * encoder.config.hidden_size, classes)
    return network


def _forward(network: Any, input_ids: Any, attention_mask: Any, token_type_ids: Any = None) -> Any:
    segments = {} if token_type_ids is None else {"token_type_ids": token_type_ids}
    tokens = network.encoder(input_ids=input_ids, attention_mask=attention_mask, **segments).last_hidden_state
    there = attention_mask.to(tokens.dtype)
    # products of one text each: over a batch, sums are made in another order where it is of one
    mean = (there.unsqueeze(1) @ tokens).squeeze(1) / there.sum(1, keepdim=True)
    most = (tokens - (1 - there.unsqueeze(-1)) * _NEVER).max(1).values
    said = network.dropout(encoder_libraries.torch().cat([mean, most], dim=-1))
    return (network.last.weight @ said.unsqueeze(-1)).squeeze(-1) + network.last.bias
