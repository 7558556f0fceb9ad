"""A model on disk: one folder of safetensors, JSON and at most one ONNX graph, all of it checked on load.

bundle.json        what it is: format, taxonomy, encoder, training record, metrics, file hashes
heads.safetensors  every learned array outside the encoder
tokenizer.json     the word-piece tokenizer
encoder.onnx       (transformer) the graph
static.safetensors (static) the vectors
terms.txt          (static) the words and word pairs, one a line
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from .bag_of_words import BagHead
from .decision_scoring import DecisionHead
from .described import WorkHead
from .document_scoring import DocumentHead
from .encoders import TransformerEncoder, sentence_transformer
from .exceptions import BundleError, DataError
from .match_scoring import MatchHead
from .model import Heads, Model
from .scoring import Head, SegmentHead
from .static import StaticEncoder
from .taxonomy import Taxonomy
from .types import Encoder, FloatArray

ModelLike = str | os.PathLike[str] | Model
"""What every function takes as its model: a shipped bundle's name, a bundle's folder, or a loaded model."""
FORMAT_VERSION = 3
MANIFEST = "bundle.json"
SHIPPED = ("base", "fast")
MAX_BYTES = 512 * 1024 * 1024
"""A file of a bundle may not be larger than this."""
_HEADS: dict[str, type[Head]] = {
    "segment": SegmentHead,
    "work": WorkHead,
    "bag": BagHead,
    "role": DocumentHead,
    "candidate": DocumentHead,
    "match": MatchHead,
    "decision": DecisionHead,
}
_OPTIONAL = frozenset({"decision"})


@dataclass(frozen=True)
class BundleInfo:
    """What a bundle says of itself.

    Parameters
    ----------
    name : str
        ``"base"``, ``"fast"`` or the name given when it was trained.
    training : mapping
        Options, seeds, versions and the training data's hash.
    metrics : mapping
        What was measured when it was trained.
    """

    name: str
    training: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, Any] = field(default_factory=dict)


def save_bundle(folder: str | os.PathLike[str], model: Model, info: BundleInfo) -> Path:
    """Write a model to a folder.

    Parameters
    ----------
    folder : path
        Made if it is missing; files of an older bundle in it are replaced, the manifest last.
    model : Model
        What to save.
    info : BundleInfo
        Its name and record.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    BundleError
        If the encoder is of a kind that cannot be stored.
    """
    contents: dict[str, bytes] = {}
    heads = {part: head for part in _HEADS if (head := getattr(model.heads, part)) is not None}
    arrays = {f"{part}.{name}": a for part, head in heads.items() for name, a in head.arrays().items()}
    contents["heads.safetensors"] = _packed({k: np.float32(v) for k, v in arrays.items()})
    encoder, settings = model.encoder, dict(model.encoder_settings)
    if isinstance(encoder, TransformerEncoder):
        contents |= {"encoder.onnx": encoder.graph, "tokenizer.json": encoder.tokenizer.encode()}
        settings = {"kind": "transformer", "window": encoder.window, "max_tokens": encoder.max_tokens}
    elif isinstance(encoder, StaticEncoder):
        arrays = {"table": encoder.table, "scale": np.float32(encoder.scale), "hidden": np.float32(encoder.hidden)}
        contents["static.safetensors"] = _packed(arrays)
        contents |= {"terms.txt": "\n".join(encoder.terms).encode(), "tokenizer.json": encoder.tokenizer.encode()}
        settings = {"kind": "static"}
    elif settings.get("kind") != "sentence-transformers":
        raise BundleError(
            f"an encoder of type {type(encoder).__name__} cannot be stored; "
            "give encoder_settings={'kind': 'sentence-transformers', 'name': ...} to store its name instead"
        )
    manifest = {
        "format": FORMAT_VERSION,
        "name": info.name,
        "taxonomy": model.taxonomy.to_dict(),
        "sections": list(model.sections),
        "encoder": settings,
        "training": dict(info.training),
        "metrics": dict(info.metrics),
        "files": {n: {"bytes": len(b), "sha256": hashlib.sha256(b).hexdigest()} for n, b in contents.items()},
    }
    path = Path(folder)
    path.mkdir(parents=True, exist_ok=True)
    for name, data in contents.items():
        (path / name).write_bytes(data)
    (path / MANIFEST).write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def _packed(arrays: Mapping[str, Any]) -> bytes:
    """Pack arrays, laid out row by row: safetensors writes memory as it lies, whatever the strides."""
    from safetensors.numpy import save

    return bytes(save({k: np.ascontiguousarray(v) for k, v in arrays.items()}))


def load_bundle(bundle: ModelLike = "base") -> Model:
    """Load a model.

    Parameters
    ----------
    bundle : {"base", "fast"}, path or Model, default "base"
        A shipped bundle's name, a folder written by `save_bundle`, or a model, which is returned
        as it is. Shipped bundles are loaded once a process.

    Returns
    -------
    Model

    Raises
    ------
    BundleError
        If there is no such bundle, or a file is missing, changed, of the wrong shape, or of a
        newer format than this version of domainfit knows.
    """
    if isinstance(bundle, Model):
        return bundle
    if isinstance(bundle, str) and bundle in SHIPPED:
        return _shipped(bundle)
    path = Path(bundle)
    if not path.is_dir():
        raise BundleError(f"there is no bundle {str(bundle)!r}: give one of {', '.join(SHIPPED)}, or a bundle's folder")
    return _load(path)


@cache
def _shipped(name: str) -> Model:
    return _load(Path(str(files("domainfit") / "bundles" / name)))


def bundle_info(bundle: str | os.PathLike[str]) -> BundleInfo:
    """Read what a bundle says of itself, without loading its weights."""
    path = Path(str(files("domainfit") / "bundles" / bundle)) if bundle in SHIPPED else Path(bundle)
    manifest = _manifest(path)
    return BundleInfo(str(manifest.get("name")), manifest.get("training", {}), manifest.get("metrics", {}))


def _load(path: Path) -> Model:
    manifest = _manifest(path)
    contents = {name: _checked(path / name, record) for name, record in manifest["files"].items()}
    try:
        taxonomy = Taxonomy.from_dict(manifest["taxonomy"])
        sections = tuple(str(s) for s in manifest["sections"])
        settings = dict(manifest["encoder"])
        encoder = _encoder(settings, contents, path)
        heads = _heads(_tensors(contents, "heads.safetensors", path), taxonomy, len(sections), path)
    except (KeyError, TypeError, ValueError, DataError) as error:
        raise BundleError(f"{path / MANIFEST} is damaged: {error!r}; get the bundle anew") from None
    return Model(
        encoder, heads, taxonomy, sections, name=str(manifest.get("name", path.name)), encoder_settings=settings
    )


def _manifest(path: Path) -> dict[str, Any]:
    file = path / MANIFEST
    try:
        manifest = json.loads(file.read_text(encoding="utf-8"))
        version = manifest["format"]
    except FileNotFoundError:
        raise BundleError(f"{path} is not a bundle: it has no {MANIFEST}") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BundleError(f"{file} is damaged: {error!r}; get the bundle anew") from None
    if not isinstance(version, int) or version > FORMAT_VERSION:
        raise BundleError(
            f"{path} has format {version}, this version of domainfit reads up to {FORMAT_VERSION}: upgrade domainfit"
        )
    if version < FORMAT_VERSION:
        raise BundleError(
            f"{path} has format {version}, made by an older version of domainfit; this one needs "
            f"{FORMAT_VERSION}: train it anew"
        )
    if not isinstance(manifest.get("files"), dict) or any(Path(n).name != n for n in manifest["files"]):
        raise BundleError(f"{file} is damaged: 'files' must map plain file names to sizes and hashes")
    return dict(manifest)


def _checked(file: Path, record: Mapping[str, Any]) -> bytes:
    try:
        if file.stat().st_size > MAX_BYTES:
            raise BundleError(f"{file} is larger than {MAX_BYTES} bytes")
        data = file.read_bytes()
    except OSError:
        raise BundleError(f"{file.parent} is incomplete: {file.name} is missing or cannot be read") from None
    if hashlib.sha256(data).hexdigest() != record.get("sha256"):
        raise BundleError(f"{file} is damaged: its hash is not the one in {MANIFEST}; get the bundle anew")
    return data


def _tensors(contents: Mapping[str, bytes], name: str, path: Path) -> dict[str, FloatArray]:
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        return dict(load(contents[name]))
    except (KeyError, SafetensorError) as error:
        raise BundleError(f"{path / name} cannot be read: {error!r}; get the bundle anew") from None


def _encoder(settings: Mapping[str, Any], contents: Mapping[str, bytes], path: Path) -> Encoder:
    kind = settings.get("kind")
    if kind == "sentence-transformers":
        return sentence_transformer(str(settings["name"]))  # type: ignore[no-any-return]
    tokenizer = contents["tokenizer.json"].decode()
    if kind == "transformer":
        return TransformerEncoder(
            contents["encoder.onnx"], tokenizer, window=int(settings["window"]), max_tokens=int(settings["max_tokens"])
        )
    if kind == "static":
        tensors = _tensors(contents, "static.safetensors", path)
        terms = contents["terms.txt"].decode().split("\n")
        table, scale, hidden = tensors["table"], tensors["scale"], tensors["hidden"]
        if table.ndim != 2 or table.dtype != np.int8 or scale.shape != table.shape[:1] or len(terms) >= len(table):
            raise BundleError(f"{path} is damaged: the static vectors have shapes {table.shape}, {scale.shape}")
        if hidden.ndim != 2 or len(hidden) != 2 * table.shape[1] + 1:
            raise BundleError(f"{path} is damaged: the hidden layer has shape {hidden.shape}")
        # A copy of its own, for which numpy asks for large pages: rows are fetched from all over it.
        return StaticEncoder(terms, table.copy(), scale, hidden, tokenizer)  # type: ignore[arg-type]
    raise BundleError(f"{path} has an encoder of unknown kind {kind!r}: upgrade domainfit")


def _heads(arrays: Mapping[str, FloatArray], taxonomy: Taxonomy, n_sections: int, path: Path) -> Heads:
    parts: dict[str, Any] = {}
    for part, cls in _HEADS.items():
        own = {k.removeprefix(f"{part}."): v for k, v in arrays.items() if k.startswith(f"{part}.")}
        if part in _OPTIONAL and not own:
            continue
        expected = cls.shapes(len(taxonomy), n_sections)
        for name, shape in expected.items():
            found = own[name].shape if name in own else None
            if (
                found is None
                or len(found) != len(shape)
                or any(b not in (None, a) for a, b in zip(found, shape, strict=True))
            ):
                raise BundleError(f"{path} is damaged: {part}.{name} has shape {found}, expected {shape}")
            if not np.isfinite(own[name]).all():
                raise BundleError(f"{path} is damaged: {part}.{name} holds values that are not finite")
        parts[part] = cls.from_arrays(own)
    return Heads(**parts)
