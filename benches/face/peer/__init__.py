"""The same work as the engine's, as one would write it in Python with OpenCV and onnxruntime."""
