//! Reading the configuration: environment over file over defaults.

use std::path::{Path, PathBuf};

use confique::{
    Config as _, File, FileFormat, Layer as _,
    meta::{FieldKind, Meta},
};
use serde::de::{DeserializeOwned, IntoDeserializer, value};

use super::Config;

/// Names the configuration file, like `--config`.
pub const ENV_CONFIG_FILE: &str = "SHIMING_CONFIG";

/// The file that is read when none is named, if it exists.
const DEFAULT_FILE: &str = "shiming.toml";

type Layer = <Config as confique::Config>::Layer;

/// A configuration and where it came from.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// What holds.
    pub config: Config,
    /// The file that was read, if one was.
    pub file: Option<PathBuf>,
}

/// The configuration can't be used.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The named file is not there.
    #[error("there is no configuration file {}; `shiming config --template` prints one to start from", .0.display())]
    Missing(PathBuf),
    /// A value, or the file's form, is wrong.
    #[error("the configuration is wrong (`shiming config --reference` explains every setting)")]
    Wrong(#[from] confique::Error),
}

/// Reads `file`, or `shiming.toml` in the working directory if there is one, under the environment's values.
///
/// # Errors
/// [`LoadError`] when a named file is missing, or any value is unknown or out of its range.
pub fn load(file: Option<&Path>) -> Result<Loaded, LoadError> {
    let file = match file {
        Some(file) if !file.exists() => return Err(LoadError::Missing(file.to_owned())),
        Some(file) => Some(file.to_owned()),
        None => Some(PathBuf::from(DEFAULT_FILE)).filter(|file| file.exists()),
    };
    let config = from_layers(Layer::from_env()?, file.as_deref())?;
    Ok(Loaded { config, file })
}

fn from_layers(environment: Layer, file: Option<&Path>) -> Result<Config, confique::Error> {
    let written = match file {
        Some(file) => File::with_format(file, FileFormat::Toml)
            .required()
            .load()?,
        None => Layer::empty(),
    };
    Config::from_layer(
        environment
            .with_fallback(written)
            .with_fallback(Layer::default_values()),
    )
}

/// Names beginning with `SHIMING_` that set nothing: most likely a typing error.
pub fn unknown_variables(names: impl IntoIterator<Item = String>) -> Vec<String> {
    let known = variables(&Config::META);
    let ours = |name: &String| name.starts_with("SHIMING_") && name != ENV_CONFIG_FILE;
    names
        .into_iter()
        .filter(|name| ours(name) && !known.contains(&name.as_str()))
        .collect()
}

fn variables(meta: &'static Meta) -> Vec<&'static str> {
    let of_field = |field: &'static confique::meta::Field| match field.kind {
        FieldKind::Leaf { env, .. } => env.into_iter().collect(),
        FieldKind::Nested { meta } => variables(meta),
    };
    meta.fields.iter().flat_map(of_field).collect()
}

/// Reads words that are separated by commas, each a variant of an enumeration.
pub(super) fn words_from_env<T: DeserializeOwned>(text: &str) -> Result<Vec<T>, value::Error> {
    let words = text
        .split(',')
        .map(str::trim)
        .filter(|word| !word.is_empty());
    words
        .map(|word| T::deserialize(word.into_deserializer()))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use confique::Layer as _;
    use shiming_face::scan::Action;

    use super::{Config, Layer, LoadError, from_layers, load, unknown_variables, words_from_env};
    use crate::config::TlsMode;

    fn written(toml: &str) -> Result<Config, confique::Error> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("shiming.toml");
        std::fs::write(&file, toml).expect("the file can be written");
        from_layers(Layer::empty(), Some(&file))
    }

    fn chain(error: confique::Error) -> String {
        format!("{:#}", anyhow::Error::from(error))
    }

    #[test]
    fn a_start_without_any_setting_is_a_production_start() {
        let config = from_layers(Layer::empty(), None).expect("defaults suffice");
        assert!(!config.demo.enabled);
        assert!(config.server.http_listen.ip().is_loopback());
        assert_eq!(config.tls.mode, TlsMode::SelfMade);
    }

    #[test]
    fn the_file_overrides_the_default_and_the_environment_the_file() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("shiming.toml");
        std::fs::write(&file, "[policy]\nqr_minutes = 7\nscan_minutes = 20\n").expect("written");
        let mut environment = Layer::empty();
        environment.policy.qr_minutes = Some(9);
        let policy = from_layers(environment, Some(&file))
            .expect("all values are fine")
            .policy;
        assert_eq!(
            (policy.qr_minutes, policy.scan_minutes, policy.face_tries),
            (9, 20, 3)
        );
    }

    #[test]
    fn a_misspelt_setting_is_an_error_and_not_ignored() {
        let error = written("[policy]\nqr_minuets = 7\n").expect_err("no such setting");
        assert!(chain(error).contains("qr_minuets"));
    }

    #[test]
    fn a_flashing_scan_is_refused() {
        let error = written("[scan]\ncolour_hold_ms = 100\n").expect_err("too fast");
        assert!(chain(error).contains("334"));
    }

    #[test]
    fn a_file_that_was_named_has_to_exist() {
        let missing = load(Some(Path::new("/nonexistent/shiming.toml")));
        assert!(matches!(missing, Err(LoadError::Missing(_))));
    }

    #[test]
    fn variables_that_set_nothing_are_found() {
        let names = ["SHIMING_DEMO", "SHIMING_CONFIG", "SHIMING_DEMMO", "PATH"];
        assert_eq!(
            unknown_variables(names.map(str::to_owned)),
            ["SHIMING_DEMMO"]
        );
    }

    #[test]
    fn words_of_a_list_are_checked_one_by_one() {
        assert_eq!(
            words_from_env("nod, turn_left,"),
            Ok(vec![Action::Nod, Action::TurnLeft])
        );
        assert!(words_from_env::<Action>("nod,jump").is_err());
    }
}
