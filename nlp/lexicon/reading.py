"""How a YAML file of ours becomes lists and dictionaries, three times as fast as by `yaml.load`: every start reads
twenty of them.

Lists, dictionaries, scalars and anchors, as `yaml.SafeLoader` understands them; no tags, no merging (`<<`).
"""

from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# A plain scalar that begins otherwise is text; these may be numbers, dates, yes or nothing.
_NOT_ALWAYS_TEXT = frozenset(yaml.SafeLoader.yaml_implicit_resolvers)


def parse(text: str) -> Any:
    """The one document in `text`. Raises `yaml.YAMLError` where it is not one, or has a tag."""
    loader = _LOADER(text)
    try:
        loader.get_event()  # of the stream
        loader.get_event()  # of the document
        value = _read(loader, loader.get_event(), {})
        loader.get_event()  # of the document's end
        if not loader.check_event(StreamEndEvent):
            raise yaml.YAMLError("more than one document")
        return value
    finally:
        loader.dispose()


def _read(loader: Any, event: Any, anchors: dict[str, Any]) -> Any:
    kind = event.__class__
    if kind is ScalarEvent:
        value: Any = event.value
        if event.tag is not None:
            raise yaml.YAMLError(f"a tag: {event.tag}")
        if event.implicit[0] and (value[:1] in _NOT_ALWAYS_TEXT or not value):
            value = _resolve(loader, value)
    elif kind is SequenceStartEvent:
        value = []
        while (following := loader.get_event()).__class__ is not SequenceEndEvent:
            value.append(_read(loader, following, anchors))
    elif kind is MappingStartEvent:
        value = {}
        while (following := loader.get_event()).__class__ is not MappingEndEvent:
            key = _read(loader, following, anchors)
            value[key] = _read(loader, loader.get_event(), anchors)
    elif kind is AliasEvent:
        if event.anchor not in anchors:
            raise yaml.YAMLError(f"no such anchor: {event.anchor}")
        return anchors[event.anchor]
    else:
        raise yaml.YAMLError(f"not one document: {event}")
    if event.anchor:
        anchors[event.anchor] = value
    return value


def _resolve(loader: Any, value: str) -> Any:
    tag = loader.resolve(yaml.ScalarNode, value, (True, False))
    return loader.construct_object(yaml.ScalarNode(tag, value))
