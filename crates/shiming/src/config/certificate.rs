//! What certificates are drawn with.

use std::path::PathBuf;

use confique::Config as Configuration;
use serde::Serialize;

/// Where Debian, Fedora, Arch, Alpine and macOS keep a font with Chinese letters.
const USUAL: [&str; 6] = [
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/System/Library/Fonts/STHeiti Light.ttc",
];

/// Certificates of verified enterprises.
#[derive(Clone, Debug, Serialize, Configuration)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct CertificateSection {
    /// Font file with Chinese and Latin letters (OpenType or TrueType, single or collection). Without it: the first that is found
    /// where systems keep Noto Sans CJK (Debian: package `fonts-noto-cjk`).
    #[config(env = "SHIMING_CERTIFICATE_FONT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub font: Option<PathBuf>,
}

impl CertificateSection {
    /// The font that is set, else the first that is found.
    #[must_use]
    pub fn font_file(&self) -> Option<PathBuf> {
        let usual = || USUAL.iter().map(PathBuf::from).find(|file| file.is_file());
        self.font.clone().or_else(usual)
    }
}
