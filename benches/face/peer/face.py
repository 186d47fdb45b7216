"""From pixels to boxes, landmarks, scores and embeddings. Pictures are BGR, as OpenCV decodes them."""

import cv2
import numpy as np

MIN_SCORE = 0.6
SAME_FACE = 0.3
STRIDES = (8, 16, 32)

RIGHT_EYE_OUTER, LEFT_EYE_OUTER = 33, 263
RIGHT_EYE = [33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7]
LEFT_EYE = [263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249]
NOSE_TIP, MOUTH_RIGHT, MOUTH_LEFT = 4, 61, 291

ARCFACE = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]],
    np.float32,
)
MEAN = np.array([123.675, 116.28, 103.53], np.float32).reshape(1, 3, 1, 1)
DEVIATION = np.array([58.395, 57.12, 57.375], np.float32).reshape(1, 3, 1, 1)


class TensorDetector:
    """YuNet on any engine that gives its raw outputs."""

    def __init__(self, network, side: int):
        self.network = network
        self.side = side
        self.grids = {}
        for stride in STRIDES:
            cells = side // stride
            y, x = np.divmod(np.arange(cells * cells, dtype=np.float32), cells)
            self.grids[stride] = np.stack([x, y], axis=1)

    def __call__(self, picture: np.ndarray) -> np.ndarray:
        height, width = picture.shape[:2]
        scale = self.side / max(width, height)
        square = np.zeros((self.side, self.side, 3), np.uint8)
        size = (round(width * scale), round(height * scale))
        square[: size[1], : size[0]] = cv2.resize(picture, size, interpolation=cv2.INTER_LINEAR)
        outputs = self.network(cv2.dnn.blobFromImage(square))
        faces = np.concatenate([self._read(outputs, stride) for stride in STRIDES])
        if len(faces) == 0:
            return faces
        kept = cv2.dnn.NMSBoxes(faces[:, :4], faces[:, -1], MIN_SCORE, SAME_FACE)
        faces = faces[kept]
        faces[:, :-1] /= scale
        return faces

    def _read(self, outputs: dict, stride: int) -> np.ndarray:
        score = np.sqrt(np.clip(outputs[f"cls_{stride}"].ravel(), 0, 1) * np.clip(outputs[f"obj_{stride}"].ravel(), 0, 1))
        found = np.flatnonzero(score >= MIN_SCORE)
        grid = self.grids[stride][found]
        box = outputs[f"bbox_{stride}"].reshape(-1, 4)[found]
        size = np.exp(box[:, 2:]) * stride
        corner = (grid + box[:, :2]) * stride - size / 2
        points = outputs[f"kps_{stride}"].reshape(-1, 5, 2)[found]
        points = ((grid[:, None] + points) * stride).reshape(-1, 10)
        return np.concatenate([corner, size, points, score[found, None]], axis=1)


class OpenCvDetector:
    """YuNet as OpenCV's own class runs it. It takes a picture of any size, so nothing is filled up to a square."""

    def __init__(self, path: str, side: int):
        self.detector = cv2.FaceDetectorYN.create(path, "", (side, side), MIN_SCORE, SAME_FACE)
        self.side = side

    def __call__(self, picture: np.ndarray) -> np.ndarray:
        height, width = picture.shape[:2]
        scale = self.side / max(width, height)
        size = (round(width * scale), round(height * scale))
        self.detector.setInputSize(size)
        faces = self.detector.detect(cv2.resize(picture, size, interpolation=cv2.INTER_LINEAR))[1]
        if faces is None:
            return np.empty((0, 15), np.float32)
        faces[:, :-1] /= scale
        return faces


def largest(faces: np.ndarray) -> np.ndarray | None:
    return max(faces, key=lambda face: face[2] * face[3], default=None)


def square_of_detection(face: np.ndarray) -> tuple:
    """Centre, size and angle of the square in which landmarks are looked for."""
    x, y, width, height = face[:4]
    right, left = face[4:6], face[6:8]
    angle = np.arctan2(left[1] - right[1], left[0] - right[0])
    return (x + width / 2, y + height / 2), max(width, height) * 1.5, angle


def square_of_landmarks(points: np.ndarray) -> tuple:
    """The same, from where the landmarks were a moment ago."""
    step = points[LEFT_EYE_OUTER] - points[RIGHT_EYE_OUTER]
    angle = np.arctan2(step[1], step[0])
    cos, sin = np.cos(angle), np.sin(angle)
    turned = points @ np.array([[cos, -sin], [sin, cos]], np.float32)
    low, high = turned.min(axis=0), turned.max(axis=0)
    middle = (low + high) / 2
    centre = (cos * middle[0] - sin * middle[1], sin * middle[0] + cos * middle[1])
    return centre, (high - low).max() * 1.5, angle


def landmarks(network, picture: np.ndarray, square: tuple) -> tuple:
    """Points in the picture and in the square, depth left out; the square's pixels; certainty."""
    (x, y), size, angle = square
    scale = size / 192
    cos, sin = np.cos(angle) * scale, np.sin(angle) * scale
    half = 191 / 2
    to_source = np.array(
        [[cos, -sin, x - (cos - sin) * half], [sin, cos, y - (sin + cos) * half]], np.float32
    )
    chip = cv2.warpAffine(picture, to_source, (192, 192), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    outputs = network(cv2.dnn.blobFromImage(chip, 1 / 255, swapRB=True))
    in_square = outputs["output_mesh"].reshape(-1, 3)[:, :2]
    points = in_square @ to_source[:, :2].T + to_source[:, 2]
    return points, in_square, chip, float(outputs["output_faceflag"].ravel()[0])


def five_points(points: np.ndarray) -> np.ndarray:
    return np.stack(
        [points[RIGHT_EYE].mean(axis=0), points[LEFT_EYE].mean(axis=0), points[NOSE_TIP], points[MOUTH_RIGHT], points[MOUTH_LEFT]]
    )


def surroundings(face: np.ndarray, scale: float, picture: np.ndarray) -> np.ndarray:
    """The box enlarged as far as the picture allows and pushed back into it."""
    height, width = picture.shape[:2]
    x, y, w, h = face[:4]
    scale = min(scale, width / w, height / h)
    left = min(max(x + w / 2 - w * scale / 2, 0), width - w * scale)
    top = min(max(y + h / 2 - h * scale / 2, 0), height - h * scale)
    crop = picture[round(top) : round(top + h * scale), round(left) : round(left + w * scale)]
    return cv2.resize(crop, (80, 80), interpolation=cv2.INTER_LINEAR)


def passive(networks: tuple, picture: np.ndarray, face: np.ndarray) -> list[float]:
    """Scores of the two presentation-attack models."""
    crops = [surroundings(face, scale, picture) for scale in (2.7, 4.0)]
    return [float(net(cv2.dnn.blobFromImage(crop))["prob"].ravel()[1]) for net, crop in zip(networks, crops)]


def embedding(network, picture: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Direction of the face: its aligned chip and the chip's mirror image, averaged."""
    to_chip = similarity(five_points(points), ARCFACE)
    chip = cv2.warpAffine(picture, to_chip, (112, 112), flags=cv2.INTER_LINEAR)
    blob = (cv2.dnn.blobFromImage(chip, swapRB=True) - MEAN) / DEVIATION
    vectors = [network(blob)["embedding"].ravel(), network(np.ascontiguousarray(blob[..., ::-1]))["embedding"].ravel()]
    mean = sum(vector / np.linalg.norm(vector) for vector in vectors)
    return mean / np.linalg.norm(mean)


def similarity(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Turn, shift and scale that take `source` nearest to `target`."""
    source_mean, target_mean = source.mean(axis=0), target.mean(axis=0)
    s, t = source - source_mean, target - target_mean
    spread = (s * s).sum()
    along = (s * t).sum() / spread
    across = (s[:, 0] * t[:, 1] - s[:, 1] * t[:, 0]).sum() / spread
    turn = np.array([[along, -across], [across, along]])
    return np.column_stack([turn, target_mean - turn @ source_mean])
