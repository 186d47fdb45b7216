//! Numbers of the Face Mesh points that the engine uses, by their anatomical place. Right and left are the subject's.

pub(crate) const RIGHT_EYE_OUTER: usize = 33;
pub(crate) const RIGHT_EYE_INNER: usize = 133;
pub(crate) const LEFT_EYE_INNER: usize = 362;
pub(crate) const LEFT_EYE_OUTER: usize = 263;
pub(crate) const NOSE_TIP: usize = 4;
pub(crate) const NOSE_BASE: usize = 2;
pub(crate) const MOUTH_RIGHT: usize = 61;
pub(crate) const MOUTH_LEFT: usize = 291;
/// Inner edge of the lips: upper, lower, right and left.
pub(crate) const LIPS_INNER: [usize; 4] = [13, 14, 78, 308];
/// Pairs of upper and lower lid, one nearer to the outer and one nearer to the inner corner.
pub(crate) const RIGHT_LIDS: [(usize, usize); 2] = [(160, 144), (158, 153)];
pub(crate) const LEFT_LIDS: [(usize, usize); 2] = [(387, 373), (385, 380)];
/// The whole rim of each eye.
pub(crate) const RIGHT_EYE: [usize; 16] = [
    33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7,
];
pub(crate) const LEFT_EYE: [usize; 16] = [
    263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249,
];
/// Skin that neither hair nor beard nor shadow usually covers: forehead, right cheek, left cheek.
pub(crate) const SKIN: [usize; 5] = [151, 50, 117, 280, 346];
