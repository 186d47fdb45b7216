//! Why the engine could not answer.

use crate::decode::DecodeError;
use crate::hint::Hint;
use crate::models::ModelError;

/// Why a picture could not be judged.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The bytes are no usable picture.
    #[error(transparent)]
    Image(#[from] DecodeError),
    /// There is no face in a picture that needs one.
    #[error("no face was found in the picture; use one that shows the face from the front")]
    NoFace,
    /// A reference comes from another embedding model.
    #[error("the reference was made by another face model; enrol the photo again")]
    OtherModel,
    /// The models can't be loaded or don't run.
    #[error(transparent)]
    Models(#[from] ModelError),
}

/// Why a photo can't serve as reference.
#[derive(Debug, thiserror::Error)]
pub enum EnrolError {
    /// The bytes are no usable picture.
    #[error(transparent)]
    Image(#[from] DecodeError),
    /// There is no face.
    #[error("no face was found in the photo; use one that shows the face from the front")]
    NoFace,
    /// There are several faces.
    #[error("the photo shows {0} faces; use one that shows only this person")]
    SeveralFaces(u32),
    /// The face is not good enough.
    #[error("the photo is not good enough ({0:?}); use a sharp, evenly lit one, from the front")]
    Quality(Hint),
    /// The models don't run.
    #[error(transparent)]
    Models(#[from] ModelError),
}
