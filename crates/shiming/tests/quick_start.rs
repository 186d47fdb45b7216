//! The quick start, walked by somebody who has nothing but its page: every command of it, as it is printed, in both languages.
#![allow(
    clippy::disallowed_methods,
    reason = "waits for a real process in real time"
)]

use std::{
    env,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The page's shell commands, but for the one that starts the server, which the test does itself.
fn commands(language: &str) -> Vec<String> {
    let page = root()
        .join("docs/src")
        .join(language)
        .join("quick-start.md");
    let page = std::fs::read_to_string(page).expect("the page");
    let blocks = page.split("```sh\n").skip(1);
    let all: Vec<String> = blocks
        .map(|block| block.split("```").next().expect("a block ends").to_owned())
        .collect();
    assert_eq!(all[0], "./x run\n");
    all[1..].to_vec()
}

struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A server over a folder of its own; answers with its port.
fn start(data: &Path) -> (Server, u16) {
    let mut process = Command::new(env!("CARGO_BIN_EXE_shiming"))
        .arg("serve")
        .current_dir(data)
        .env("SHIMING_DATA_DIR", data.join("data"))
        .env("SHIMING_MODELS", root().join("models"))
        .env("SHIMING_HTTP_LISTEN", "127.0.0.1:0")
        .env("SHIMING_TLS_MODE", "off")
        .stdout(Stdio::piped())
        .spawn()
        .expect("starts");
    let output = process.stdout.take().expect("piped");
    let mut lines = BufReader::new(output).lines().map_while(Result::ok);
    let port = lines.by_ref().find_map(|line| {
        let (_, rest) = line.split_once("http://localhost:")?;
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok()
    });
    // It goes on printing; nobody reading would stop it.
    std::thread::spawn(move || lines.for_each(drop));
    (Server(process), port.expect("it says where it listens"))
}

fn walk(language: &str) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (_server, port) = start(folder.path());
    let script = commands(language)
        .join("\necho\n")
        .replace("http://localhost:8080", &format!("http://127.0.0.1:{port}"));
    let binaries = Path::new(env!("CARGO_BIN_EXE_shiming")).parent();
    let binaries = binaries.expect("a folder").display();
    let path = env::var("PATH").unwrap_or_default();
    let walked = Command::new("bash")
        .args(["-euc", &script])
        .current_dir(folder.path())
        .env("SHIMING_DATA_DIR", folder.path().join("data"))
        .env("PATH", format!("{binaries}:{path}"))
        .output()
        .expect("bash and curl are there");
    let said = String::from_utf8_lossy(&walked.stdout);
    let errors = String::from_utf8_lossy(&walked.stderr);
    assert!(walked.status.success(), "{said}\n{errors}");
    let last: Vec<&str> = said.lines().rev().filter(|line| !line.is_empty()).collect();
    assert!(
        last[0].contains("\"status\":\"active\""),
        "{said}\n{errors}"
    );
    assert!(said.contains("\"state\":\"verified\""), "{said}\n{errors}");
}

#[test]
fn the_quick_start_leads_to_a_verified_account() {
    walk("en");
}

#[test]
fn so_does_the_chinese_one() {
    walk("zh");
}
