"""Two ways to run a network: onnxruntime and OpenCV's own."""

from pathlib import Path
from typing import Callable

import cv2
import numpy as np

Network = Callable[[np.ndarray], dict[str, np.ndarray]]


def load(engine: str, path: Path, threads: int) -> Network:
    """A function from an input tensor to the outputs by their names."""
    return onnxruntime(path, threads) if engine == "onnxruntime" else opencv(path)


def onnxruntime(path: Path, threads: int) -> Network:
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    session = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    outputs = [output.name for output in session.get_outputs()]

    def run(blob: np.ndarray) -> dict[str, np.ndarray]:
        return dict(zip(outputs, session.run(outputs, {name: blob})))

    return run


def opencv(path: Path) -> Network:
    network = cv2.dnn.readNetFromONNX(str(path))
    outputs = list(network.getUnconnectedOutLayersNames())

    def run(blob: np.ndarray) -> dict[str, np.ndarray]:
        network.setInput(blob)
        return dict(zip(outputs, network.forward(outputs)))

    return run
