//! Where everything stands. Lengths are points (1/72 inch), from the top left.

use krilla::{
    Document,
    color::rgb,
    geom::{PathBuilder, Point, Rect},
    metadata::Metadata,
    num::NormalizedF32,
    page::PageSettings,
    paint::{Fill, FillRule, Stroke},
    surface::Surface,
    text::TextDirection,
};

use crate::{Certificate, CertificateError, Typeface, qr};

/// A4.
const PAGE: (f32, f32) = (595.28, 841.89);
const MARGIN: f32 = 72.0;
const TEXT_WIDTH: f32 = PAGE.0 - 2.0 * MARGIN;
const LABEL_WIDTH: f32 = 150.0;
const CODE_SIDE: f32 = 104.0;

/// Red, green, blue.
type Colour = (u8, u8, u8);

const INK: Colour = (0x1a, 0x23, 0x32);
const QUIET: Colour = (0x5b, 0x66, 0x77);
const ACCENT: Colour = (0x1f, 0x5f, 0xbf);
const WARNING: Colour = (0xa8, 0x4b, 0x00);
const RULE: Colour = (0xd3, 0xda, 0xe4);

/// The certificate as a PDF document.
///
/// # Errors
/// [`CertificateError`] if the link is too long or the library can't write the file.
pub fn render(certificate: &Certificate, face: &Typeface) -> Result<Vec<u8>, CertificateError> {
    let mut document = Document::new();
    let settings = PageSettings::from_wh(PAGE.0, PAGE.1)
        .ok_or_else(|| CertificateError::Document("page size".to_owned()))?;
    let mut page = document.start_page_with(settings);
    let surface = page.surface();
    draw(Pen { surface, face }, certificate)?;
    page.finish();
    document.set_metadata(
        Metadata::new()
            .title(certificate.title.clone())
            .language(certificate.language.to_owned()),
    );
    document
        .finish()
        .map_err(|error| CertificateError::Document(format!("{error:?}")))
}

fn draw(mut pen: Pen<'_>, certificate: &Certificate) -> Result<(), CertificateError> {
    pen.frame();
    let mut y = pen.centred(&certificate.title, 26.0, ACCENT, 150.0);
    y = pen.centred(&certificate.enterprise, 22.0, INK, y + 34.0);
    y = pen.centred(&certificate.statement, 11.0, QUIET, y + 16.0);
    y += 22.0;
    for (label, value) in &certificate.facts {
        y = pen.fact(label, value, y);
    }
    if !certificate.caution.is_empty() {
        y = pen.paragraph(
            &certificate.caution,
            10.5,
            WARNING,
            MARGIN,
            TEXT_WIDTH,
            y + 18.0,
        );
    }
    let foot = (PAGE.1 - MARGIN - CODE_SIDE - 6.0).max(y + 16.0);
    pen.fill(INK);
    let code = qr::path(
        &certificate.link,
        PAGE.0 - MARGIN - CODE_SIDE,
        foot,
        CODE_SIDE,
    )?;
    pen.surface.draw_path(&code);
    let beside = TEXT_WIDTH - CODE_SIDE - 24.0;
    let mut y = pen.paragraph(
        &certificate.link_note,
        10.5,
        INK,
        MARGIN,
        beside,
        foot + 10.0,
    );
    y = pen.paragraph(&certificate.link, 9.0, ACCENT, MARGIN, beside, y + 4.0);
    pen.paragraph(&certificate.issued, 9.5, QUIET, MARGIN, beside, y + 8.0);
    Ok(())
}

/// What draws, and with which letters.
struct Pen<'a> {
    surface: Surface<'a>,
    face: &'a Typeface,
}

impl Pen<'_> {
    fn fill(&mut self, colour: Colour) {
        self.surface.set_stroke(None);
        self.surface.set_fill(Some(Fill {
            paint: rgb::Color::new(colour.0, colour.1, colour.2).into(),
            opacity: NormalizedF32::ONE,
            rule: FillRule::NonZero,
        }));
    }

    /// The double border of a certificate.
    fn frame(&mut self) {
        for (inset, width, colour) in [(28.0, 2.0, ACCENT), (34.0, 0.6, RULE)] {
            let size = (PAGE.0 - 2.0 * inset, PAGE.1 - 2.0 * inset);
            let mut border = PathBuilder::new();
            if let Some(rect) = Rect::from_xywh(inset, inset, size.0, size.1) {
                border.push_rect(rect);
            }
            self.stroke(border, width, colour);
        }
    }

    fn stroke(&mut self, path: PathBuilder, width: f32, colour: Colour) {
        self.surface.set_fill(None);
        self.surface.set_stroke(Some(Stroke {
            paint: rgb::Color::new(colour.0, colour.1, colour.2).into(),
            width,
            ..Stroke::default()
        }));
        if let Some(path) = path.finish() {
            self.surface.draw_path(&path);
        }
    }

    fn line(&mut self, text: &str, size: f32, x: f32, baseline: f32) {
        let at = Point::from_xy(x, baseline);
        let font = self.face.font();
        self.surface
            .draw_text(at, font, size, text, false, TextDirection::LeftToRight);
    }

    /// Centred lines from a top edge; answers with their bottom edge.
    fn centred(&mut self, text: &str, size: f32, colour: Colour, top: f32) -> f32 {
        self.fill(colour);
        let mut y = top;
        for line in self.face.lines(text, size, TEXT_WIDTH) {
            y += size * 1.35;
            let x = (PAGE.0 - self.face.width(&line, size)) / 2.0;
            self.line(&line, size, x, y - size * 0.3);
        }
        y
    }

    /// Lines flush left from a top edge; answers with their bottom edge.
    fn paragraph(
        &mut self,
        text: &str,
        size: f32,
        colour: Colour,
        x: f32,
        width: f32,
        top: f32,
    ) -> f32 {
        self.fill(colour);
        let mut y = top;
        for line in self.face.lines(text, size, width) {
            y += size * 1.5;
            self.line(&line, size, x, y - size * 0.35);
        }
        y
    }

    /// One name and its value, with a rule below.
    fn fact(&mut self, label: &str, value: &str, top: f32) -> f32 {
        let right = MARGIN + LABEL_WIDTH;
        let labelled = self.paragraph(label, 11.0, QUIET, MARGIN, LABEL_WIDTH - 12.0, top + 5.0);
        let valued = self.paragraph(value, 12.0, INK, right, TEXT_WIDTH - LABEL_WIDTH, top + 4.0);
        let bottom = labelled.max(valued) + 6.0;
        let mut rule = PathBuilder::new();
        rule.move_to(MARGIN, bottom);
        rule.line_to(PAGE.0 - MARGIN, bottom);
        self.stroke(rule, 0.6, RULE);
        bottom
    }
}
