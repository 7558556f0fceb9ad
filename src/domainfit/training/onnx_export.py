"""Write a BERT encoder as one ONNX graph of standard operators.

The graph reads one window of tokens at a time, without padding and so without a mask: input
``ids`` of shape (n_tokens,), output ``states`` of shape (n_tokens, n_dimensions). Building it by
hand keeps it to a few kinds of operator, all in the ONNX standard, and lets each weight be
stored in the smallest type that does not change the result.

Matrix products run on 8-bit integers: activations are quantised for each window as it comes,
weights once, with one scale a column. Weights use seven bits: on processors without dot-product
instructions, eight would let a sum of two products overflow and change the answer.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from .._optional import require
from ..types import FloatArray

OPSET = 20
WEIGHT_STEPS = 63
_LAYER_NORM_EPSILON = 1e-12


class _Graph:
    """Nodes and weights under construction; every method returns the name of its output."""

    def __init__(self) -> None:
        self.onnx = require("onnx", "train", "writing an ONNX graph")
        self.nodes: list[Any] = []
        self.weights: list[Any] = []
        self.count = 0
        self.quantised_as: dict[str, tuple[str, str, str]] = {}

    def op(self, kind: str, *inputs: str, **attributes: Any) -> str:
        self.count += 1
        name = f"{kind.lower()}_{self.count}"
        self.nodes.append(self.onnx.helper.make_node(kind, list(inputs), [name], name=name, **attributes))
        return name

    def constant(self, name: str, value: Any) -> str:
        self.weights.append(self.onnx.numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def half(self, name: str, value: FloatArray) -> str:
        """Store in 16 bits, compute in 32: the cast is folded away when the graph is loaded."""
        self.constant(f"{name}.f16", value.astype(np.float16))
        return self.op("Cast", f"{name}.f16", to=self.onnx.TensorProto.FLOAT)

    def linear(self, x: str, name: str, weight: FloatArray, bias: FloatArray) -> str:
        """Multiply on integers: quantise the input, multiply, scale back, add the bias."""
        columns = weight.T
        scale = np.maximum(np.abs(columns).max(axis=0), 1e-12) / WEIGHT_STEPS
        values, step, zero = self.quantised(x)
        stored = self.constant(f"{name}.int8", np.rint(columns / scale).astype(np.int8))
        product = self.op("Cast", self.op("MatMulInteger", values, stored, zero), to=self.onnx.TensorProto.FLOAT)
        factor = self.op("Mul", step, self.constant(f"{name}.scale", scale.astype(np.float32)))
        return self.op("Add", self.op("Mul", product, factor), self.constant(f"{name}.bias", bias.astype(np.float32)))

    def quantised(self, x: str) -> tuple[str, str, str]:
        """Quantise a value once, however many products it enters."""
        if x not in self.quantised_as:
            names = (f"{x}.uint8", f"{x}.step", f"{x}.zero")
            self.nodes.append(
                self.onnx.helper.make_node("DynamicQuantizeLinear", [x], list(names), name=f"{x}.quantise")
            )
            self.quantised_as[x] = names
        return self.quantised_as[x]

    def layer_norm(self, x: str, name: str, scale: FloatArray, bias: FloatArray) -> str:
        return self.op(
            "LayerNormalization",
            x,
            self.constant(f"{name}.scale", scale.astype(np.float32)),
            self.constant(f"{name}.bias", bias.astype(np.float32)),
            axis=-1,
            epsilon=_LAYER_NORM_EPSILON,
        )

    def rows(self, name: str, table: FloatArray, ids: str) -> str:
        """Look rows up in a table held as 8-bit integers with one scale a row."""
        scale = np.maximum(np.abs(table).max(axis=1, keepdims=True), 1e-12).astype(np.float32) / np.float32(127)
        self.constant(f"{name}.int8", np.clip(np.rint(table / scale), -127, 127).astype(np.int8))
        self.constant(f"{name}.scale", scale)
        picked = self.op("Cast", self.op("Gather", f"{name}.int8", ids, axis=0), to=self.onnx.TensorProto.FLOAT)
        return self.op("Mul", picked, self.op("Gather", f"{name}.scale", ids, axis=0))


def bert_to_onnx(state: Mapping[str, FloatArray], *, heads: int) -> bytes:
    """Build the graph from the weights of a BERT encoder.

    Parameters
    ----------
    state : mapping of str to ndarray
        The state dictionary of ``transformers.BertModel`` (without the pooler).
    heads : int
        The number of attention heads.

    Returns
    -------
    bytes
        A serialised ONNX model. Word embeddings are stored as int8 with one scale a row, matrices
        as int8 with one scale a column.
    """
    g = _Graph()
    width = state["embeddings.word_embeddings.weight"].shape[1]
    layers = 1 + max(int(k.split(".")[2]) for k in state if k.startswith("encoder.layer."))
    x = _embed(g, state)
    for layer in range(layers):
        x = _layer(g, x, layer, state, heads, width)
    g.op("Identity", x)
    g.nodes[-1].output[0] = "states"
    onnx = g.onnx
    ids = onnx.helper.make_tensor_value_info("ids", onnx.TensorProto.INT64, ["n_tokens"])
    states = onnx.helper.make_tensor_value_info("states", onnx.TensorProto.FLOAT, ["n_tokens", width])
    graph = onnx.helper.make_graph(g.nodes, "encoder", [ids], [states], g.weights)
    model = onnx.helper.make_model(
        graph, opset_imports=[onnx.helper.make_opsetid("", OPSET)], producer_name="domainfit"
    )
    model.ir_version = 9
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


def _embed(g: _Graph, state: Mapping[str, FloatArray]) -> str:
    words = g.rows("words", state["embeddings.word_embeddings.weight"], "ids")
    # The token type is always 0, so its row is added to every position once and for all.
    positions = state["embeddings.position_embeddings.weight"] + state["embeddings.token_type_embeddings.weight"][0]
    zero, one = g.constant("zero", np.array([0], np.int64)), g.constant("one", np.array([1], np.int64))
    length = g.op("Shape", "ids")
    here = g.op("Slice", g.half("positions", positions), zero, length, zero, one)
    summed = g.op("Add", words, here)
    return g.layer_norm(summed, "embed.norm", state["embeddings.LayerNorm.weight"], state["embeddings.LayerNorm.bias"])


def _layer(g: _Graph, x: str, layer: int, state: Mapping[str, FloatArray], heads: int, width: int) -> str:
    def weights(part: str) -> tuple[FloatArray, FloatArray]:
        return state[f"encoder.layer.{layer}.{part}.weight"], state[f"encoder.layer.{layer}.{part}.bias"]

    def split(part: str, scale: float = 1.0) -> str:
        weight, bias = weights(f"attention.self.{part}")
        y = g.linear(x, f"{layer}.{part}", weight * scale, bias * scale)
        return g.op("Transpose", g.op("Reshape", y, by_head), perm=[1, 0, 2])

    by_head = g.constant(f"{layer}.by_head", np.array([0, heads, width // heads], np.int64))
    flat = g.constant(f"{layer}.flat", np.array([0, width], np.int64))
    query = split("query", 1.0 / math.sqrt(width / heads))
    scores = g.op("MatMul", query, g.op("Transpose", split("key"), perm=[0, 2, 1]))
    mixed = g.op("MatMul", g.op("Softmax", scores, axis=-1), split("value"))
    merged = g.op("Reshape", g.op("Transpose", mixed, perm=[1, 0, 2]), flat)
    attended = g.linear(merged, f"{layer}.attention", *weights("attention.output.dense"))
    x = g.layer_norm(g.op("Add", x, attended), f"{layer}.norm1", *weights("attention.output.LayerNorm"))
    hidden = g.op("Gelu", g.linear(x, f"{layer}.up", *weights("intermediate.dense")))
    y = g.linear(hidden, f"{layer}.down", *weights("output.dense"))
    return g.layer_norm(g.op("Add", x, y), f"{layer}.norm2", *weights("output.LayerNorm"))
