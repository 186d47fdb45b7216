//! Where sealed objects lie: a folder or a bucket.

use std::{sync::Arc, time::Duration};

use anyhow::{Context as _, Result};
use object_store::{
    ClientOptions, ObjectStore, RetryConfig,
    aws::{AmazonS3, AmazonS3Builder},
    local::LocalFileSystem,
    prefix::PrefixStore,
};

use crate::{
    config::{Config, ObjectsPlan, S3Plan},
    private_file::create_private_folder,
};

/// Opens the configured place.
pub fn objects(config: &Config) -> Result<Arc<dyn ObjectStore>> {
    match ObjectsPlan::new(config)? {
        ObjectsPlan::Folder(folder) => {
            create_private_folder(&folder)
                .with_context(|| format!("the folder {} can't be used", folder.display()))?;
            Ok(Arc::new(LocalFileSystem::new_with_prefix(folder)?))
        }
        ObjectsPlan::S3(plan) => {
            let bucket = bucket(&plan).context("the S3 settings can't be used")?;
            Ok(match &plan.prefix {
                Some(prefix) => Arc::new(PrefixStore::new(bucket, prefix.as_str())),
                None => Arc::new(bucket),
            })
        }
    }
}

/// Requests give up early enough for the page that waits behind them: a photo that can't be read costs no try.
fn bucket(plan: &S3Plan) -> Result<AmazonS3, object_store::Error> {
    let patience = Duration::from_secs(plan.timeout_seconds);
    let retry = RetryConfig {
        max_retries: 3,
        retry_timeout: patience,
        ..RetryConfig::default()
    };
    let options = ClientOptions::new()
        .with_timeout(patience)
        .with_connect_timeout(patience / 2);
    let mut builder = AmazonS3Builder::new()
        .with_client_options(options)
        .with_retry(retry)
        .with_region(&plan.region)
        .with_bucket_name(&plan.bucket)
        .with_virtual_hosted_style_request(!plan.path_style)
        .with_access_key_id(plan.keys.0.expose())
        .with_secret_access_key(plan.keys.1.expose());
    if let Some(endpoint) = &plan.endpoint {
        builder = builder
            .with_endpoint(endpoint)
            .with_allow_http(endpoint.starts_with("http://"));
    }
    builder.build()
}
