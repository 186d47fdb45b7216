//! `shiming openapi`: the API's own description.

use std::process::ExitCode;

use anyhow::Result;

/// Prints the OpenAPI 3.1 document as JSON.
pub fn run() -> Result<ExitCode> {
    println!(
        "{}",
        serde_json::to_string_pretty(&shiming_http::openapi())?
    );
    Ok(ExitCode::SUCCESS)
}
