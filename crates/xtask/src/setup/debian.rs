//! Programs that the system's package manager brings.

use std::path::Path;

use anyhow::{Result, bail};

use crate::shell;

/// A program and the Debian package that holds it.
struct Tool {
    program: &'static str,
    package: &'static str,
    why: &'static str,
}

const ALWAYS: &[Tool] = &[
    Tool {
        program: "node",
        package: "nodejs",
        why: "builds the pages",
    },
    Tool {
        program: "npm",
        package: "npm",
        why: "brings the pages' packages and the face models",
    },
    Tool {
        program: CHINESE_FONT,
        package: "fonts-noto-cjk",
        why: "holds the letters of certificates",
    },
];

const FOR_TESTS: &[Tool] = &[
    Tool {
        program: "chromium",
        package: "chromium",
        why: "runs the pages in the browser tests",
    },
    Tool {
        program: "initdb",
        package: "postgresql",
        why: "makes the throwaway cluster of the storage tests",
    },
    Tool {
        program: "nginx",
        package: "nginx-light",
        why: "stands in front of two nodes in their tests",
    },
    Tool {
        program: "sshd",
        package: "openssh-server",
        why: "is the bank's SFTP server in the tests",
    },
    Tool {
        program: "xmllint",
        package: "libxml2-utils",
        why: "validates payment messages against their schemas",
    },
];

/// A file and no program: where Debian keeps a font with Chinese letters.
const CHINESE_FONT: &str = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc";

/// Where Debian keeps PostgreSQL's programs, a folder a version, away from the path.
const POSTGRESQL: &str = "/usr/lib/postgresql";

/// Installs what is missing when that is possible without asking; otherwise says what to type.
pub fn bring(tests: bool) -> Result<()> {
    let wanted = ALWAYS.iter().chain(FOR_TESTS.iter().filter(|_| tests));
    let missing: Vec<_> = wanted.filter(|tool| !is_there(tool)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    for tool in &missing {
        println!("set-up: {} is missing; it {}", tool.program, tool.why);
    }
    install(&missing.iter().map(|tool| tool.package).collect::<Vec<_>>())
}

fn is_there(tool: &Tool) -> bool {
    match tool.program {
        CHINESE_FONT => return !shell::exists("apt-get") || Path::new(CHINESE_FONT).is_file(),
        "initdb" => return shell::exists("initdb") || debian_has_initdb(),
        // Debian keeps it where only root's path leads.
        "nginx" | "sshd" => {
            let beside = Path::new("/usr/sbin").join(tool.program);
            return shell::exists(tool.program) || beside.is_file();
        }
        _ => {}
    }
    let named = std::env::var_os("CHROMIUM").filter(|_| tool.program == "chromium");
    named.map_or_else(
        || shell::exists(tool.program),
        |path| Path::new(&path).is_file(),
    )
}

fn debian_has_initdb() -> bool {
    let versions = std::fs::read_dir(POSTGRESQL)
        .into_iter()
        .flatten()
        .flatten();
    versions
        .map(|version| version.path().join("bin/initdb"))
        .any(|program| program.is_file())
}

fn install(packages: &[&str]) -> Result<()> {
    let list = packages.join(" ");
    if !shell::exists("apt-get") {
        bail!(
            "install {list} with your system's package manager (these are Debian's names) and call ./x again"
        );
    }
    if shell::answer("id", &["-u"]).as_deref() != Some("0") {
        bail!("type `sudo apt-get install -y --no-install-recommends {list}` and call ./x again");
    }
    apt_get(&["update"])?;
    apt_get(&[&["install", "-y", "--no-install-recommends"], packages].concat())
}

fn apt_get(arguments: &[&str]) -> Result<()> {
    let mut command = shell::program("apt-get", arguments);
    shell::run(command.env("DEBIAN_FRONTEND", "noninteractive"))
}
