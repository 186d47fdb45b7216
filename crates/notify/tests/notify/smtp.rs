//! Mail, handed to a real mail server.

use std::{fs, path::PathBuf, time::Duration};

use rustls::pki_types::{CertificateDer, pem::PemObject as _};
use serde_json::Value;
use shiming_notify::{Login, Security, Smtp, SmtpError, SmtpServer};
use shiming_testbed::{MailServer, MailTls, free_port};
use shiming_verification::{
    notification::Occasion,
    ports::{
        federation::SecretText,
        notifications::{Messenger as _, SendError},
    },
};

use crate::support::{LINK, REFUSE, mail};

/// A certificate for this machine that signs itself.
struct Certified {
    _folder: tempfile::TempDir,
    cert: PathBuf,
    key: PathBuf,
}

impl Certified {
    fn new() -> Self {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let (cert, key) = (
            folder.path().join("cert.pem"),
            folder.path().join("key.pem"),
        );
        fs::write(&cert, made.cert.pem()).unwrap();
        fs::write(&key, made.signing_key.serialize_pem()).unwrap();
        Self {
            _folder: folder,
            cert,
            key,
        }
    }

    fn root(&self) -> CertificateDer<'static> {
        CertificateDer::from_pem_file(&self.cert).unwrap()
    }
}

fn at(port: u16, security: Security) -> SmtpServer {
    SmtpServer {
        host: "localhost".to_owned(),
        port,
        security,
        login: None,
        from: "实名认证 <no-reply@kyb.example>".to_owned(),
        reply_to: Some("help@kyb.example".to_owned()),
        patience: Duration::from_secs(10),
        roots: Vec::new(),
    }
}

fn login(password: &str) -> Login {
    Login {
        user: "mailer".to_owned(),
        password: SecretText::new(password.to_owned()),
    }
}

fn header(mail: &Value, name: &str) -> String {
    mail["headers"][name]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

fn why(sent: Result<(), SendError>) -> String {
    match sent {
        Err(SendError::NotNow(why)) => why,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_link_arrives_as_text_and_html_and_is_on_no_list() {
    let server = MailServer::start();
    let smtp = Smtp::new(&at(server.port(), Security::None)).unwrap();
    smtp.try_out().await.unwrap();
    smtp.send(&mail(Occasion::HandOff, "zhang@example.cn"))
        .await
        .unwrap();
    let [mail] = &server.wait_for(1)[..] else {
        panic!("one mail")
    };
    assert_eq!(mail["from"], "no-reply@kyb.example");
    assert_eq!(mail["to"], serde_json::json!(["zhang@example.cn"]));
    assert_eq!(header(mail, "from"), "实名认证 <no-reply@kyb.example>");
    assert_eq!(header(mail, "reply-to"), "help@kyb.example");
    assert_eq!(header(mail, "date"), "Fri, 27 Nov 2026 02:00:00 +0000");
    assert_eq!(
        header(mail, "message-id"),
        "<0000000000000000000000000000002a@kyb.example>",
        "the same however often it is tried"
    );
    assert_eq!(header(mail, "auto-submitted"), "auto-generated");
    assert_eq!(header(mail, "list-unsubscribe"), "");
    assert_eq!(
        header(mail, "subject"),
        "示例云：请您本人刷脸，完成 示例科技（北京）有限公司 的实名认证"
    );
    assert!(mail["text"].as_str().unwrap().contains(LINK));
    assert!(mail["html"].as_str().unwrap().contains(LINK));
    assert_eq!(mail["hello"], "kyb.example");
}

#[tokio::test]
async fn a_notice_can_be_left_with_one_click() {
    let server = MailServer::start();
    let smtp = Smtp::new(&at(server.port(), Security::None)).unwrap();
    smtp.send(&mail(Occasion::GraceEnds, "zhang@example.cn"))
        .await
        .unwrap();
    let mail = server.wait_for(1).remove(0);
    assert_eq!(header(&mail, "list-unsubscribe"), format!("<{REFUSE}>"));
    assert_eq!(
        header(&mail, "list-unsubscribe-post"),
        "List-Unsubscribe=One-Click"
    );
}

#[tokio::test]
async fn over_tls_the_password_is_sent_and_never_without() {
    let certified = Certified::new();
    let files = (certified.cert.clone(), certified.key.clone());
    for (tls, security) in [
        (
            MailTls::Starttls(files.0.clone(), files.1.clone()),
            Security::Starttls,
        ),
        (
            MailTls::Implicit(files.0.clone(), files.1.clone()),
            Security::Implicit,
        ),
    ] {
        let server = MailServer::start_with(&tls, Some(("mailer", "hush")));
        let trusting = SmtpServer {
            login: Some(login("hush")),
            roots: vec![certified.root()],
            ..at(server.port(), security)
        };
        let smtp = Smtp::new(&trusting).unwrap();
        smtp.send(&mail(Occasion::Verified, "zhang@example.cn"))
            .await
            .unwrap();
        let mail = server.wait_for(1).remove(0);
        assert_eq!(
            (&mail["encrypted"], &mail["user"]),
            (&true.into(), &"mailer".into())
        );

        let stranger = SmtpServer {
            roots: Vec::new(),
            ..trusting.clone()
        };
        let distrust = Smtp::new(&stranger).unwrap().try_out().await;
        assert!(why(distrust).contains("certificate"), "{security:?}");
        let wrong = SmtpServer {
            login: Some(login("wrong")),
            ..trusting
        };
        let refused = why(Smtp::new(&wrong).unwrap().try_out().await);
        assert!(refused.contains("535"), "{refused}");
    }
}

#[tokio::test]
async fn a_server_without_starttls_gets_nothing() {
    let server = MailServer::start();
    let smtp = Smtp::new(&at(server.port(), Security::Starttls)).unwrap();
    let refused = smtp
        .send(&mail(Occasion::Verified, "zhang@example.cn"))
        .await;
    assert!(why(refused).contains("STARTTLS"));
    assert!(server.mails().is_empty());
}

#[tokio::test]
async fn an_address_is_refused_for_good_or_for_now_and_no_error_names_it() {
    let server = MailServer::start();
    let smtp = Smtp::new(&at(server.port(), Security::None)).unwrap();
    let sent = smtp
        .send(&mail(Occasion::Verified, "nobody@example.cn"))
        .await;
    assert_eq!(sent, Err(SendError::Refused("550 5.1.1".to_owned())));
    for (to, code) in [("later", "451 4.3.0"), ("foreign", "550 5.7.1")] {
        let to = format!("{to}@example.cn");
        let why = why(smtp.send(&mail(Occasion::Verified, &to)).await);
        assert_eq!(why, format!("the mail server answers {code}"));
    }
    assert!(server.mails().is_empty());
}

#[tokio::test]
async fn a_server_that_is_away_or_slow_is_said_to_be() {
    let away = Smtp::new(&at(free_port(), Security::None)).unwrap();
    let unreachable = why(away.send(&mail(Occasion::Verified, "a@example.cn")).await);
    assert!(unreachable.contains("can't be reached"), "{unreachable}");
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let slow = SmtpServer {
        host: "127.0.0.1".to_owned(),
        patience: Duration::from_millis(300),
        ..at(silent.local_addr().unwrap().port(), Security::None)
    };
    let late = Smtp::new(&slow).unwrap().try_out().await;
    assert!(why(late).contains("too long"));
}

#[test]
fn a_sender_is_a_mailbox() {
    let nobody = SmtpServer {
        from: "nobody".to_owned(),
        ..at(25, Security::None)
    };
    assert!(matches!(Smtp::new(&nobody), Err(SmtpError::From)));
    let deaf = SmtpServer {
        reply_to: Some("nobody".to_owned()),
        ..at(25, Security::None)
    };
    assert!(matches!(Smtp::new(&deaf), Err(SmtpError::ReplyTo)));
}
