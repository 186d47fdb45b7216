"""Cuts a set of pictures and clips into 480×640 JPEG frames, as a phone sends them."""

import argparse
from pathlib import Path

import cv2
import numpy as np

SIZE = (480, 640)
QUALITY = 80


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--most", type=int, required=True)
    parser.add_argument("sources", nargs="+", type=Path)
    args = parser.parse_args()
    pictures = [jpeg for source in args.sources for jpeg in stills(source)]
    step = max(1, len(pictures) // args.most)
    args.out.mkdir(parents=True, exist_ok=True)
    for number, jpeg in enumerate(pictures[::step][: args.most]):
        picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
        height, width = picture.shape[:2]
        name = str(args.out / f"{number:03}.jpg")
        if (width, height) == SIZE:
            Path(name).write_bytes(jpeg)
        else:
            cv2.imwrite(name, fitted(picture), [cv2.IMWRITE_JPEG_QUALITY, QUALITY])


def fitted(picture: np.ndarray) -> np.ndarray:
    """The middle of a picture, in the frame's shape."""
    height, width = picture.shape[:2]
    scale = max(SIZE[0] / width, SIZE[1] / height)
    size = (max(SIZE[0], round(width * scale)), max(SIZE[1], round(height * scale)))
    large = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    left, top = (size[0] - SIZE[0]) // 2, (size[1] - SIZE[1]) // 2
    return large[top : top + SIZE[1], left : left + SIZE[0]]


def stills(path: Path) -> list[bytes]:
    """The JPEG files of which a raw clip consists, or the picture itself."""
    data = path.read_bytes()
    if path.suffix != ".mjpeg":
        return [data]
    marker = b"\xff\xd8\xff"
    return [marker + part for part in data.split(marker)[1:]]


if __name__ == "__main__":
    main()
