//! A bank's SFTP server.

use std::{
    fs, io,
    io::ErrorKind,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use russh::{
    client::{self, Handle},
    keys::{PrivateKey, PrivateKeyWithHashAlg, PublicKey, PublicKeyOrCertificate},
};
use russh_sftp::{
    client::{Config as SftpConfig, SftpSession, error::Error as SftpError},
    protocol::StatusCode,
};
use tokio::{io::AsyncWriteExt as _, sync::Mutex, time::timeout};

use super::{Listed, Place};

/// How long the server may take to let us in.
const CONNECT: Duration = Duration::from_secs(15);
/// Seconds that one request may take.
const REQUEST_SECONDS: u64 = 15;

/// Where the server is and how it is entered.
pub struct SftpServer {
    /// Host name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// User.
    pub user: String,
    /// Private key, Ed25519 or ECDSA.
    pub key: PrivateKey,
    /// The one key by which the server may identify itself.
    pub host_key: PublicKey,
    /// The folder of the server to which paths are relative.
    pub root: String,
}

/// A text is no public host key.
#[derive(Debug, thiserror::Error)]
#[error(
    "the host key is no line like `ssh-ed25519 AAAA…`; `ssh-keyscan -t ed25519 HOST` shows it (without the host in front), to be compared with what the bank says: {0}"
)]
pub struct HostKeyError(String);

impl SftpServer {
    /// Reads a host key as `ssh-keyscan` or a `.pub` file shows it.
    ///
    /// # Errors
    /// [`HostKeyError`].
    pub fn parse_host_key(line: &str) -> Result<PublicKey, HostKeyError> {
        PublicKey::from_openssh(line.trim()).map_err(|error| HostKeyError(error.to_string()))
    }

    /// Reads a private key file, with its pass phrase if it has one.
    ///
    /// # Errors
    /// It can't be read, or is of another kind than OpenSSH, PKCS#8 or `PuTTY`.
    pub fn load_key(file: &Path, passphrase: Option<&str>) -> io::Result<PrivateKey> {
        russh::keys::load_secret_key(file, passphrase).map_err(io::Error::other)
    }
}

/// The server as a place. It is connected to when it is needed, and again when the connection has failed.
pub struct Sftp {
    server: SftpServer,
    /// Where files are fetched to.
    cache: PathBuf,
    session: Mutex<Option<Arc<Session>>>,
}

struct Session {
    sftp: SftpSession,
    /// Ends the connection when it is dropped.
    _connection: Handle<Pinned>,
}

/// Knows the server by its key.
struct Pinned(PublicKey);

impl client::Handler for Pinned {
    type Error = russh::Error;

    async fn check_server_key(
        &mut self,
        shown: &PublicKeyOrCertificate,
    ) -> Result<bool, Self::Error> {
        Ok(match shown {
            PublicKeyOrCertificate::PublicKey { key, .. } => key.key_data() == self.0.key_data(),
            PublicKeyOrCertificate::Certificate(_) => false,
        })
    }
}

impl Sftp {
    /// The server, with a folder of this machine for files that are being read.
    #[must_use]
    pub fn new(server: SftpServer, cache: &Path) -> Self {
        Self {
            server,
            cache: cache.to_owned(),
            session: Mutex::default(),
        }
    }

    async fn session(&self) -> io::Result<Arc<Session>> {
        let mut kept = self.session.lock().await;
        if let Some(session) = &*kept {
            return Ok(session.clone());
        }
        let connected = timeout(CONNECT, self.connect()).await;
        let session = connected
            .map_err(|_| io::Error::new(ErrorKind::TimedOut, "the SFTP server does not answer"))?;
        Ok(kept.insert(Arc::new(session?)).clone())
    }

    async fn connect(&self) -> io::Result<Session> {
        let server = &self.server;
        let mut config = client::Config {
            keepalive_interval: Some(Duration::from_secs(20)),
            ..client::Config::default()
        };
        // A server with several keys then shows the one that is pinned.
        config.preferred.key = vec![server.host_key.algorithm()].into();
        let pinned = Pinned(server.host_key.clone());
        let place = (server.host.as_str(), server.port);
        let mut connection = client::connect(Arc::new(config), place, pinned)
            .await
            .map_err(|error| match error {
                russh::Error::UnknownKey => io::Error::other(
                    "the SFTP server shows another key than `bank.sftp.host_key`: ask the bank before you change it",
                ),
                russh::Error::NoCommonAlgo { .. } => io::Error::other(format!(
                    "the SFTP server has no key of the kind of `bank.sftp.host_key`, or nothing else in common: {error}"
                )),
                error => io::Error::other(format!("the SFTP server can't be reached: {error}")),
            })?;
        let key = PrivateKeyWithHashAlg::new(Arc::new(server.key.clone()), None);
        let entered = connection
            .authenticate_publickey(&server.user, key)
            .await
            .map_err(io::Error::other)?;
        if !entered.success() {
            return Err(io::Error::new(
                ErrorKind::PermissionDenied,
                "the SFTP server refuses user or key",
            ));
        }
        let channel = connection
            .channel_open_session()
            .await
            .map_err(io::Error::other)?;
        channel
            .request_subsystem(true, "sftp")
            .await
            .map_err(io::Error::other)?;
        let config = SftpConfig {
            request_timeout_secs: REQUEST_SECONDS,
            ..SftpConfig::default()
        };
        let sftp = SftpSession::new_with_config(channel.into_stream(), config)
            .await
            .map_err(told)?;
        Ok(Session {
            sftp,
            _connection: connection,
        })
    }

    /// Does something on the server. Anything but an answer of its own ends the connection, so that the next call makes a
    /// new one.
    async fn on_server<T, W>(&self, work: impl FnOnce(Arc<Session>) -> W + Send) -> io::Result<T>
    where
        W: Future<Output = Result<T, SftpError>> + Send,
    {
        let session = self.session().await?;
        let result = work(session).await;
        if result
            .as_ref()
            .is_err_and(|error| !matches!(error, SftpError::Status(_)))
        {
            *self.session.lock().await = None;
        }
        result.map_err(told)
    }

    fn remote(&self, path: &str) -> String {
        match self.server.root.trim_end_matches('/') {
            "" if self.server.root.starts_with('/') => format!("/{path}"),
            "" | "." => path.to_owned(),
            root => format!("{root}/{path}"),
        }
    }

    fn cached(&self, path: &str) -> PathBuf {
        self.cache.join(path.replace('/', "_"))
    }
}

fn told(error: SftpError) -> io::Error {
    match error {
        SftpError::Status(status) => {
            let kind = match status.status_code {
                StatusCode::NoSuchFile => ErrorKind::NotFound,
                StatusCode::PermissionDenied => ErrorKind::PermissionDenied,
                _ => ErrorKind::Other,
            };
            let what = format!("the SFTP server answers: {}", status.status_code);
            io::Error::new(kind, what)
        }
        error => io::Error::other(format!("the SFTP connection broke: {error}")),
    }
}

#[async_trait]
impl Place for Sftp {
    async fn make_folder(&self, path: &str) -> io::Result<()> {
        let mut made = String::new();
        for part in path.split('/').filter(|part| !part.is_empty()) {
            made = if made.is_empty() {
                part.to_owned()
            } else {
                format!("{made}/{part}")
            };
            if !self.exists(&made).await? {
                let remote = self.remote(&made);
                self.on_server(|session| async move { session.sftp.create_dir(remote).await })
                    .await?;
            }
        }
        Ok(())
    }

    async fn write(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let (remote, bytes) = (self.remote(path), bytes.to_vec());
        self.on_server(|session| async move {
            let mut file = session.sftp.create(remote).await?;
            let broke = |error: io::Error| SftpError::IO(error.to_string());
            file.write_all(&bytes).await.map_err(broke)?;
            file.flush().await.map_err(broke)?;
            file.sync_all().await?;
            file.close().await.map_err(broke)
        })
        .await
    }

    async fn read_small(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        let remote = self.remote(path);
        let read = self
            .on_server(|session| async move { session.sftp.read(remote).await })
            .await;
        match read {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn exists(&self, path: &str) -> io::Result<bool> {
        let remote = self.remote(path);
        self.on_server(|session| async move { session.sftp.try_exists(remote).await })
            .await
    }

    async fn rename_new(&self, from: &str, to: &str) -> io::Result<()> {
        // Version 3 of the protocol never replaces, and calls that a failure without a reason.
        let (old, new) = (self.remote(from), self.remote(to));
        let renamed = self
            .on_server(|session| async move { session.sftp.rename(old, new).await })
            .await;
        match renamed {
            Err(error) if error.kind() == ErrorKind::Other && self.exists(to).await? => {
                Err(io::Error::new(ErrorKind::AlreadyExists, error))
            }
            other => other,
        }
    }

    async fn hand_out(&self, from: &str, to: &str) -> io::Result<()> {
        self.rename_new(from, to).await
    }

    async fn remove(&self, path: &str) -> io::Result<()> {
        let remote = self.remote(path);
        let removed = self
            .on_server(|session| async move { session.sftp.remove_file(remote).await })
            .await;
        match removed {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            other => other,
        }
    }

    async fn list(&self, folder: &str) -> io::Result<Vec<Listed>> {
        let remote = self.remote(folder);
        let entries = self
            .on_server(|session| async move { session.sftp.read_dir(remote).await })
            .await?;
        let files = entries.filter(|entry| entry.metadata().is_regular());
        let listed = files.map(|entry| Listed {
            name: entry.file_name(),
            size: entry.metadata().size.unwrap_or_default(),
            modified: entry.metadata().mtime.unwrap_or_default().into(),
        });
        Ok(listed.collect())
    }

    async fn fetch(&self, path: &str) -> io::Result<PathBuf> {
        let target = self.cached(path);
        fs::create_dir_all(&self.cache)?;
        let part = target.with_extension("fetching");
        let (remote, local) = (self.remote(path), part.clone());
        self.on_server(|session| async move {
            let mut from = session.sftp.open(remote).await?;
            let broke = |error: io::Error| SftpError::IO(error.to_string());
            let mut to = tokio::fs::File::create(local).await.map_err(broke)?;
            tokio::io::copy(&mut from, &mut to).await.map_err(broke)?;
            to.sync_all().await.map_err(broke)
        })
        .await?;
        fs::rename(&part, &target)?;
        Ok(target)
    }

    async fn forget(&self, path: &str) -> io::Result<()> {
        match fs::remove_file(self.cached(path)) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}
