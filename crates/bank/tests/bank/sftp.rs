//! The same stories on a real OpenSSH server.

use std::{
    fs,
    net::TcpListener,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use shiming_bank::{
    channel::FileChannel,
    report::Reading,
    spool::{Folder, Place as _, Sftp, SftpServer, Spool},
};
use shiming_verification::ports::bank::{BankChannel as _, ChannelError, Handled, Holds};

use crate::support::{debtor, entry, folders, instruction, names, own, program, statement, unique};

/// A server that lives as long as the test, on a port of its own, with its own keys.
struct Server {
    folder: tempfile::TempDir,
    process: Option<Child>,
    port: u16,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

fn keygen(file: &Path, kind: &str) {
    let mut command = Command::new(program("ssh-keygen"));
    command
        .args(["-q", "-t", kind, "-N", "", "-C", "test", "-f"])
        .arg(file);
    assert!(command.status().expect("ssh-keygen runs").success());
}

impl Server {
    fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path();
        for key in ["host", "other", "user", "stranger"] {
            keygen(&root.join(key), "ed25519");
        }
        fs::copy(root.join("user.pub"), root.join("authorized")).expect("copied");
        fs::create_dir(root.join("bank")).expect("made");
        // sshd wants this one to exist when it runs as root.
        drop(fs::create_dir_all("/run/sshd"));
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|free| free.local_addr())
            .expect("a port")
            .port();
        let text = format!(
            "Port {port}\nListenAddress 127.0.0.1\nHostKey {root}/host\nAuthorizedKeysFile {root}/authorized\nPidFile none\n\
             StrictModes no\nUsePAM no\nPasswordAuthentication no\nPermitRootLogin yes\nSubsystem sftp internal-sftp\n",
            root = root.display()
        );
        fs::write(root.join("sshd_config"), text).expect("written");
        let mut server = Self {
            folder,
            process: None,
            port,
        };
        server.go();
        server
    }

    fn go(&mut self) {
        let log = fs::File::create(self.folder.path().join("log")).expect("a log");
        let mut command = Command::new(program("sshd"));
        command
            .args(["-D", "-e", "-f"])
            .arg(self.folder.path().join("sshd_config"));
        let process = command
            .stdin(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("sshd starts");
        self.process = Some(process);
        for _ in 0..200 {
            if std::net::TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!(
            "{}",
            fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
        );
    }

    fn stop(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }

    fn bank(&self) -> std::path::PathBuf {
        self.folder.path().join("bank")
    }

    fn key(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(format!("{name}.pub"))).expect("a key")
    }

    /// The server as a place, entered with `user`, known by the key of `host`.
    fn place(&self, user: &str, host: &str) -> Sftp {
        let file = self.folder.path().join(user);
        let _ = fs::set_permissions(&file, fs::Permissions::from_mode(0o600));
        let server = SftpServer {
            host: "127.0.0.1".to_owned(),
            port: self.port,
            user: whoami(),
            key: SftpServer::load_key(&file, None).expect("a key"),
            host_key: SftpServer::parse_host_key(&self.key(host)).expect("a key"),
            root: self.bank().display().to_string(),
        };
        Sftp::new(server, &self.folder.path().join("cache"))
    }

    fn channel(&self) -> FileChannel {
        let spool = Spool::new(Arc::new(self.place("user", "host")), folders(), unique);
        FileChannel::new(
            spool,
            debtor(),
            "示例银行".to_owned(),
            Reading {
                account: own(),
                csv: None,
            },
        )
    }
}

fn whoami() -> String {
    let output = Command::new("id").arg("-un").output().expect("id runs");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

#[tokio::test]
async fn an_instruction_is_given_once_and_answers_are_taken_in() {
    let mut server = Server::start();
    let channel = server.channel();
    let order = instruction(9);
    assert_eq!(channel.holds(&order.end_to_end).await, Ok(Holds::No));
    channel.hand_over(&order).await.expect("given");
    channel.hand_over(&order).await.expect("given before");
    let given = names(&server.bank().join("out"));
    assert_eq!(given.len(), 1);
    fs::remove_file(server.bank().join("out").join(&given[0])).expect("the bank takes it");
    server
        .channel()
        .hand_over(&order)
        .await
        .expect("another node knows as well");
    assert_eq!(names(&server.bank().join("out")), [] as [&str; 0]);
    assert_eq!(channel.holds(&order.end_to_end).await, Ok(Holds::Yes));

    let whole = statement(&entry(r#"<Amt Ccy="CNY">0.37</Amt>"#, "R1"));
    fs::write(server.bank().join("in/one.xml"), whole.replace("R1", "")).expect("written");
    assert!(
        channel.incoming().await.expect("looked").is_empty(),
        "seen for the first time"
    );
    fs::write(server.bank().join("in/one.xml"), &whole).expect("written");
    assert!(
        channel.incoming().await.expect("looked").is_empty(),
        "it has changed"
    );
    let found = channel.incoming().await.expect("looked");
    assert_eq!(found[0].records().expect("readable").count(), 1);
    channel
        .dealt_with("one.xml", Handled::Refused("line 1: bad".to_owned()))
        .await
        .expect("moved");
    assert_eq!(
        names(&server.bank().join("records/failed")),
        ["one.xml", "one.xml.report.txt"]
    );
    assert_eq!(names(&server.folder.path().join("cache")), [] as [&str; 0]);

    server.stop();
    drop(channel);
    let away = server.channel();
    assert!(matches!(
        away.holds(&order.end_to_end).await,
        Err(ChannelError::Unclear(_))
    ));
    assert!(matches!(
        away.hand_over(&instruction(10)).await,
        Err(ChannelError::NotTaken(_))
    ));
    server.go();
    away.hand_over(&instruction(10))
        .await
        .expect("given after the server is back");
    assert_eq!(names(&server.bank().join("out")).len(), 1);
}

#[tokio::test]
async fn a_hand_over_that_broke_off_is_finished_from_where_it_was() {
    let server = Server::start();
    // The folder behind the server, as if an earlier process had been killed before the last step.
    let spool = |place| Spool::new(place, folders(), unique);
    let behind = Folder::new(&server.bank());
    spool(Arc::new(behind.clone()))
        .prepare()
        .await
        .expect("prepared");
    behind
        .write("records/sent/a.xml.77.part", b"<x/>")
        .await
        .expect("written");
    behind
        .write("records/sent/a.xml.given", b"77")
        .await
        .expect("written");
    let over = spool(Arc::new(server.place("user", "host")));
    assert_eq!(over.holds("a.xml").await, Ok(Holds::No));
    over.hand_over("a.xml", b"<other/>").await.expect("given");
    let given = fs::read_to_string(server.bank().join("out/a.xml")).expect("given");
    assert_eq!(given, "<x/>", "what was staged is given, nothing else");
}

#[tokio::test]
async fn another_key_on_either_side_ends_it() {
    let server = Server::start();
    let error = server
        .place("user", "other")
        .list(".")
        .await
        .expect_err("another server");
    assert!(error.to_string().contains("host_key"), "{error}");
    let error = server
        .place("stranger", "host")
        .list(".")
        .await
        .expect_err("another user");
    assert!(error.to_string().contains("refuses"), "{error}");
    assert!(SftpServer::parse_host_key("SHA256:abc").is_err());
}
