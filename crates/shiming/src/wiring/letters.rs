//! The font that certificates are drawn with.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use shiming_certificate::Typeface;
use shiming_http::Letters;

use crate::config::Config;

/// Reads the font. Without one the server starts all the same and can't draw certificates.
///
/// # Errors
/// The font that the configuration names can't be read.
pub fn letters(config: &Config) -> Result<Letters> {
    let Some(file) = config.certificate.font_file() else {
        tracing::warn!(
            "no font with Chinese letters: certificates can't be drawn; install Noto Sans CJK (Debian: fonts-noto-cjk) \
             or set certificate.font"
        );
        return Ok(Letters::default());
    };
    let read = || -> Result<Typeface> { Ok(Typeface::read(std::fs::read(&file)?)?) };
    let typeface = read().with_context(|| format!("the font {}", file.display()))?;
    Ok(Letters(Some(Arc::new(typeface))))
}
