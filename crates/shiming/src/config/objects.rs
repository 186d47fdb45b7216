//! Where sealed objects lie.

use std::path::PathBuf;

use confique::Config as Configuration;
use serde::{Deserialize, Serialize};

use super::{Config, Secret};

/// Which kind of place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ObjectsKind {
    /// The folder `objects` in the data directory.
    Filesystem,
    /// A bucket of an S3-compatible service.
    S3,
}

/// Evidence.
#[derive(Clone, Debug, Serialize, Configuration)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct ObjectsSection {
    /// `filesystem`: the folder `objects` in the data directory. `s3`: a bucket of an S3-compatible service, which several
    /// nodes share. Objects are encrypted before they leave the server either way.
    #[config(env = "SHIMING_OBJECTS", default = "filesystem")]
    pub store: ObjectsKind,

    /// With `s3`: address of the service, such as `https://s3.example.cn`; Amazon's own if not set.
    #[config(env = "SHIMING_S3_ENDPOINT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,

    /// With `s3`: region, by which requests are signed.
    #[config(env = "SHIMING_S3_REGION", default = "us-east-1")]
    pub region: String,

    /// With `s3`: the bucket. It has to be there.
    #[config(env = "SHIMING_S3_BUCKET")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bucket: Option<String>,

    /// With `s3`: what every object's key begins with, if the bucket is not for this server alone.
    #[config(env = "SHIMING_S3_PREFIX")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,

    /// With `s3`: whether the bucket stands in the path (`https://host/bucket/key`), as most services other than Amazon's
    /// want it, or in the host's name.
    #[config(env = "SHIMING_S3_PATH_STYLE", default = true)]
    pub path_style: bool,

    /// With `s3`: id of the access key. It needs to read, write, delete and list objects of the bucket.
    #[config(env = "SHIMING_S3_ACCESS_KEY_ID")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_key_id: Option<Secret>,

    /// With `s3`: the secret access key; meant for the environment only.
    #[config(env = "SHIMING_S3_SECRET_ACCESS_KEY")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_access_key: Option<Secret>,

    /// With `s3`: seconds that a request may take, its repetitions included.
    #[config(env = "SHIMING_S3_TIMEOUT_SECONDS", default = 10)]
    pub timeout_seconds: u64,
}

/// The place as one value that can't be half set.
#[derive(Clone, Debug)]
pub enum ObjectsPlan {
    /// A folder.
    Folder(PathBuf),
    /// A bucket.
    S3(S3Plan),
}

/// A bucket and how to reach it.
#[derive(Clone, Debug)]
pub struct S3Plan {
    /// Address of the service; Amazon's own if not set.
    pub endpoint: Option<String>,
    /// Region.
    pub region: String,
    /// Bucket.
    pub bucket: String,
    /// What every key begins with.
    pub prefix: Option<String>,
    /// Whether the bucket stands in the path.
    pub path_style: bool,
    /// Id and secret of the access key.
    pub keys: (Secret, Secret),
    /// Seconds for a request.
    pub timeout_seconds: u64,
}

/// Settings that belong together are not all there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ObjectsError {
    /// No bucket.
    #[error("objects.store is `s3`: set objects.bucket to the name of the bucket")]
    Bucket,
    /// No keys.
    #[error("objects.store is `s3`: set SHIMING_S3_ACCESS_KEY_ID and SHIMING_S3_SECRET_ACCESS_KEY")]
    Keys,
}

impl ObjectsPlan {
    /// Reads the plan from the settings.
    ///
    /// # Errors
    /// [`ObjectsError`] when the kind lacks settings that it needs.
    pub fn new(config: &Config) -> Result<Self, ObjectsError> {
        let objects = &config.objects;
        if objects.store == ObjectsKind::Filesystem {
            return Ok(Self::Folder(config.data_dir.join("objects")));
        }
        let keys = objects
            .access_key_id
            .clone()
            .zip(objects.secret_access_key.clone());
        Ok(Self::S3(S3Plan {
            endpoint: objects.endpoint.clone(),
            region: objects.region.clone(),
            bucket: objects.bucket.clone().ok_or(ObjectsError::Bucket)?,
            prefix: objects.prefix.clone(),
            path_style: objects.path_style,
            keys: keys.ok_or(ObjectsError::Keys)?,
            timeout_seconds: objects.timeout_seconds,
        }))
    }
}

#[cfg(test)]
mod tests {
    use confique::{Config as _, Layer as _};

    use super::{Config, ObjectsError, ObjectsPlan};

    fn plan(toml: &str) -> Result<ObjectsPlan, ObjectsError> {
        let written: <Config as confique::Config>::Layer = toml::from_str(toml).expect("a layer");
        let defaults = <Config as confique::Config>::Layer::default_values();
        let config = Config::from_layer(written.with_fallback(defaults)).expect("a configuration");
        ObjectsPlan::new(&config)
    }

    #[test]
    fn a_bucket_needs_its_name_and_its_keys() {
        assert!(matches!(plan(""), Ok(ObjectsPlan::Folder(_))));
        let bare = plan("[objects]\nstore = \"s3\"\n");
        assert!(matches!(bare, Err(ObjectsError::Bucket)));
        let named = "[objects]\nstore = \"s3\"\nbucket = \"evidence\"\n";
        assert!(matches!(plan(named), Err(ObjectsError::Keys)));
        let whole = format!("{named}access_key_id = \"id\"\nsecret_access_key = \"hush\"\n");
        let Ok(ObjectsPlan::S3(whole)) = plan(&whole) else {
            panic!("whole")
        };
        assert!(!format!("{whole:?}").contains("hush"));
    }
}
