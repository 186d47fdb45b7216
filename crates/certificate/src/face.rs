//! The typeface: one file that has Chinese and Latin letters.

use std::sync::Arc;

use krilla::text::Font;
use ttf_parser::{Face, name_id};

/// A font that can be drawn with and measured.
#[derive(Clone)]
pub struct Typeface {
    bytes: Arc<Vec<u8>>,
    index: u32,
    font: Font,
}

/// The file can't be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TypefaceError {
    /// It is no OpenType or TrueType font.
    #[error("the file is no OpenType or TrueType font")]
    Unreadable,
    /// It lacks Chinese letters.
    #[error("the font has no Chinese letters")]
    NoChinese,
}

impl Typeface {
    /// Reads a font or a collection of fonts, of which the one for simplified Chinese is taken.
    ///
    /// # Errors
    /// [`TypefaceError`].
    pub fn read(bytes: Vec<u8>) -> Result<Self, TypefaceError> {
        let count = ttf_parser::fonts_in_collection(&bytes).unwrap_or(1);
        let index = (0..count)
            .find(|index| is_simplified(&bytes, *index))
            .unwrap_or(0);
        let face = Face::parse(&bytes, index).map_err(|_| TypefaceError::Unreadable)?;
        if face.glyph_index('实').is_none() {
            return Err(TypefaceError::NoChinese);
        }
        let bytes = Arc::new(bytes);
        let font = Font::new(bytes.clone().into(), index).ok_or(TypefaceError::Unreadable)?;
        Ok(Self { bytes, index, font })
    }

    pub(crate) fn font(&self) -> Font {
        self.font.clone()
    }

    /// Width of a text at a size, in the size's unit.
    pub(crate) fn width(&self, text: &str, size: f32) -> f32 {
        let Ok(face) = Face::parse(&self.bytes, self.index) else {
            return 0.0;
        };
        let units: f32 = text
            .chars()
            .filter_map(|letter| face.glyph_hor_advance(face.glyph_index(letter)?))
            .map(f32::from)
            .sum();
        units * size / f32::from(face.units_per_em())
    }

    /// The text in lines that are no wider than the limit, broken at spaces where there are any near the end.
    pub(crate) fn lines(&self, text: &str, size: f32, limit: f32) -> Vec<String> {
        let mut lines = vec![String::new()];
        for letter in text.chars() {
            let mut line = lines.pop().unwrap_or_default();
            line.push(letter);
            if self.width(line.trim_end(), size) <= limit {
                lines.push(line);
                continue;
            }
            let at = line
                .trim_end()
                .rfind(' ')
                .filter(|at| *at > line.len() / 2)
                .map_or(line.len() - letter.len_utf8(), |space| space + 1);
            let rest = line.split_off(at);
            lines.extend([line, rest]);
        }
        lines.iter().map(|line| line.trim().to_owned()).collect()
    }
}

fn is_simplified(bytes: &[u8], index: u32) -> bool {
    let Ok(face) = Face::parse(bytes, index) else {
        return false;
    };
    face.names()
        .into_iter()
        .filter(|name| name.name_id == name_id::FULL_NAME)
        .filter_map(|name| name.to_string())
        .any(|name| name.contains("CJK SC") && !name.contains("Mono"))
}
