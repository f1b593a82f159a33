"""Whether a folder in Hugging Face's format is one we load from: plain weights, no code, all of it on this disk."""

import json
from pathlib import Path
from typing import Any

from models.errors import Invalid
from nlp.encoders import libraries as encoder_libraries

CONFIG, WEIGHTS, _INDEX = "config.json", "model.safetensors", "model.safetensors.index.json"
# Formats that run code while they are read, or may.
_PICKLED = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".h5", ".msgpack")


def check_folder(folder: Path) -> dict[str, Any]:
    """The folder's configuration. Raises `Invalid` where it is no folder of an encoder, or one that we do not load."""
    if not folder.is_dir():
        raise Invalid(f"没有文件夹 {folder}。编码器只从本机文件夹读取，不会从网上下载。")
    config = _read(folder / CONFIG)
    if not isinstance(config.get("model_type"), str):
        raise Invalid(f"{folder / CONFIG} 没有写明 model_type，不是 Hugging Face 格式的编码器。")
    if "auto_map" in config:
        raise Invalid(f"{folder} 的编码器要运行文件夹里的程序（auto_map），不予加载。")
    if (folder / "adapter_config.json").exists():
        raise Invalid(f"{folder} 是适配器，不是完整的编码器；请先与原模型合并。")
    names = [WEIGHTS] if (folder / WEIGHTS).is_file() else _shards(folder)
    for name in names:
        path = folder / name
        if Path(name).name != name or not name.endswith(".safetensors") or not path.is_file():
            raise Invalid(f"{folder / _INDEX} 指向的权重 {name} 不在文件夹里，或不是 safetensors 格式。")
    return config


def load_model(folder: Path, kind: str, **settings: Any) -> Any:
    """A model of transformers' auto class `kind` with the weights in a checked folder. Raises `Invalid`.

    Nothing is fetched, no code of the folder is run, no pickled file is read.
    """
    library = encoder_libraries.transformers()
    damaged = encoder_libraries.safetensors().SafetensorError
    try:
        model, found = getattr(library, kind).from_pretrained(
            folder,
            local_files_only=True,
            use_safetensors=True,
            trust_remote_code=False,
            output_loading_info=True,
            **settings,
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError, damaged) as error:
        raise Invalid(f"{folder} 的编码器无法加载：配置不认识，或权重已损坏、与配置不符。") from error
    # a head is new in every task; below it nothing may be missing, or it would be made up at random
    body = f"{model.base_model_prefix}." if hasattr(model, model.base_model_prefix) else ""
    missing = sorted(key for key in found["missing_keys"] if key.startswith(body) and "pooler" not in key)
    if missing:
        raise Invalid(f"{folder} 的权重与配置不符：缺少 {missing[0]} 等 {len(missing)} 项。")
    return model


def _shards(folder: Path) -> list[str]:
    if (folder / _INDEX).is_file():
        weights = _read(folder / _INDEX).get("weight_map")
        if isinstance(weights, dict) and weights:
            return sorted(set(map(str, weights.values())))
        raise Invalid(f"{folder / _INDEX} 已损坏，不予加载。")
    pickled = sorted(path.name for path in folder.iterdir() if path.suffix in _PICKLED)
    if pickled:
        raise Invalid(
            f"{folder} 只有 {'、'.join(pickled[:3])}：这类文件读取时会运行其中的程序，不予加载；"
            f"请在可信的机器上转换为 {WEIGHTS}。"
        )
    raise Invalid(f"{folder} 里没有权重 {WEIGHTS}。")


def _read(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Invalid(f"无法读取 {path}：{error.strerror}。") from error
    except ValueError as error:
        raise Invalid(f"{path} 已损坏，不予加载。") from error
    if not isinstance(content, dict):
        raise Invalid(f"{path} 已损坏，不予加载。")
    return content
