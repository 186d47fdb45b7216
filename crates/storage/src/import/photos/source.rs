//! Where photos come from, and reading one within its limit.

use std::{
    fs::File,
    io::Read,
    path::{Component, Path, PathBuf},
};

use super::{PhotoFault, archive, folder};
use crate::import::ImportError;

const EXTENSIONS: [&str; 4] = ["jpg", "jpeg", "png", "webp"];

/// A folder (with its subfolders) or an archive of photos named by ID number or credit code. Other files in it are passed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PhotoSource {
    /// A folder.
    Folder(PathBuf),
    /// A `.tar` file.
    Tar(PathBuf),
    /// A `.zip` file.
    Zip(PathBuf),
}

/// A photo as it was found.
pub(super) struct Found {
    /// Its file name without folder and extension.
    pub(super) stem: String,
    /// Its content, if it could be read.
    pub(super) bytes: Result<Vec<u8>, PhotoFault>,
}

/// Takes a photo; false to stop.
pub(super) type Take<'a> = &'a mut dyn FnMut(Found) -> bool;

impl PhotoSource {
    /// What a path names: a folder, a `.tar` or a `.zip`; `None` for anything else.
    #[must_use]
    pub fn of(path: &Path) -> Option<Self> {
        let extension = path.extension().and_then(|extension| extension.to_str());
        match extension.map(str::to_ascii_lowercase).as_deref() {
            _ if path.is_dir() => Some(Self::Folder(path.to_owned())),
            Some("tar") => Some(Self::Tar(path.to_owned())),
            Some("zip") => Some(Self::Zip(path.to_owned())),
            _ => None,
        }
    }

    pub(super) fn each(&self, limit: u64, take: Take<'_>) -> Result<(), ImportError> {
        match self {
            Self::Folder(path) => folder::each(path, limit, take),
            Self::Tar(path) => archive::each_of_tar(path, limit, take),
            Self::Zip(path) => archive::each_of_zip(path, limit, take),
        }
    }
}

/// The stem of a photo's file name; `None` for other and for hidden files.
pub(super) fn photo_stem(path: &Path) -> Option<String> {
    let extension = path.extension()?.to_str()?.to_ascii_lowercase();
    let stem = path.file_stem()?.to_str()?;
    let is_photo = EXTENSIONS.contains(&extension.as_str()) && !stem.starts_with('.');
    is_photo.then(|| stem.to_owned())
}

/// The file that a row names, if it stays within the folder.
pub(super) fn within(folder: &Path, path: &str) -> Option<PathBuf> {
    let path = Path::new(path);
    let stays = |part: Component<'_>| matches!(part, Component::Normal(_) | Component::CurDir);
    path.components().all(stays).then(|| folder.join(path))
}

pub(super) fn read_file(path: &Path, limit: u64) -> Result<Vec<u8>, PhotoFault> {
    read(
        File::open(path).map_err(|_| PhotoFault::new("unreadable"))?,
        limit,
    )
}

/// Reads a photo, but never more than the limit and a byte, whatever its archive says of its size.
pub(super) fn read(input: impl Read, limit: u64) -> Result<Vec<u8>, PhotoFault> {
    let mut bytes = Vec::new();
    let read = input.take(limit + 1).read_to_end(&mut bytes);
    read.map_err(|_| PhotoFault::new("unreadable"))?;
    match bytes.len() as u64 {
        0 => Err(PhotoFault::new("empty")),
        length if length > limit => Err(PhotoFault::new("too_large")),
        _ => Ok(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_can_not_name_a_file_outside_the_folder() {
        let folder = Path::new("/photos");
        assert_eq!(
            within(folder, "a/b.jpg"),
            Some(PathBuf::from("/photos/a/b.jpg"))
        );
        for path in ["../key", "a/../../key", "/etc/passwd"] {
            assert_eq!(within(folder, path), None, "{path}");
        }
    }

    #[test]
    fn only_pictures_are_photos() {
        let stem = |name: &str| photo_stem(Path::new(name));
        assert_eq!(
            stem("a/110101199001010015.JPG").as_deref(),
            Some("110101199001010015")
        );
        for other in ["notes.txt", "a/._x.jpg", "jpg", ".jpg"] {
            assert_eq!(stem(other), None, "{other}");
        }
    }

    #[test]
    fn reading_stops_at_the_limit() {
        let reason = |input: &mut dyn Read| read(input, 4).map_err(|fault| fault.reason);
        assert_eq!(reason(&mut &b"1234"[..]), Ok(b"1234".to_vec()));
        assert_eq!(reason(&mut &b""[..]), Err("empty"));
        assert_eq!(reason(&mut std::io::repeat(1)), Err("too_large"));
    }
}
