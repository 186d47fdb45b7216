//! Converts TensorFlow.js graph models and weight manifests to ONNX.
