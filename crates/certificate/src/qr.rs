//! The QR code as squares of the page.

use fast_qr::{ECL, QRBuilder};
use krilla::geom::{Path, PathBuilder, Rect};

use crate::CertificateError;

/// The dark modules of the code for a text (ISO/IEC 18004, error correction M) within a square of the page.
pub(crate) fn path(text: &str, left: f32, top: f32, side: f32) -> Result<Path, CertificateError> {
    let code = QRBuilder::new(text)
        .ecl(ECL::M)
        .build()
        .map_err(|_| CertificateError::Link)?;
    let mut squares = PathBuilder::new();
    let module = side / f32::from(u16::try_from(code.size).unwrap_or(u16::MAX));
    let mut y = top;
    for row in 0..code.size {
        let mut x = left;
        for cell in &code[row] {
            if cell.value() {
                squares.push_rect(rect(x, y, module));
            }
            x += module;
        }
        y += module;
    }
    squares.finish().ok_or(CertificateError::Link)
}

fn rect(x: f32, y: f32, side: f32) -> Rect {
    Rect::from_xywh(x, y, side, side).expect("a module has a size")
}
