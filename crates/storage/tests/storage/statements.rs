//! Every SQL statement of the repositories is run by the stories, on both engines: what a server executed is compared with
//! what the sources hold.

use std::{
    fs::{self, File},
    path::Path,
    process::Command,
    sync::{Mutex, Once},
};

/// Set in the child process: where to note statements.
const NOTES: &str = "SHIMING_STATEMENTS_TEST";
const STARTS: [&str; 5] = ["SELECT ", "INSERT ", "UPDATE ", "DELETE ", "WITH "];

/// In a process that was asked to, writes down every statement that sqlx runs.
pub fn note_if_asked() {
    static BEGUN: Once = Once::new();
    let Some(file) = std::env::var_os(NOTES) else {
        return;
    };
    BEGUN.call_once(|| {
        let file = File::options().append(true).create(true).open(file);
        tracing_subscriber::fmt()
            .with_env_filter("sqlx::query=debug")
            .with_ansi(false)
            .with_writer(Mutex::new(file.expect("a file for notes")))
            .init();
    });
}

/// The stories of SQLite run once more in a process of their own, which notes what it executes.
#[test]
fn every_statement_of_the_repositories_is_run_on_sqlite() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("notes");
    let output = Command::new(std::env::current_exe().expect("this program"))
        .arg("sqlite::")
        .env(NOTES, &file)
        .output()
        .expect("runs");
    assert!(output.status.success(), "the stories fail by themselves");
    let noted = fs::read_to_string(&file).expect("notes");
    compare("SQLite", &noted.replace("\\n", " ").replace("\\\"", "\""));
}

/// Compares with the log of a server that notes all statements.
#[cfg_attr(not(feature = "postgres-tests"), expect(dead_code))]
pub fn all_were_run_on_postgresql(log: &Path) {
    let noted = fs::read(log).expect("the server's log");
    compare("PostgreSQL", &String::from_utf8_lossy(&noted));
}

fn compare(engine: &str, noted: &str) {
    let noted = in_one_line(noted);
    let written = statements();
    assert!(
        written.len() > 50,
        "the sources hold more than {} statements",
        written.len()
    );
    let not_run = |(_, statement): &&(String, String)| !noted.contains(statement.as_str());
    let missing: Vec<_> = written
        .iter()
        .filter(not_run)
        .map(|(file, statement)| format!("{file}: {statement}"))
        .collect();
    assert!(
        missing.is_empty(),
        "no story runs these statements on {engine}; write one in tests/storage/stories:\n{}",
        missing.join("\n")
    );
}

/// Each statement (or constant part of one) in the repositories, with its file.
fn statements() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/repository");
    let mut found = Vec::new();
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("sources").flatten() {
            if entry.path().is_dir() {
                folders.push(entry.path());
                continue;
            }
            let name = entry.file_name().to_string_lossy().into_owned();
            let source = fs::read_to_string(entry.path()).expect("a source");
            for text in texts(&source) {
                let text = in_one_line(&text);
                if STARTS.iter().any(|start| text.starts_with(start)) {
                    let parts = text.split(['{', '}']).step_by(2).map(str::trim);
                    let parts = parts.filter(|part| part.len() > 8);
                    found.extend(parts.map(|part| (name.clone(), part.to_owned())));
                }
            }
        }
    }
    found
}

/// The string literals of a source file that are on no comment line. Line breaks that are escaped are taken out.
fn texts(source: &str) -> Vec<String> {
    let lines = source.lines();
    let lines: Vec<_> = lines
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect();
    let code = lines.join("\n");
    let code = code
        .replace("'\"'", " ")
        .replace("\\\n", " ")
        .replace("\\\"", "\u{1}");
    let parts = code.split('"').skip(1).step_by(2);
    parts.map(|part| part.replace('\u{1}', "\"")).collect()
}

fn in_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
