//! Certificates from PEM files.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};

use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};

/// The PEM files can't be used.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// A file can't be read.
    #[error("{0}: {1}; check tls.cert and tls.key, and that the server's user may read them")]
    Unreadable(PathBuf, io::Error),
    /// No certificate in the file.
    #[error("the certificate file holds no readable certificate in PEM form")]
    NoCertificate,
    /// No key in the file.
    #[error(
        "the key file holds no readable private key in PEM form (an encrypted key has to be decrypted first)"
    )]
    NoKey,
    /// They do not fit.
    #[error("certificate and key can't be used together: {0}")]
    Mismatch(#[from] rustls::Error),
}

/// Builds a server's configuration from PEM texts: TLS 1.2 and 1.3, HTTP/2 and 1.1.
pub fn server_config(chain: &[u8], key: &[u8]) -> Result<Arc<ServerConfig>, FilesError> {
    let chain: Vec<_> = CertificateDer::pem_slice_iter(chain)
        .collect::<Result<_, _>>()
        .map_err(|_| FilesError::NoCertificate)?;
    if chain.is_empty() {
        return Err(FilesError::NoCertificate);
    }
    let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| FilesError::NoKey)?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// The two files, and when they were last seen to change.
pub struct PemFiles {
    cert: PathBuf,
    key: PathBuf,
    seen: Option<(SystemTime, SystemTime)>,
}

impl PemFiles {
    /// Files that were not read yet.
    #[must_use]
    pub fn new(cert: PathBuf, key: PathBuf) -> Self {
        Self {
            cert,
            key,
            seen: None,
        }
    }

    /// Reads both.
    pub fn read(&mut self) -> Result<Arc<ServerConfig>, FilesError> {
        self.seen = self.modified();
        server_config(&read(&self.cert)?, &read(&self.key)?)
    }

    /// Whether either changed since they were read.
    #[must_use]
    pub fn changed(&self) -> bool {
        self.modified() != self.seen
    }

    fn modified(&self) -> Option<(SystemTime, SystemTime)> {
        let of = |file: &Path| fs::metadata(file).and_then(|meta| meta.modified()).ok();
        Some((of(&self.cert)?, of(&self.key)?))
    }
}

fn read(file: &Path) -> Result<Vec<u8>, FilesError> {
    fs::read(file).map_err(|error| FilesError::Unreadable(file.to_owned(), error))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::{FilesError, PemFiles, server_config};
    use crate::tls::{Authority, Names};

    fn pair() -> (String, String) {
        let names = Names::wanted(Some("pc"), &[], None);
        let now = "2026-03-01T10:00:00Z".parse().expect("a time");
        let leaf = Authority::create(&names, "ab12", now)
            .expect("a root")
            .issue(&names, now)
            .expect("a leaf");
        (leaf.certificate, leaf.key)
    }

    #[test]
    fn files_that_do_not_fit_are_told_apart() {
        let ((cert, key), (_, other)) = (pair(), pair());
        assert!(server_config(cert.as_bytes(), key.as_bytes()).is_ok());
        assert!(matches!(
            server_config(b"", key.as_bytes()),
            Err(FilesError::NoCertificate)
        ));
        assert!(matches!(
            server_config(cert.as_bytes(), b"nothing"),
            Err(FilesError::NoKey)
        ));
        assert!(matches!(
            server_config(cert.as_bytes(), other.as_bytes()),
            Err(FilesError::Mismatch(_))
        ));
    }

    #[test]
    fn a_renewed_file_is_noticed() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (cert, key) = (
            folder.path().join("cert.pem"),
            folder.path().join("key.pem"),
        );
        let (first, first_key) = pair();
        std::fs::write(&cert, first).expect("written");
        std::fs::write(&key, first_key).expect("written");
        let mut files = PemFiles::new(cert.clone(), key);
        files.read().expect("usable");
        assert!(!files.changed());
        let file = std::fs::File::options()
            .write(true)
            .open(&cert)
            .expect("there");
        file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(1))
            .expect("touched");
        assert!(files.changed());
    }
}
