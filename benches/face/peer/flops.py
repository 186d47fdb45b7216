"""Counts the floating-point operations of networks: two for each multiplication with its addition."""

import json
import sys

import onnx
from onnx import shape_inference


def main() -> None:
    print(json.dumps({path: count(path) for path in sys.argv[1:]}))


def count(path: str) -> int:
    model = shape_inference.infer_shapes(onnx.load(path))
    graph = model.graph
    shapes = {tensor.name: list(tensor.dims) for tensor in graph.initializer}
    for value in [*graph.input, *graph.value_info, *graph.output]:
        shapes[value.name] = [dim.dim_value for dim in value.type.tensor_type.shape.dim]
    return sum(of_node(node, shapes) for node in graph.node)


def of_node(node: onnx.NodeProto, shapes: dict) -> int:
    if node.op_type == "Conv":
        return 2 * product(shapes[node.output[0]]) * product(shapes[node.input[1]][1:])
    if node.op_type in ("Gemm", "MatMul"):
        return 2 * product(shapes[node.input[1]])
    return 0


def product(dims: list) -> int:
    result = 1
    for dim in dims:
        result *= dim
    return result


if __name__ == "__main__":
    main()
