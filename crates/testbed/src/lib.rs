//! Throwaway servers for tests and benches, each the real program in a temporary folder on a port of its own; and visitors
//! of our own server, who know it by its HTTP alone.
//!
//! The programs come from `./x setup --tests`; a missing one fails with what to do.
//!
//! # Panics
//! Everything here panics when it can't do its work: a test without its server has failed.

#![allow(
    clippy::missing_panics_doc,
    clippy::disallowed_methods,
    reason = "waits for real processes in real time"
)]

pub mod applicant;
pub mod browser;
mod nginx;
mod postgres;
mod s3;
mod smtp;

pub use nginx::Nginx;
pub use postgres::{Durability, Postgres, Statements};
pub use s3::S3;
pub use smtp::{MailServer, MailTls};

use std::{
    fs::{self, File},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

/// Longer than any server needs to come up.
const PATIENCE: Duration = Duration::from_mins(1);

/// The first port to look at, and how many there are: below those that the system gives to outgoing connections, which
/// would take a port between the look and its use.
const PORTS: (u16, u16) = (15_000, 15_000);

/// A free port that no other test gets while this process lives, not even between a server's end and its next start. Tests side by
/// side begin their search at different places.
///
/// # Panics
/// No port is free.
#[must_use]
pub fn free_port() -> u16 {
    static ASKED: AtomicU32 = AtomicU32::new(0);
    static RESERVED: Mutex<Vec<File>> = Mutex::new(Vec::new());
    let asked = ASKED.fetch_add(1, Ordering::Relaxed);
    let begin = std::process::id().wrapping_mul(97).wrapping_add(asked);
    let (first, count) = PORTS;
    let (port, reserved) = (0..u32::from(count))
        .map(|step| begin.wrapping_add(step) % u32::from(count))
        .filter_map(|offset| Some(first + u16::try_from(offset).ok()?))
        .find_map(|port| Some((port, reserve(port)?)))
        .expect("a free port");
    RESERVED.lock().expect("whole").push(reserved);
    port
}

/// What keeps a port from other tests until it is dropped; `None` if one of them has it, or anybody listens there.
fn reserve(port: u16) -> Option<File> {
    let folder = std::env::temp_dir().join("shiming-test-ports");
    fs::create_dir_all(&folder).ok()?;
    let file = File::create(folder.join(port.to_string())).ok()?;
    file.try_lock().ok()?;
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).ok()?;
    Some(file)
}

/// Waits until something listens on a port.
pub fn wait_for_port(port: u16) {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    wait_until(&format!("something listens on {address}"), || {
        TcpStream::connect(address).is_ok()
    });
}

/// Asks again and again until it is so.
pub fn wait_until(what: &str, mut so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !so() {
        assert!(
            begun.elapsed() < PATIENCE,
            "waited for {} s until {what}, in vain",
            PATIENCE.as_secs()
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Sends a signal, such as `-TERM`.
pub fn signal(pid: u32, name: &str) {
    let sent = Command::new("kill").args([name, &pid.to_string()]).status();
    assert!(sent.is_ok_and(|sent| sent.success()), "kill {name} {pid}");
}

/// Whether this process is root's, which some servers refuse to be.
fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|of| of.uid() == 0)
}

/// A program on the path, or in one of these folders.
fn find(program: &str, folders: impl IntoIterator<Item = PathBuf>, remedy: &str) -> PathBuf {
    let on_path = std::env::var_os("PATH").unwrap_or_default();
    let mut places: Vec<PathBuf> = folders.into_iter().collect();
    places.extend(std::env::split_paths(&on_path));
    let there = |folder: &PathBuf| Path::new(folder).join(program);
    let found = places.iter().map(there).find(|path| path.is_file());
    found.unwrap_or_else(|| panic!("{program} is not installed: {remedy}"))
}
