//! A server to measure: database, keys, a platform with a key, a registry.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use anyhow::{Context as _, Result, ensure};
use shiming_testbed::{free_port, wait_for_port};

use crate::applicants::enterprise;

/// A folder with everything that a server keeps, and how it is set.
pub struct Place {
    pub folder: tempfile::TempDir,
    settings: Vec<(&'static str, String)>,
    /// Of the platform's program.
    pub key: String,
}

/// The server's process; it ends when dropped.
pub struct Server {
    pub origin: String,
    process: Child,
}

impl Place {
    /// With the database at this URL, or an embedded one.
    pub fn new(url: Option<String>, enterprises: u32) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let models = std::env::current_dir()?.join("models");
        let mut settings = vec![
            (
                "SHIMING_DATA_DIR",
                folder.path().join("data").display().to_string(),
            ),
            ("SHIMING_MODELS", models.display().to_string()),
            ("SHIMING_TLS_MODE", "off".to_owned()),
            ("SHIMING_PUBLIC_URL", "https://verify.example.cn".to_owned()),
            ("SHIMING_LOG", "warn".to_owned()),
            ("SHIMING_API_PER_SECOND", "1000000".to_owned()),
            ("SHIMING_API_BURST", "1000000".to_owned()),
        ];
        settings.extend(url.map(|url| ("SHIMING_DATABASE_URL", url)));
        let mut place = Self {
            folder,
            settings,
            key: String::new(),
        };
        place.run(&["keys", "generate"])?;
        place.run(&["migrate"])?;
        let told = place.run(&["platform", "add", "Bench"])?;
        let key = told.split_whitespace().find(|word| word.starts_with("sk_"));
        key.context("no key was printed")?
            .clone_into(&mut place.key);
        place.import(enterprises)?;
        Ok(place)
    }

    pub fn database(&self) -> PathBuf {
        self.folder.path().join("data/shiming.sqlite3")
    }

    fn import(&self, enterprises: u32) -> Result<()> {
        let mut text = "uscc,enterprise_name,legal_representative,id_number\n".to_owned();
        for n in 0..enterprises {
            let made = enterprise(n);
            let field = |name: &str| made[name].as_str().unwrap_or_default().to_owned();
            let fields = [
                "uscc",
                "enterprise_name",
                "legal_representative",
                "id_number",
            ];
            text.push_str(&fields.map(field).join(","));
            text.push('\n');
        }
        let file = self.folder.path().join("registry.csv");
        fs::write(&file, text)?;
        self.run(&["registry", "import", &file.display().to_string()])?;
        Ok(())
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.envs(self.settings.iter().map(|(name, value)| (name, value)));
        command
    }

    fn run(&self, arguments: &[&str]) -> Result<String> {
        let program = std::env::current_exe()?.with_file_name("shiming");
        let output = self.command(&program).args(arguments).output()?;
        let wrong = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{arguments:?}: {wrong}");
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Starts the server and waits until it answers.
    pub fn serve(&self, arguments: &[&str]) -> Result<Server> {
        let port = free_port();
        let process = self
            .command(&std::env::current_exe()?)
            .arg("serve")
            .args(arguments)
            .env("SHIMING_HTTP_LISTEN", format!("127.0.0.1:{port}"))
            .stdout(Stdio::null())
            .spawn()?;
        wait_for_port(port);
        Ok(Server {
            origin: format!("http://127.0.0.1:{port}"),
            process,
        })
    }
}

impl Server {
    /// Resident memory in KiB.
    pub fn resident_kib(&self) -> Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let number = line.and_then(|rest| rest.split_whitespace().next());
        Ok(number.context("no VmRSS in /proc")?.parse()?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already; then there is nothing to end.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
