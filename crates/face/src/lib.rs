//! CPU face engine: detect, align, quality, pose, liveness, embed, compare.
