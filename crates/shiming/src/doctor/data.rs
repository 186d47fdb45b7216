//! The data directory: there, private, with room; and the master key in it.

use std::path::Path;

use super::Finding;
use crate::{
    config::Config,
    private_file::is_readable_by_others,
    wiring::{KeysError, embedded_file, key_file, master_keys},
};

const AREA: &str = "data directory";
const MIB: u64 = 1024 * 1024;
/// Below this the database may fail any moment.
const LEAST_ROOM: u64 = 100 * MIB;
/// Below this somebody should make room.
const LITTLE_ROOM: u64 = 1024 * MIB;

/// Looks at the folder, its room and its key, without making anything.
pub fn examine(config: &Config) -> Vec<Finding> {
    let folder = &config.data_dir;
    if !folder.exists() {
        let place = folder.display();
        return vec![Finding::ok(
            AREA,
            format!("{place} is not there yet; the first start makes it"),
        )];
    }
    vec![
        privacy(folder),
        writable(folder),
        room(folder),
        keys(config),
    ]
}

fn privacy(folder: &Path) -> Finding {
    let place = folder.display();
    match is_readable_by_others(folder) {
        Ok(false) => Finding::ok(AREA, format!("{place} is its owner's alone")),
        Ok(true) => Finding::warn(
            AREA,
            format!("other users of this machine may look into {place}"),
            format!("chmod 700 {place}"),
        ),
        Err(error) => unusable(folder, &error),
    }
}

fn writable(folder: &Path) -> Finding {
    match tempfile::tempfile_in(folder) {
        Ok(_) => Finding::ok(AREA, "it can be written"),
        Err(error) => unusable(folder, &error),
    }
}

fn room(folder: &Path) -> Finding {
    match rustix::fs::statvfs(folder) {
        Ok(disk) => judge_room(disk.f_bavail.saturating_mul(disk.f_frsize)),
        Err(error) => unusable(folder, &error.into()),
    }
}

fn judge_room(bytes: u64) -> Finding {
    let found = format!("{} MiB free on its disk", bytes / MIB);
    let remedy = "make room, or move data_dir to a larger disk";
    match bytes {
        ..LEAST_ROOM => Finding::fail(AREA, found, remedy),
        LEAST_ROOM..LITTLE_ROOM => Finding::warn(AREA, found, remedy),
        _ => Finding::ok(AREA, found),
    }
}

fn keys(config: &Config) -> Finding {
    let area = "master key";
    let file = key_file(config);
    let in_file = config.keys.master.is_none();
    if in_file && !file.exists() && embedded_file(config).is_some_and(|database| !database.exists())
    {
        return Finding::ok(area, "there is none yet; the first start makes it");
    }
    match master_keys(config) {
        Ok(_) if in_file && is_readable_by_others(&file).unwrap_or(true) => Finding::fail(
            area,
            format!("other users of this machine may read {}", file.display()),
            format!(
                "chmod 600 {}; if somebody did read it, put a new key on top and rotate",
                file.display()
            ),
        ),
        Ok(_) => Finding::ok(area, "readable, and its owner's alone"),
        Err(error @ KeysError::Source { .. }) => {
            Finding::fail(area, error.to_string(), "restore it from your backup")
        }
        Err(error) => Finding::fail(area, error.to_string(), "put the key where it belongs"),
    }
}

fn unusable(folder: &Path, error: &std::io::Error) -> Finding {
    Finding::fail(
        AREA,
        format!("{}: {error}", folder.display()),
        "make the server's user its owner, or choose another data_dir",
    )
}

#[cfg(test)]
mod tests {
    use super::{MIB, judge_room, keys};
    use crate::doctor::Level;
    use confique::{Config as _, Layer as _};

    #[test]
    fn a_full_disk_is_told_before_it_is_full() {
        assert_eq!(judge_room(50 * MIB).level, Level::Fail);
        assert_eq!(judge_room(500 * MIB).level, Level::Warn);
        assert_eq!(judge_room(5000 * MIB).level, Level::Ok);
    }

    #[test]
    fn looking_makes_no_key() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let defaults = <crate::config::Config as confique::Config>::Layer::default_values();
        let mut config =
            crate::config::Config::from_layer(defaults).expect("every field has a default");
        config.data_dir = folder.path().to_owned();
        assert_eq!(keys(&config).level, Level::Ok);
        std::fs::write(folder.path().join("shiming.sqlite3"), "").expect("written");
        assert_eq!(keys(&config).level, Level::Fail);
        assert_eq!(
            std::fs::read_dir(folder.path()).expect("readable").count(),
            1
        );
    }
}
