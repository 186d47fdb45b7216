//! What comes with a camera frame, and what else the phone reports.

use serde::{Deserialize, Serialize};

/// Why a binary message is no camera frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameHeaderError {
    /// Fewer bytes than a header.
    #[error("a frame begins with a header of 16 bytes")]
    TooShort,
    /// Another version of the header.
    #[error("frame header version {0} is not known; this server speaks version 1")]
    Version(u8),
    /// Neither stream nor still.
    #[error("frame kind {0} is not known; 0 is a stream frame, 1 a still")]
    Kind(u8),
}

/// Why the frame was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FrameKind {
    /// One of the stream.
    Stream,
    /// Asked for by `still`, at higher quality.
    Still,
}

/// The 16-byte header of a binary frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrameMeta {
    /// Stream or still.
    pub kind: FrameKind,
    /// Number of the last `colour` or `challenge` shown when the frame was taken; 0 before the first.
    pub cue: u16,
    /// From 1.
    pub seq: u32,
    /// Milliseconds since the page's time origin, by the phone's clock.
    pub phone_ms: u64,
}

impl FrameMeta {
    /// Length of the header in bytes.
    pub const LEN: usize = 16;

    /// Splits a binary message into header and JPEG.
    pub fn split(message: &[u8]) -> Result<(FrameMeta, &[u8]), FrameHeaderError> {
        let (head, image) = message
            .split_first_chunk::<{ FrameMeta::LEN }>()
            .ok_or(FrameHeaderError::TooShort)?;
        let [version, kind, c0, c1, s0, s1, s2, s3, time @ ..] = *head;
        if version != 1 {
            return Err(FrameHeaderError::Version(version));
        }
        let kind = match kind {
            0 => FrameKind::Stream,
            1 => FrameKind::Still,
            other => return Err(FrameHeaderError::Kind(other)),
        };
        let meta = FrameMeta {
            kind,
            cue: u16::from_be_bytes([c0, c1]),
            seq: u32::from_be_bytes([s0, s1, s2, s3]),
            phone_ms: u64::from_be_bytes(time),
        };
        Ok((meta, image))
    }
}

/// Something the person did to the page or the camera: the `event` of a `note`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PhoneEvent {
    /// The page went to the background.
    Hidden,
    /// The page came back.
    Visible,
    /// The camera stopped delivering.
    Muted,
    /// The camera delivers again.
    Unmuted,
    /// The phone was turned.
    Rotated,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_read_big_endian_and_the_rest_is_the_picture() {
        let mut message = vec![
            1, 1, 0x01, 0x02, 0, 0, 0x03, 0x04, 0, 0, 0, 0, 0, 0, 0x05, 0x06,
        ];
        message.extend_from_slice(b"jpeg");
        let meta = FrameMeta {
            kind: FrameKind::Still,
            cue: 0x0102,
            seq: 0x0304,
            phone_ms: 0x0506,
        };
        assert_eq!(FrameMeta::split(&message), Ok((meta, b"jpeg".as_slice())));
    }

    #[test]
    fn other_messages_are_no_frames() {
        let with = |at: usize, value: u8| {
            let mut message = [0; 16];
            (message[0], message[at]) = (1, value);
            FrameMeta::split(&message).map(|_| ())
        };
        assert_eq!(FrameMeta::split(&[1; 15]), Err(FrameHeaderError::TooShort));
        assert_eq!(with(0, 2), Err(FrameHeaderError::Version(2)));
        assert_eq!(with(1, 7), Err(FrameHeaderError::Kind(7)));
    }
}
