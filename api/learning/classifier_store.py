"""Which classifier speaks in this process: the live version from the database, or what goes on where it does not load.

The one place that knows how trained classifiers are kept, loaded and put into a pipeline.
"""

import contextlib
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from models.classifier import ClassifierPart, ClassifierState, ClassifierVersion
from models.database import Connection
from models.errors import Invalid, Unavailable
from nlp.artifact_files import file_hash
from nlp.encoders.artifacts import EncoderArtifact
from nlp.encoders.served_encoder import First, ServedEncoder
from nlp.pipeline import Pipeline, build_pipeline
from nlp.segmentation import Segmenter, make_segmenter
from nlp.shipped import prepare_shipped
from nlp.tone import artifacts as tone_artifacts
from nlp.tone.labels import What
from nlp.tone.model import ToneModel
from nlp.topics import artifact_loading
from nlp.topics.artifact_loading import TrainedArtifact
from nlp.topics.artifacts import Artifact
from nlp.topics.city_topics import serve_taxonomy
from nlp.topics.city_training import city_segmenter
from nlp.topics.cue_classifier import TopicClassifier
from nlp.topics.default_classifier import default_folders, prepare_default
from nlp.topics.neighbours import NeighbourIndex
from nlp.topics.served_topics import ServedTopics
from routing.directory import Directory
from routing.learning import classifier_repository

CACHE = "classifiers"
# In the name of a version: an encoder that is asked only after another one, and what its card says of that.
AFTER = ".after-"
FIRST_ID, BELOW = "first_id", "asked_below"
# of each part the live version and the one before it, a shadow, and the one asked before an encoder
_KEPT = 8
Loaded = TypeVar("Loaded")


@dataclass(frozen=True, slots=True)
class Serving:
    """A trained classifier ready for one city. `neighbours` are the labelled letters that it may name as similar,
    `learnt` the letters it has learnt from (`nlp.encoders.learnt`) where it was not this city that chose them."""

    topics: TopicClassifier
    neighbours: NeighbourIndex | None = None
    learnt: Collection[int] = ()


def training_segmenter() -> Segmenter:
    return city_segmenter()


def assemble(
    directory: Directory,
    data_dir: Path,
    serving: Serving | None = None,
    tone: Mapping[What, ToneModel] | None = None,
) -> Pipeline:
    """The pipeline of this city; without `serving` the classifier that comes with the program decides. That one is
    learnt first where it has not been on this machine (a minute). `tone` are the city's own models of it. Raises
    `Unavailable` where the shipped one cannot be kept."""
    return build_pipeline(
        list(directory.topics.values()),
        list(directory.regions.values()),
        directory.places,
        list(directory.departments.values()),
        serving.topics if serving else None,
        serving.neighbours if serving else None,
        shipped=prepare_shipped(default_folders(data_dir)),
        tone=tone,
    )


def find_serving(
    conn: Connection, directory: Directory, data_dir: Path
) -> tuple[Serving | None, dict[What, ToneModel], dict[int, str]]:
    """The live classifier of topics, else the one before it, else None: the cold start. With it the models of tone that
    speak, and what is to be said about each version that was tried, by id: why it does not load, or nothing."""
    serving, problems = _first_that_loads(
        conn, ClassifierPart.TOPIC, lambda version: open_version(conn, version, directory, data_dir)
    )
    tone: dict[What, ToneModel] = {}
    for what in What:
        model, tried = _first_that_loads(
            conn, ClassifierPart(what.value), lambda version: open_tone(conn, version, data_dir)
        )
        problems |= tried
        if model is not None:
            tone[what] = model
    return serving, tone, problems


def _first_that_loads(
    conn: Connection, part: ClassifierPart, load: Callable[[ClassifierVersion], Loaded]
) -> tuple[Loaded | None, dict[int, str]]:
    """The live version of a part, else the one before it, else None; and why each that was tried does not load."""
    problems: dict[int, str] = {}
    version = classifier_repository.find_in_state(conn, ClassifierState.LIVE, part=part)
    while version is not None and len(problems) < 2:
        try:
            loaded = load(version)
        except (Invalid, Unavailable) as error:
            problems[version.id] = error.message
            version = classifier_repository.find_earlier(conn, version)
        else:
            problems[version.id] = ""
            return loaded, problems
    return None, problems


def open_tone(conn: Connection, version: ClassifierVersion, data_dir: Path) -> ToneModel:
    """A version that tells the tone. Raises as `load_version` does."""
    artifact = tone_artifacts.load(_folder(conn, version, data_dir))
    model = artifact.models.get(What(version.part.value))
    if model is None or model.version != version.version:
        raise Invalid(f"存入的模型不是登记的 {version.version}，不予加载。")
    return model


def open_version(conn: Connection, version: ClassifierVersion, directory: Directory, data_dir: Path) -> Serving:
    """A version as a classifier of this city. Raises as `load_version` and `serve` do."""
    artifact = load_version(conn, version, data_dir)
    if not isinstance(artifact, EncoderArtifact):
        return serve(artifact, directory)
    first = None
    if BELOW in version.card:
        reader = _first_reader(conn, version.card.get(FIRST_ID), directory, data_dir)
        first = First(reader, float(version.card[BELOW]))
    topics = ServedEncoder(artifact.model, list(directory.topics.values()), first, version.version)
    return Serving(topics, learnt=frozenset(artifact.learnt.tolist()))


def serve(artifact: TrainedArtifact, directory: Directory) -> Serving:
    """The artifact as a classifier of this city. One of the whole taxonomy takes the city's own cue words and units in;
    any other is asked as it is. Raises `Invalid` where words would be cut in another way than such a one has learnt."""
    if isinstance(artifact, Artifact) and artifact.taxonomy is not None:
        topics = serve_taxonomy(artifact, list(directory.topics.values()), list(directory.departments.values()))
        return Serving(topics, artifact.neighbours)
    segmenter = make_segmenter()
    artifact.check_segmenter(segmenter.version)
    return Serving(ServedTopics(artifact.model, segmenter, directory.topics.keys()))


def load_version(conn: Connection, version: ClassifierVersion, data_dir: Path) -> TrainedArtifact:
    """Raises `Invalid` for what is damaged, foreign or of another version of the program, `Unavailable` where the cache
    folder cannot be written."""
    artifact = artifact_loading.load(_folder(conn, version, data_dir))
    if artifact.model.version != version.version.split(AFTER)[0]:
        raise Invalid(f"存入的模型自称 {artifact.model.version}，登记的是 {version.version}，不予加载。")
    return artifact


def _first_reader(conn: Connection, first_id: int | None, directory: Directory, data_dir: Path) -> TopicClassifier:
    """The stored version with this number, asked before an encoder; without one, what comes with the program."""
    if first_id is None:
        default = prepare_default(default_folders(data_dir))
        return serve_taxonomy(default, list(directory.topics.values()), list(directory.departments.values()))
    artifact = load_version(conn, classifier_repository.get_version(conn, first_id), data_dir)
    if isinstance(artifact, EncoderArtifact):
        raise Invalid("先判断的应是线性模型，不能是另一个编码器。")
    return serve(artifact, directory).topics


def read_files(folder: Path) -> dict[str, bytes]:
    """An artifact folder as it goes into the database."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


def _folder(conn: Connection, version: ClassifierVersion, data_dir: Path) -> Path:
    """Where its files lie on this machine. Raises `Unavailable` where the cache folder cannot be written."""
    try:
        return _cached(conn, version.id, data_dir / CACHE)
    except OSError as error:
        raise Unavailable(f"无法写入模型缓存目录 {data_dir / CACHE}：{error.strerror}。") from error


def _cached(conn: Connection, classifier_id: int, cache: Path) -> Path:
    """The version's files in a folder of this machine, each with the SHA-256 that the database has for it. A folder
    appears under its name only when it is whole, so any number of processes may ask at once."""
    digests = classifier_repository.get_digests(conn, classifier_id)
    name = f"{classifier_id}-{hashlib.sha256(repr(sorted(digests.items())).encode()).hexdigest()[:16]}"
    folder = cache / name
    if digests and _holds(folder, digests):
        return folder
    files = classifier_repository.get_files(conn, classifier_id)
    cache.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix="draft-", dir=cache))
    try:
        for file_name, content in files.items():
            with (draft / file_name).open("wb") as handle:
                handle.write(content)
                handle.flush()
                os.fsync(handle.fileno())
        if folder.exists():  # damaged: out of the way
            with contextlib.suppress(OSError):
                folder.rename(draft.with_name(f"{draft.name}-old"))
        with contextlib.suppress(OSError):  # another process was quicker, and what it made is checked below
            draft.rename(folder)
    finally:
        for rest in (draft, draft.with_name(f"{draft.name}-old")):
            shutil.rmtree(rest, ignore_errors=True)
    if not _holds(folder, digests):
        raise Invalid(f"模型缓存 {folder} 与数据库记录的校验值不符，不予加载。")
    _forget_old(cache, folder)
    return folder


def _holds(folder: Path, digests: dict[str, bytes]) -> bool:
    try:
        if {path.name for path in folder.iterdir()} != digests.keys():
            return False
        return all(file_hash(folder / name) == digest.hex() for name, digest in digests.items())
    except OSError:
        return False


def _forget_old(cache: Path, used: Path) -> None:
    """Only what was made here: the folder has other tenants."""
    folders = [path for path in cache.glob("[0-9]*-*") if path.is_dir() and path != used]
    with contextlib.suppress(OSError):  # another process tidies up as well
        for folder in sorted(folders, key=lambda path: path.stat().st_mtime)[: -_KEPT or None]:
            shutil.rmtree(folder, ignore_errors=True)
