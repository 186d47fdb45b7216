//! Pictures from outside, alone and as a frame of a scan.

#![no_main]

use libfuzzer_sys::fuzz_target;
use shiming_face::scan::FrameMeta;
use shiming_face::{MAX_PIXELS, picture_size};

/// The limit of an upload.
const MAX_BYTES: usize = 10 * 1024 * 1024;

fuzz_target!(|bytes: &[u8]| {
    let picture = FrameMeta::split(bytes).map_or(bytes, |(_, jpeg)| jpeg);
    if let Ok((width, height)) = picture_size(picture, MAX_BYTES) {
        assert!(width > 0 && height > 0);
        assert!(u64::from(width) * u64::from(height) <= MAX_PIXELS);
    }
});
