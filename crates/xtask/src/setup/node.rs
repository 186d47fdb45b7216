//! The version of Node.

use anyhow::{Context as _, Result, bail};

use crate::shell;

/// The oldest version that the pages' tools run on.
const LEAST: (u32, u32) = (20, 19);

/// Refuses a Node that is too old, before its tools fail with riddles.
pub fn check_version() -> Result<()> {
    let version =
        shell::answer("node", &["--version"]).context("`node --version` gives no answer")?;
    let (major, minor) = LEAST;
    if parse(&version).is_none_or(|found| found < LEAST) {
        bail!("Node {version} is too old: install {major}.{minor} or newer and call ./x again");
    }
    Ok(())
}

fn parse(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.trim_start_matches('v').split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::{LEAST, parse};

    #[test]
    fn versions_are_compared_as_numbers() {
        assert!(parse("v20.20.2").is_some_and(|found| found >= LEAST));
        assert!(parse("v22.1.0").is_some_and(|found| found >= LEAST));
        assert!(parse("v20.9.0").is_some_and(|found| found < LEAST));
        assert!(parse("v18.20.4").is_some_and(|found| found < LEAST));
        assert_eq!(parse("none"), None);
    }
}
