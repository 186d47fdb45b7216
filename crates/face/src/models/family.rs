//! Which known model a file is: the kinds of pre- and post-processing that this program has.

/// A model that this program knows how to feed and to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    BlazeFace,
    YuNet,
    FaceMesh,
    /// Looks at 2.7 times the face box.
    MiniFasNetNear,
    /// Looks at 4.0 times the face box.
    MiniFasNetWide,
    DlibResNet,
    MobileFaceNet,
}

impl Family {
    /// The family of a file by its name in the manifest; `None` for files that the engine has no use for.
    pub fn of(file: &str) -> Option<Self> {
        match file {
            "human_blazeface.onnx" => Some(Self::BlazeFace),
            "yunet_n_320.onnx" | "yunet_n_640.onnx" => Some(Self::YuNet),
            "human_facemesh.onnx" => Some(Self::FaceMesh),
            "minifasnet_v2_2.7_80.onnx" => Some(Self::MiniFasNetNear),
            "minifasnet_v1se_4.0_80.onnx" => Some(Self::MiniFasNetWide),
            "fapi_face_recognition.onnx" => Some(Self::DlibResNet),
            "mobilefacenet_foamliu.onnx" => Some(Self::MobileFaceNet),
            _ => None,
        }
    }
}
