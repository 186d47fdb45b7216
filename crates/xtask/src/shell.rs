//! Running other programs.

use std::{
    ffi::OsStr,
    io::{BufRead as _, BufReader, Read, Write as _},
    path::Path,
    process::{Command, Stdio},
    sync::{Arc, Mutex},
    thread,
};

use anyhow::{Context as _, Result, bail};

use crate::project;

/// A program to be run in the checkout.
pub fn program(name: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(name);
    command
        .args(arguments)
        .current_dir(project::root())
        .stdin(Stdio::null());
    command
}

/// The same in a folder of the checkout.
pub fn program_in(folder: &str, name: &str, arguments: &[&str]) -> Command {
    let mut command = program(name, arguments);
    command.current_dir(project::path(folder));
    command
}

/// Runs it; an error names the command line, so that it can be repeated by hand.
pub fn run(command: &mut Command) -> Result<()> {
    let line = printed(command);
    let status = command
        .status()
        .with_context(|| format!("`{line}` can't be started"))?;
    if !status.success() {
        bail!("`{line}` failed ({status})");
    }
    Ok(())
}

/// Runs it, shows its output while it comes, and returns it together with whether the program succeeded.
pub fn watch(command: &mut Command) -> Result<(bool, String)> {
    let line = printed(command);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command
        .spawn()
        .with_context(|| format!("`{line}` can't be started"))?;
    let seen = Arc::new(Mutex::new(String::new()));
    let readers = [
        child.stdout.take().map(|out| copy(out, Arc::clone(&seen))),
        child.stderr.take().map(|err| copy(err, Arc::clone(&seen))),
    ];
    let status = child.wait()?;
    for reader in readers.into_iter().flatten() {
        // A reader only ends early when this process's own output is closed.
        let _ = reader.join();
    }
    let text = seen.lock().map(|text| text.clone()).unwrap_or_default();
    Ok((status.success(), text))
}

fn copy(source: impl Read + Send + 'static, seen: Arc<Mutex<String>>) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        for line in BufReader::new(source).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line);
            let _ = writeln!(std::io::stdout(), "{line}");
            if let Ok(mut seen) = seen.lock() {
                seen.push_str(&line);
                seen.push('\n');
            }
        }
    })
}

/// What the program prints, or `None` if it is not there or fails.
pub fn answer(name: &str, arguments: &[&str]) -> Option<String> {
    let output = program(name, arguments)
        .stderr(Stdio::null())
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Whether a program can be found.
pub fn exists(name: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(name).is_file())
}

fn printed(command: &Command) -> String {
    let words = [command.get_program()]
        .into_iter()
        .chain(command.get_args())
        .map(OsStr::to_string_lossy);
    let line = words.collect::<Vec<_>>().join(" ");
    match command
        .get_current_dir()
        .filter(|folder| *folder != project::root())
    {
        Some(folder) => format!("cd {} && {line}", relative(folder)),
        None => line,
    }
}

fn relative(folder: &Path) -> String {
    folder
        .strip_prefix(project::root())
        .unwrap_or(folder)
        .display()
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::{exists, program, program_in, run, watch};

    #[test]
    fn a_failure_names_the_line_to_repeat() {
        let error = run(&mut program_in("web", "false", &["--now"]))
            .expect_err("it fails")
            .to_string();
        assert!(error.contains("`cd web && false --now`"), "{error}");
    }

    #[test]
    fn output_of_both_kinds_is_kept() {
        let (ok, text) = watch(&mut program(
            "sh",
            &["-c", "echo out; echo err >&2; exit 3"],
        ))
        .expect("it runs");
        assert!(!ok);
        assert!(text.contains("out\n") && text.contains("err\n"), "{text}");
    }

    #[test]
    fn programs_are_found_by_name() {
        assert!(exists("sh"));
        assert!(!exists("a-program-that-nobody-has"));
    }
}
