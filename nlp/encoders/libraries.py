"""Where the libraries behind encoders come from: loaded when first needed, and never in touch with a model hub.

They are extras: `onnx` runs an encoder, `train` makes one. The rest of the program works without them.
"""

import os
import sys
from importlib import import_module
from importlib.metadata import version
from typing import Any

from models.errors import Unavailable

# Before they are imported: later they would not look.
_OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DISABLE_SAFETENSORS_CONVERSION": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "TRANSFORMERS_VERBOSITY": "error",
    # sums of a GPU in the same order each time
    "CUBLAS_WORKSPACE_CONFIG": ":4096:8",
}


def onnxruntime() -> Any:
    """Runs an exported encoder. Raises `Unavailable` where it is not installed, like all of these."""
    return _load("onnxruntime", "onnx", "运行编码器模型")


def tokenizers() -> Any:
    return _load("tokenizers", "onnx", "运行编码器模型")


def onnx() -> Any:
    return _load("onnx", "train", "导出编码器模型")


def torch() -> Any:
    return _load("torch", "train", "训练编码器模型")


def safetensors() -> Any:
    """The library with its functions for torch loaded."""
    _load("safetensors.torch", "train", "训练编码器模型")
    return sys.modules["safetensors"]


def transformers() -> Any:
    torch()
    library = _load("transformers", "train", "训练编码器模型")
    hub: Any = sys.modules.get("huggingface_hub.constants")
    if hub is not None:
        # somebody may have imported it before the environment said so
        hub.HF_HUB_OFFLINE = True
    library.utils.logging.disable_progress_bar()
    library.utils.logging.set_verbosity_error()
    return library


def training_versions() -> dict[str, str]:
    """Of what a result depends on, for its card."""
    return {name: version(name) for name in ("torch", "transformers", "onnx", "onnxruntime", "tokenizers")}


def _load(name: str, extra: str, purpose: str) -> Any:
    os.environ.update(_OFFLINE)
    try:
        return import_module(name)
    except ImportError as error:
        raise Unavailable(
            f"{purpose}需要另行安装 {name.split('.')[0]}：在程序目录执行 pip install -e '.[{extra}]'。"
        ) from error
