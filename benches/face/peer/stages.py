"""The stages that are measured, by their names."""

from pathlib import Path
from typing import Callable

import cv2
import numpy as np

from . import engines, face, quality

LOOK_AROUND_EVERY = 5
FOLLOWED = 0.5


class Stages:
    def __init__(self, engine: str, models: Path, threads: int, frames: list[Path]):
        cv2.setNumThreads(threads)
        self.engine, self.models, self.threads = engine, models, threads
        self.frames = [np.fromfile(path, np.uint8) for path in frames]
        self.detector = self._detector(320)
        self.photo_detector = self._detector(640)
        self.mesh = self._load("human_facemesh.onnx")
        self.pad = (self._load("minifasnet_v2_2.7_80.onnx"), self._load("minifasnet_v1se_4.0_80.onnx"))
        self.embed = self._load("mobilefacenet_foamliu.onnx")
        self.reference = self.judge(0)["embedding"]
        self.matrices = [np.random.default_rng(seed).random((512, 512), np.float32) for seed in (1, 2)]
        self.alone: dict = {}

    def versions(self) -> str:
        if self.engine == "opencv":
            return f"Python OpenCV {cv2.__version__}"
        import onnxruntime

        return f"Python onnxruntime {onnxruntime.__version__}"

    def prepare(self, stage: str, frame: int) -> Callable[[], dict]:
        """A function without arguments that runs the stage once."""
        if stage.startswith("model:"):
            return self._model_alone(stage.removeprefix("model:"))
        if stage == "gemm":
            a, b = self.matrices
            return lambda: np.matmul(a, b) is None
        stages = {
            "guidance_cold": lambda: report(self.guide(self.decode(frame), None)),
            "guidance_followed": lambda: self.follow(frame),
            "judgement": lambda: summary(self.judge(frame)),
            "photo": lambda: summary(self.photo(frame)),
        }
        return stages[stage]

    def decode(self, frame: int) -> np.ndarray:
        return cv2.imdecode(self.frames[frame % len(self.frames)], cv2.IMREAD_COLOR)

    def guide(self, picture: np.ndarray, points: np.ndarray | None) -> dict:
        """One frame: the face from where it was, or else from the detector; then its quality."""
        found, square = None, None
        if points is None:
            found = face.largest(self.detector(picture))
            square = face.square_of_detection(found)
        else:
            square = face.square_of_landmarks(points)
        points, in_square, chip, presence = face.landmarks(self.mesh, picture, square)
        measured = quality.measure(picture, chip, points, in_square)
        return {"points": points, "presence": presence, "quality": measured, "detected": found}

    def follow(self, frame: int) -> dict:
        """As many frames of a stream as lie between two looks at the whole frame."""
        result = self.guide(self.decode(frame), None)
        for step in range(1, LOOK_AROUND_EVERY):
            points = result["points"] if result["presence"] >= FOLLOWED else None
            result = self.guide(self.decode(frame + step), points)
        return report(result)

    def judge(self, frame: int) -> dict:
        """One frame with everything: guidance, presentation attack, embedding, comparison."""
        picture = self.decode(frame)
        found = self.guide(picture, None)
        pad = face.passive(self.pad, picture, found["detected"])
        return self._compared(face.embedding(self.embed, picture, found["points"])) | report(found) | {"pad": pad}

    def photo(self, frame: int) -> dict:
        """An authority's photo: larger detector, landmarks placed twice, embedding, comparison."""
        picture = self.decode(frame)
        square = face.square_of_detection(face.largest(self.photo_detector(picture)))
        for _ in range(2):
            points, in_square, chip, _ = face.landmarks(self.mesh, picture, square)
            square = face.square_of_landmarks(points)
        quality.measure(picture, chip, points, in_square)
        return self._compared(face.embedding(self.embed, picture, points)) | {"points": points}

    def _compared(self, embedding: np.ndarray) -> dict:
        reference = getattr(self, "reference", embedding)
        return {"embedding": embedding, "similarity": float(embedding @ reference)}

    def _model_alone(self, name: str) -> Callable[[], dict]:
        if name not in self.alone:
            network = self._load(name)
            side = int(INPUTS[name])
            blob = np.random.default_rng(7).random((1, 3, side, side), np.float32)
            self.alone[name] = (network, blob)
        network, blob = self.alone[name]
        return lambda: len(network(blob))

    def _load(self, name: str) -> engines.Network:
        return engines.load(self.engine, self.models / name, self.threads)

    def _detector(self, side: int):
        path = self.models / f"yunet_n_{side}.onnx"
        if self.engine == "opencv":
            return face.OpenCvDetector(str(path), side)
        return face.TensorDetector(self._load(path.name), side)


INPUTS = {
    "yunet_n_320.onnx": 320,
    "yunet_n_640.onnx": 640,
    "human_facemesh.onnx": 192,
    "minifasnet_v2_2.7_80.onnx": 80,
    "minifasnet_v1se_4.0_80.onnx": 80,
    "mobilefacenet_foamliu.onnx": 112,
}


def report(found: dict) -> dict:
    return {"five_points": face.five_points(found["points"]).tolist()}


def summary(found: dict) -> dict:
    kept = {key: found[key] for key in ("similarity", "pad") if key in found}
    return kept | {"embedding": found["embedding"].tolist(), "five_points": found.get("five_points")}
