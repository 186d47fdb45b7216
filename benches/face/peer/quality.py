"""Light, sharpness, pose, eyes, mouth and hash of a frame: what guidance is given from."""

import cv2
import numpy as np

RIGHT_EYE_INNER, LEFT_EYE_INNER, NOSE_TIP = 133, 362, 4
SKIN = [151, 50, 117, 280, 346]
EYES = [(362, 263, [(387, 373), (385, 380)]), (33, 133, [(160, 144), (158, 153)])]
LIPS = (13, 14, 78, 308)

# Rigid points of an average face; the same numbers as the engine's.
AVERAGE_INDEX = [33, 133, 362, 263, 168, 6, 197, 195, 5, 4, 1, 2, 98, 327, 127, 356, 234, 454, 93, 323, 10]
AVERAGE = np.array(
    [
        [-0.500, 0.000, 0.000], [-0.193, 0.007, -0.058], [0.193, 0.007, -0.058], [0.500, 0.000, 0.000],
        [0.000, -0.061, -0.250], [0.000, 0.010, -0.308], [0.000, 0.084, -0.370], [0.000, 0.155, -0.439],
        [0.000, 0.231, -0.511], [0.000, 0.326, -0.546], [0.000, 0.402, -0.527], [0.000, 0.478, -0.358],
        [-0.213, 0.446, -0.263], [0.213, 0.446, -0.263], [-0.785, 0.098, 0.549], [0.785, 0.098, 0.549],
        [-0.778, 0.261, 0.585], [0.778, 0.261, 0.585], [-0.771, 0.424, 0.572], [0.771, 0.424, 0.572],
        [0.000, -0.584, -0.148],
    ]
)
FIT = np.linalg.pinv(np.column_stack([AVERAGE, np.ones(len(AVERAGE))]))


def measure(picture: np.ndarray, chip: np.ndarray, points: np.ndarray, in_square: np.ndarray) -> dict:
    aspect, pose = head(points)
    return {
        "light": light(chip, in_square),
        "pose": pose,
        "eyes": [eye(points, *which) * aspect for which in EYES],
        "mouth": gap(points, LIPS[0], LIPS[1]) / gap(points, LIPS[2], LIPS[3]) * aspect,
        "hash": perceptual_hash(picture),
    }


def light(chip: np.ndarray, points: np.ndarray) -> list[float]:
    low, high = points.min(axis=0), points.max(axis=0)
    inset = (high - low) * 0.15
    left, top = np.clip(low + inset, 1, 190).astype(int)
    right, bottom = np.clip(high - inset, 1, 190).astype(int)
    grey = cv2.cvtColor(chip, cv2.COLOR_BGR2GRAY)
    face = grey[top:bottom, left:right]
    mean = float(face.mean())
    clipped = float(((face < 8) | (face > 250)).mean())
    middle = int(((points[RIGHT_EYE_INNER] + points[LEFT_EYE_INNER]) / 2 + points[NOSE_TIP])[0] / 2) - left
    halves = sorted(float(half.mean()) for half in (face[:, :middle], face[:, middle:]) if half.size)
    edges = cv2.Laplacian(grey, cv2.CV_32F)[top:bottom, left:right]
    sharpness = 1000 * float(edges.var()) / max(mean * mean, 1)
    places = np.clip(points[SKIN], 4, 187).astype(int)
    skin = np.mean([chip[y - 3 : y + 4, x - 3 : x + 4].mean(axis=(0, 1)) for x, y in places], axis=0)
    return [mean, clipped, (halves[-1] + 1) / (halves[0] + 1), sharpness, *skin.tolist()]


def head(points: np.ndarray) -> tuple:
    rigid = points[AVERAGE_INDEX] - (points[33] + points[263]) / 2
    across, down = (FIT @ rigid).T
    roll = np.arctan2(down[0], across[0])
    cos, sin = np.cos(roll), np.sin(roll)
    level, upright = across * cos + down * sin, down * cos - across * sin
    yaw, pitch = np.arctan2(-level[2], level[0]), np.arctan2(-upright[2], upright[1])
    return level[0] / upright[1], np.degrees([yaw, pitch, roll]).tolist()


def eye(points: np.ndarray, inner: int, outer: int, lids: list) -> float:
    return sum(gap(points, *pair) for pair in lids) / 2 / gap(points, inner, outer)


def gap(points: np.ndarray, a: int, b: int) -> float:
    return float(np.hypot(*(points[a] - points[b])))


def perceptual_hash(picture: np.ndarray) -> str:
    grey = cv2.cvtColor(picture[::4, ::4], cv2.COLOR_BGR2GRAY)
    grid = cv2.resize(grey, (17, 16), interpolation=cv2.INTER_AREA)
    return np.packbits(grid[:, :-1] > grid[:, 1:]).tobytes().hex()
