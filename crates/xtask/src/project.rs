//! Where things are.

use std::{
    path::{Path, PathBuf},
    sync::LazyLock,
};

/// The checkout. `cargo run` says where this crate lies; the path it was built at may be another checkout's, when
/// several share a folder of built things.
pub fn root() -> &'static Path {
    static ROOT: LazyLock<PathBuf> = LazyLock::new(|| {
        let here = std::env::var_os("CARGO_MANIFEST_DIR");
        let here = here.map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        here.ancestors().nth(2).map_or(here.clone(), Path::to_owned)
    });
    &ROOT
}

/// A folder or file of the checkout.
pub fn path(relative: &str) -> PathBuf {
    root().join(relative)
}

/// Where cargo puts what it builds.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| path("target"), |folder| root().join(folder))
}
