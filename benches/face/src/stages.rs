//! What is measured, by the names under which every side knows it.

/// Decode, detect, landmarks, quality.
pub const GUIDANCE: &str = "guidance_cold";

/// A run of frames with one look at the whole frame at its start.
pub const FOLLOWED: &str = "guidance_followed";

/// Guidance, and then passive models, alignment, embedding, comparison.
pub const JUDGEMENT: &str = "judgement";

/// An authority's photo or a kept still: larger detector, landmarks placed twice, embedding, comparison.
pub const PHOTO: &str = "photo";

/// A matrix product of 512×512 by 512×512: what the core can do.
pub const GEMM: &str = "gemm";

/// Floating-point operations of that product.
pub const GEMM_FLOPS: f64 = 2.0 * 512.0 * 512.0 * 512.0;

/// Frames of a run that is followed; the engine looks at the whole frame once in as many.
pub const FOLLOWED_FRAMES: u32 = 5;

/// The engine's work on whole frames: name, title, frames that one run works on.
pub const PIPELINE: [(&str, &str, u32); 4] = [
    (GUIDANCE, "guidance, face to be found", 1),
    (FOLLOWED, "guidance, face followed", FOLLOWED_FRAMES),
    (JUDGEMENT, "guidance and judgement", 1),
    (PHOTO, "photo embedded and compared", 1),
];

/// Models that run alone, on one input.
pub const MODELS: [&str; 6] = [
    "yunet_n_320.onnx",
    "yunet_n_640.onnx",
    "human_facemesh.onnx",
    "minifasnet_v2_2.7_80.onnx",
    "minifasnet_v1se_4.0_80.onnx",
    "mobilefacenet_foamliu.onnx",
];

/// The name of a model's stage.
pub fn alone(model: &str) -> String {
    format!("model:{model}")
}
