"""What tells one model, one text or one table from another: hashes, never content."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import fields
from typing import Any

import numpy as np

from .encoders import TransformerEncoder
from .exceptions import InputError
from .model import Model
from .results import Profile
from .static import StaticEncoder
from .types import Document

_BYTES = 16


def fingerprint(model: Model) -> str:
    """Hash everything that a model's answers depend on.

    Parameters
    ----------
    model : Model
        A loaded model. A model and the bundle that it was loaded from or saved to have one
        fingerprint, unless saving rounded its weights.

    Returns
    -------
    str
        32 hexadecimal digits.

    Raises
    ------
    InputError
        If the encoder is of a kind that cannot be told from another; the message says what to add.
    """
    digest = hashlib.blake2b(digest_size=_BYTES)
    _add(digest, json.dumps([model.taxonomy.to_dict(), model.sections], sort_keys=True))
    for part in fields(model.heads):
        head = getattr(model.heads, part.name)
        for name, values in ({} if head is None else head.arrays()).items():
            _add(digest, f"{part.name}.{name}{values.shape}")
            _add(digest, np.ascontiguousarray(values).tobytes())
    for value in _encoder_parts(model.encoder):
        _add(digest, value)
    return digest.hexdigest()


def encoder_fingerprint(encoder: Any) -> str:
    """Hash everything that an encoder's vectors depend on.

    Raises
    ------
    InputError
        If the encoder cannot be told from another.
    """
    return hash_values(_encoder_parts(encoder))


def _encoder_parts(encoder: Any) -> list[Any]:
    # A cache changes no vector.
    encoder = getattr(encoder, "uncached", encoder)
    if isinstance(encoder, TransformerEncoder):
        return ["transformer", encoder.graph, encoder.tokenizer, str((encoder.window, encoder.max_tokens))]
    if isinstance(encoder, StaticEncoder):
        arrays = [np.ascontiguousarray(a).tobytes() for a in (encoder.table, encoder.scale, encoder.hidden)]
        return ["static", "\n".join(encoder.terms), *arrays, encoder.tokenizer]
    own = getattr(encoder, "fingerprint", None)
    if isinstance(own, str):
        return ["own", own]
    if callable(getattr(encoder, "state_dict", None)):
        return _torch_parts(encoder)
    raise InputError(
        f"an encoder of type {type(encoder).__name__} cannot be told from another: give it an attribute "
        "'fingerprint', a text that changes whenever its vectors do"
    )


def _torch_parts(encoder: Any) -> list[Any]:
    """List a torch module's structure and weights; a sentence-transformers model is one."""
    weights = sorted(encoder.state_dict().items())
    arrays = [part for k, v in weights for part in (f"{k}{v.dtype}{tuple(v.shape)}", _torch_bytes(v))]
    options = {k: getattr(encoder, k, None) for k in ("max_seq_length", "default_prompt_name", "truncate_dim")}
    return ["torch", str(encoder), str(options), _tokenizer_part(encoder), *arrays]


def _tokenizer_part(encoder: Any) -> str:
    backend = getattr(getattr(encoder, "tokenizer", None), "backend_tokenizer", None)
    if backend is None:
        return ""
    value = json.loads(backend.to_str())
    # Set by each call, as it needs them.
    return json.dumps({k: v for k, v in value.items() if k not in ("padding", "truncation")}, sort_keys=True)


def _torch_bytes(tensor: Any) -> bytes:
    import torch

    # A view of bytes: numpy has no bfloat16.
    flat = tensor.detach().cpu().contiguous().reshape(-1)
    return bytes(flat.view(torch.uint8).numpy().tobytes())


def hash_values(values: Iterable[Any]) -> str:
    """Hash a sequence of table cells: texts, bytes, paths, numbers, documents or profiles.

    Returns
    -------
    str
        32 hexadecimal digits, the same in every process.
    """
    digest = hashlib.blake2b(digest_size=_BYTES)
    for value in values:
        _add(digest, _stable(value))
    return digest.hexdigest()


def _stable(value: Any) -> str | bytes:
    if isinstance(value, (str, bytes)):
        return value
    if isinstance(value, Document):
        return f"document\0{value.name}\0{value.flags}\0{value.text}"
    if isinstance(value, Profile):
        return json.dumps(value.to_dict(), sort_keys=True)
    if isinstance(value, os.PathLike):
        return f"path\0{os.fsdecode(value)}"
    return f"{type(value).__name__}\0{value!r}"


def _add(digest: Any, value: str | bytes) -> None:
    kind = b"s" if isinstance(value, str) else b"b"
    data = value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
    # The length before each value keeps ("ab", "c") and ("a", "bc") apart.
    digest.update(kind + len(data).to_bytes(8, "little"))
    digest.update(data)
