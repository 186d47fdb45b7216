//! A real server process: its addresses, its certificate, its end. The face models have to be there (`./x setup`).
#![allow(
    clippy::disallowed_methods,
    reason = "waits for a real process in real time"
)]

use std::{
    fs,
    io::{BufRead as _, BufReader, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    path::Path,
    process::{Child, ChildStdout, Command, ExitStatus, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned,
    pki_types::{CertificateDer, ServerName, pem::PemObject as _},
};

/// Longer than any machine needs.
const PATIENCE: Duration = Duration::from_mins(1);

struct Server {
    process: Child,
    output: BufReader<ChildStdout>,
    data: tempfile::TempDir,
}

impl Server {
    fn start(settings: &[(&str, &str)]) -> Self {
        let data = tempfile::tempdir().expect("a temporary folder");
        let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
        let mut command = Command::new(env!("CARGO_BIN_EXE_shiming"));
        command
            .arg("serve")
            .env("SHIMING_DATA_DIR", data.path().join("data"))
            .env("SHIMING_MODELS", models)
            .env("SHIMING_HTTP_LISTEN", "127.0.0.1:0")
            .env("SHIMING_HTTPS_LISTEN", "127.0.0.1:0")
            .env("SHIMING_DEMO", "true")
            .envs(settings.iter().copied())
            .current_dir(data.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut process = command.spawn().expect("starts");
        let output = BufReader::new(process.stdout.take().expect("piped"));
        Self {
            process,
            output,
            data,
        }
    }

    /// Reads what is printed at the start until the port after this text.
    fn port_after(&mut self, text: &str) -> u16 {
        let mut line = String::new();
        while self.output.read_line(&mut line).expect("text") > 0 {
            if let Some((_, rest)) = line.split_once(text) {
                let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
                return digits.parse().expect("a port");
            }
            line.clear();
        }
        let mut errors = String::new();
        let _ = self
            .process
            .stderr
            .take()
            .expect("piped")
            .read_to_string(&mut errors);
        panic!("the server ended without {text:?}: {errors}");
    }

    /// Lets it come up, and goes on with it running.
    fn with(mut self, wait: impl FnOnce(&mut Self) -> u16) -> Self {
        wait(&mut self);
        self
    }

    fn signal(&self, name: &str) {
        let id = self.process.id().to_string();
        let sent = Command::new("kill")
            .args([name, &id])
            .status()
            .expect("kill runs");
        assert!(sent.success());
    }

    fn end(&mut self) -> ExitStatus {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if let Some(status) = self.process.try_wait().expect("a child") {
                return status;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("the server does not end");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn connect(port: u16) -> TcpStream {
    let stream =
        TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).expect("answers");
    stream.set_read_timeout(Some(PATIENCE)).expect("set");
    stream
}

fn get(mut stream: impl Read + Write, path: &str) -> String {
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    )
    .expect("sent");
    let mut answer = Vec::new();
    // A server may end TLS without saying so once it has answered.
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

/// A connection as a phone makes it that has installed the root.
fn secure(
    port: u16,
    root: &str,
    name: &str,
) -> Result<StreamOwned<ClientConnection, TcpStream>, std::io::Error> {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(root.as_bytes()).expect("a certificate"))
        .expect("a root");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(name.to_owned()).expect("a name");
    let connection = ClientConnection::new(Arc::new(config), name).expect("a connection");
    let mut stream = StreamOwned::new(connection, connect(port));
    stream.conn.complete_io(&mut stream.sock)?;
    Ok(stream)
}

#[test]
fn a_first_start_answers_on_both_ports_and_ends_when_told_to() {
    let mut server = Server::start(&[]);
    let http = server.port_after("http://localhost:");
    let health = get(connect(http), "/health");
    assert!(
        health.starts_with("HTTP/1.1 200") && health.contains("ok"),
        "{health}"
    );

    let data = server.data.path().join("data");
    let root = fs::read_to_string(data.join("tls/root.pem")).expect("made");
    let offered = get(connect(http), "/ca.pem");
    assert!(
        offered.contains(root.trim()),
        "the root on the disk is the root that is offered"
    );

    server.signal("-TERM");
    assert!(server.end().success());
}

#[test]
fn https_is_trusted_by_whoever_installed_the_root_and_by_nobody_else() {
    let mut server = Server::start(&[("SHIMING_PUBLIC_URL", "https://pc.lan:8443")]);
    let port = server.port_after("https://localhost:");
    let data = server.data.path().join("data/tls");
    let root = fs::read_to_string(data.join("root.pem")).expect("made");
    for name in ["localhost", "127.0.0.1", "pc.lan"] {
        let health = get(secure(port, &root, name).expect("trusted"), "/health");
        assert!(health.starts_with("HTTP/1.1 200"), "{name}: {health}");
    }
    assert!(secure(port, &root, "bank.example").is_err());
    let leaf = fs::read_to_string(data.join("server.pem")).expect("made");
    assert!(
        secure(port, &leaf, "localhost").is_err(),
        "the leaf is no root"
    );
}

#[test]
fn new_files_are_served_after_a_hangup() {
    let made = Server::start(&[]).with(|server| server.port_after("https://localhost:"));
    let other = Server::start(&[]).with(|server| server.port_after("https://localhost:"));
    let here = tempfile::tempdir().expect("a temporary folder");
    let (cert, key) = (here.path().join("cert.pem"), here.path().join("key.pem"));
    let put = |from: &Server| {
        let folder = from.data.path().join("data/tls");
        fs::copy(folder.join("server.pem"), &cert).expect("copied");
        fs::copy(folder.join("server.key"), &key).expect("copied");
        fs::read_to_string(folder.join("root.pem")).expect("made")
    };
    let old_root = put(&made);
    let settings = [
        ("SHIMING_TLS_MODE", "files"),
        ("SHIMING_TLS_CERT", cert.to_str().expect("text")),
        ("SHIMING_TLS_KEY", key.to_str().expect("text")),
    ];
    let mut server = Server::start(&settings);
    let port = server.port_after("https://localhost:");
    assert!(secure(port, &old_root, "localhost").is_ok());

    let new_root = put(&other);
    server.signal("-HUP");
    let begun = Instant::now();
    while secure(port, &new_root, "localhost").is_err() {
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "the new certificate is not served"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(secure(port, &old_root, "localhost").is_err());
}

#[test]
fn a_taken_port_is_told_with_the_setting_that_chooses_another() {
    let mut first = Server::start(&[("SHIMING_TLS_MODE", "off")]);
    let port = first.port_after("http://localhost:");
    let mut second = Server::start(&[("SHIMING_HTTP_LISTEN", &format!("127.0.0.1:{port}"))]);
    assert_eq!(second.end().code(), Some(1));
    let mut errors = String::new();
    second
        .process
        .stderr
        .take()
        .expect("piped")
        .read_to_string(&mut errors)
        .expect("text");
    assert!(errors.contains("server.http_listen"), "{errors}");
}
