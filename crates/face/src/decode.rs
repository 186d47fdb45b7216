//! Bytes to an upright picture, within hard limits. JPEG, PNG and WebP.

use std::io::Cursor;

use image::codecs::{png::PngDecoder, webp::WebPDecoder};
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, Limits, RgbaImage};
use zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions};
use zune_jpeg::JpegDecoder;

use crate::picture::Picture;

/// Largest number of pixels that is decoded.
pub const MAX_PIXELS: u64 = 40_000_000;

/// Most memory that a decoder may take, in bytes: the largest picture in 8-bit RGBA, and some room.
const MAX_MEMORY: u64 = 192 * 1024 * 1024;

/// Why bytes are no usable picture.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Nothing was sent.
    #[error("the file is empty; choose a photo")]
    Empty,
    /// More bytes than the caller allows.
    #[error("the file has {got} bytes, more than the allowed {limit}; choose a smaller one")]
    TooManyBytes {
        /// Size of the file.
        got: usize,
        /// Size that is allowed.
        limit: usize,
    },
    /// More pixels than [`MAX_PIXELS`], or more memory than a decoder may take.
    #[error(
        "the picture is larger than {MAX_PIXELS} pixels or needs too much memory; choose a smaller one"
    )]
    TooManyPixels,
    /// Neither JPEG nor PNG nor WebP.
    #[error("the file is neither a JPEG nor a PNG nor a WebP picture")]
    UnknownFormat,
    /// A JPEG in the four colours of print.
    #[error("the picture is in CMYK, the colours of print; save it as an ordinary RGB JPEG")]
    Cmyk,
    /// Damaged or cut off.
    #[error("the picture is damaged or incomplete ({0}); send it again")]
    Broken(String),
}

/// Width and height of the upright picture, if all of it can be decoded.
pub fn picture_size(bytes: &[u8], max_bytes: usize) -> Result<(u32, u32), DecodeError> {
    decode(bytes, max_bytes).map(|picture| picture.size())
}

/// Decodes a picture and turns it upright as its EXIF orientation says. The size of the picture is known and checked
/// before memory for it is taken.
pub(crate) fn decode(bytes: &[u8], max_bytes: usize) -> Result<Picture, DecodeError> {
    if bytes.is_empty() {
        return Err(DecodeError::Empty);
    }
    if bytes.len() > max_bytes {
        return Err(DecodeError::TooManyBytes {
            got: bytes.len(),
            limit: max_bytes,
        });
    }
    let (pixels, orientation) = match image::guess_format(bytes) {
        Ok(ImageFormat::Jpeg) => jpeg(bytes)?,
        Ok(ImageFormat::Png) => other(PngDecoder::with_limits(Cursor::new(bytes), limits()))?,
        Ok(ImageFormat::WebP) => other(WebPDecoder::new(Cursor::new(bytes)))?,
        _ => return Err(DecodeError::UnknownFormat),
    };
    let upright = turn(pixels, orientation);
    let (width, height) = upright.dimensions();
    Picture::new(width, height, upright.into_raw())
        .ok_or_else(|| DecodeError::Broken("no pixels".into()))
}

/// JPEG goes past the `image` crate, which copies the bytes and can't tell CMYK from RGB.
fn jpeg(bytes: &[u8]) -> Result<(RgbaImage, Orientation), DecodeError> {
    let options = DecoderOptions::default()
        .set_max_width(usize::from(u16::MAX))
        .set_max_height(usize::from(u16::MAX))
        .set_strict_mode(true)
        .jpeg_set_out_colorspace(ColorSpace::RGBA);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder
        .decode_headers()
        .map_err(|e| DecodeError::Broken(e.to_string()))?;
    if matches!(
        decoder.input_colorspace(),
        Some(ColorSpace::CMYK | ColorSpace::YCCK)
    ) {
        return Err(DecodeError::Cmyk);
    }
    let (width, height) = decoder.dimensions().unwrap_or_default();
    let size = (
        u32::try_from(width).unwrap_or(u32::MAX),
        u32::try_from(height).unwrap_or(u32::MAX),
    );
    check_pixels(size)?;
    let orientation = decoder
        .exif()
        .and_then(|exif| Orientation::from_exif_chunk(exif));
    let pixels = decoder
        .decode()
        .map_err(|e| DecodeError::Broken(e.to_string()))?;
    let picture = RgbaImage::from_raw(size.0, size.1, pixels)
        .ok_or_else(|| DecodeError::Broken("fewer pixels than announced".into()))?;
    Ok((picture, orientation.unwrap_or(Orientation::NoTransforms)))
}

/// PNG and WebP.
fn other<D: ImageDecoder>(
    decoder: Result<D, ImageError>,
) -> Result<(RgbaImage, Orientation), DecodeError> {
    let mut decoder = decoder.map_err(|e| broken(&e))?;
    check_pixels(decoder.dimensions())?;
    decoder.set_limits(limits()).map_err(|e| broken(&e))?;
    if decoder.total_bytes() > MAX_MEMORY {
        return Err(DecodeError::TooManyPixels);
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let picture = DynamicImage::from_decoder(decoder).map_err(|e| broken(&e))?;
    Ok((picture.into_rgba8(), orientation))
}

fn turn(picture: RgbaImage, orientation: Orientation) -> RgbaImage {
    if orientation == Orientation::NoTransforms {
        return picture;
    }
    let mut picture = DynamicImage::ImageRgba8(picture);
    picture.apply_orientation(orientation);
    picture.into_rgba8()
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_MEMORY);
    limits
}

fn check_pixels((width, height): (u32, u32)) -> Result<(), DecodeError> {
    let pixels = u64::from(width) * u64::from(height);
    if pixels > MAX_PIXELS {
        Err(DecodeError::TooManyPixels)
    } else {
        Ok(())
    }
}

fn broken(error: &ImageError) -> DecodeError {
    match error {
        ImageError::Limits(_) => DecodeError::TooManyPixels,
        other => DecodeError::Broken(other.to_string()),
    }
}
