"""Answers questions, one JSON line each: which stage to run on which frame, and how often."""

import argparse
import json
import sys
import time
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--engine", choices=["onnxruntime", "opencv"], required=True)
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("frames", nargs="+", type=Path)
    args = parser.parse_args()

    from . import stages

    work = stages.Stages(args.engine, args.models, args.threads, args.frames)
    print(json.dumps({"ready": work.versions()}), flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(work, json.loads(line))), flush=True)


def answer(work, question: dict) -> dict:
    """Runs a stage and measures each run by the wall and by the time this process computed."""
    run = work.prepare(question["stage"], question["frame"])
    wall, cpu = [], []
    result = None
    for _ in range(question["repeat"]):
        wall_start, cpu_start = time.perf_counter_ns(), time.process_time_ns()
        result = run()
        cpu.append(time.process_time_ns() - cpu_start)
        wall.append(time.perf_counter_ns() - wall_start)
    return {"wall_ns": wall, "cpu_ns": cpu, "found": result}


if __name__ == "__main__":
    main()
