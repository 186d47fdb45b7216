//! Mail, handed to the operator's mail server (RFC 6409).

use std::{fmt, time::Duration};

use async_trait::async_trait;
use lettre::{
    AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor,
    message::{
        Mailbox, MultiPart, MultiPartKind, SinglePart,
        header::{HeaderName, HeaderValue},
    },
    transport::smtp::{
        authentication::Credentials,
        client::{Certificate, CertificateStore, Tls, TlsParameters},
        extension::ClientId,
    },
};
use rustls::pki_types::CertificateDer;
use shiming_verification::{
    notification::Address,
    ports::{
        federation::SecretText,
        notifications::{Letter, Messenger, SendError},
    },
};

use crate::mail::mail;

/// How the connection is kept from being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS after a greeting in the clear (RFC 3207); a server that does not offer it is not used.
    Starttls,
    /// TLS from the first byte (RFC 8314).
    Implicit,
    /// None, for a mail server on this machine.
    None,
}

/// Name and password at the mail server. Prints neither.
#[derive(Clone)]
pub struct Login {
    /// The name.
    pub user: String,
    /// The password.
    pub password: SecretText,
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Login(…)")
    }
}

/// Where mail is handed over, and whose it is.
#[derive(Debug, Clone)]
pub struct SmtpServer {
    /// Host name, or an address of this machine.
    pub host: String,
    /// Port.
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// Name and password, if the server wants them.
    pub login: Option<Login>,
    /// The sender, such as `Shiming <no-reply@example.cn>`.
    pub from: String,
    /// Where answers go, if somebody reads them.
    pub reply_to: Option<String>,
    /// How long handing over one mail may take.
    pub patience: Duration,
    /// Certificate authorities that are trusted beside the public ones.
    pub roots: Vec<CertificateDer<'static>>,
}

/// The mail server's settings can't be used.
#[derive(Debug, thiserror::Error)]
pub enum SmtpError {
    /// The sender.
    #[error("the sender is no mailbox such as `Name <name@example.cn>`")]
    From,
    /// The address for answers.
    #[error("the address for answers is no mailbox such as `Name <name@example.cn>`")]
    ReplyTo,
    /// A further certificate authority.
    #[error("a certificate authority can't be used ({0})")]
    Roots(String),
}

/// A mail server.
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    reply_to: Option<Mailbox>,
    patience: Duration,
}

impl Smtp {
    /// A mail server that is asked when there is something to send.
    ///
    /// # Errors
    /// [`SmtpError`].
    pub fn new(server: &SmtpServer) -> Result<Self, SmtpError> {
        let from: Mailbox = server.from.parse().map_err(|_| SmtpError::From)?;
        let reply_to = server.reply_to.as_ref().map(|text| text.parse::<Mailbox>());
        let reply_to = reply_to.transpose().map_err(|_| SmtpError::ReplyTo)?;
        let domain = from.email.domain().to_owned();
        let mut transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&server.host)
            .port(server.port)
            .tls(tls(server)?)
            .hello_name(ClientId::Domain(domain))
            .timeout(Some(server.patience));
        if let Some(login) = server.login.clone() {
            let password = login.password.expose().to_owned();
            transport = transport.credentials(Credentials::new(login.user, password));
        }
        Ok(Self {
            transport: transport.build(),
            from,
            reply_to,
            patience: server.patience,
        })
    }

    /// Whether the server answers and takes name and password. Nothing is sent.
    ///
    /// # Errors
    /// [`SendError::NotNow`] with what is wrong.
    pub async fn try_out(&self) -> Result<(), SendError> {
        let asked = tokio::time::timeout(self.patience, self.transport.test_connection()).await;
        match asked {
            Ok(Ok(true)) => Ok(()),
            Ok(Ok(false)) => Err(not_now("the mail server ended the connection")),
            Ok(Err(error)) => Err(told(&error)),
            Err(_) => Err(not_now(SLOW)),
        }
    }

    fn message(&self, letter: &Letter, to: &str) -> Result<Message, SendError> {
        let words = mail(letter);
        let to: lettre::Address = to
            .parse()
            .map_err(|_| SendError::Refused("address".to_owned()))?;
        let id = letter.id.uuid().as_simple().to_string();
        let mut builder = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(words.subject)
            .date(letter.at.into())
            .message_id(Some(format!("<{id}@{}>", self.from.email.domain())));
        if let Some(reply_to) = &self.reply_to {
            builder = builder.reply_to(reply_to.clone());
        }
        let parts = MultiPart::builder()
            .kind(MultiPartKind::Alternative)
            .boundary(format!("=_{id}"))
            .singlepart(SinglePart::plain(words.text))
            .singlepart(SinglePart::html(words.html));
        let mut message = builder
            .multipart(parts)
            .map_err(|error| not_now(error.to_string()))?;
        for (name, value) in headers(letter) {
            let header = HeaderValue::new(HeaderName::new_from_ascii_str(name), value);
            message.headers_mut().insert_raw(header);
        }
        Ok(message)
    }
}

/// RFC 3834 keeps holiday notices from answering. RFC 8058 gives mail programs a button to leave the list with; a link that
/// somebody asked for is on no list.
fn headers(letter: &Letter) -> Vec<(&'static str, String)> {
    let mut headers = vec![
        ("Auto-Submitted", "auto-generated".to_owned()),
        ("X-Auto-Response-Suppress", "All".to_owned()),
    ];
    if !letter.occasion.is_transactional() {
        headers.extend([
            ("List-Unsubscribe", format!("<{}>", letter.refuse_url)),
            (
                "List-Unsubscribe-Post",
                "List-Unsubscribe=One-Click".to_owned(),
            ),
        ]);
    }
    headers
}

fn tls(server: &SmtpServer) -> Result<Tls, SmtpError> {
    let wrong = |error: lettre::transport::smtp::Error| SmtpError::Roots(error.to_string());
    let mut parameters = TlsParameters::builder(server.host.clone())
        .certificate_store(CertificateStore::WebpkiRoots);
    for root in &server.roots {
        let root = Certificate::from_der(root.to_vec()).map_err(wrong)?;
        parameters = parameters.add_root_certificate(root);
    }
    let parameters = parameters.build_rustls().map_err(wrong)?;
    Ok(match server.security {
        Security::Starttls => Tls::Required(parameters),
        Security::Implicit => Tls::Wrapper(parameters),
        Security::None => Tls::None,
    })
}

#[async_trait]
impl Messenger for Smtp {
    async fn send(&self, letter: &Letter) -> Result<(), SendError> {
        let Address::Mail(address) = &letter.to.address else {
            return Err(SendError::Refused("no mail address".to_owned()));
        };
        let message = self.message(letter, address.expose())?;
        let sent = tokio::time::timeout(self.patience, self.transport.send(message)).await;
        match sent {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(told(&error)),
            Err(_) => Err(not_now(SLOW)),
        }
    }
}

const SLOW: &str = "the mail server takes too long";

fn not_now(why: impl Into<String>) -> SendError {
    SendError::NotNow(why.into())
}

/// Replies that say that this address, or this mail, will never be taken (RFC 5321, section 4.2.3).
const NEVER: [&str; 4] = ["550", "551", "553", "554"];
/// Unless they go on so: a matter of permission or protocol, which the operator mends (RFC 3463, sections 3.6 and 3.8).
const OPERATORS: [&str; 2] = ["5.5.", "5.7."];

/// The error without the server's words, which like to repeat the address.
fn told(error: &lettre::transport::smtp::Error) -> SendError {
    let Some(code) = error.status().map(|code| code.to_string()) else {
        return not_now(unanswered(error));
    };
    let words = std::error::Error::source(error).map(ToString::to_string);
    let enhanced = words.as_deref().and_then(enhanced_code);
    let code = [Some(code.as_str()), enhanced];
    let code: Vec<&str> = code.into_iter().flatten().collect();
    let operators = OPERATORS
        .iter()
        .any(|class| enhanced.is_some_and(|code| code.starts_with(class)));
    let (never, code) = (NEVER.contains(&code[0]), code.join(" "));
    if never && !operators {
        SendError::Refused(code)
    } else {
        not_now(format!("the mail server answers {code}"))
    }
}

/// The code that many servers put before their words, such as `5.1.1` (RFC 3463).
fn enhanced_code(words: &str) -> Option<&str> {
    let first = words.split_whitespace().next()?;
    let numbers: Vec<&str> = first.split('.').collect();
    let digits = |part: &&str| {
        (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    (numbers.len() == 3 && numbers.iter().all(digits)).then_some(first)
}

fn unanswered(error: &lettre::transport::smtp::Error) -> &'static str {
    if error.is_timeout() {
        SLOW
    } else if error.is_tls() || fails_in_tls(error) {
        "the mail server's certificate is not trusted, or TLS fails"
    } else if error.is_client() {
        "the mail server does not offer what is asked of it (STARTTLS or a way to sign in)"
    } else {
        "the mail server can't be reached"
    }
}

/// The handshake's errors come as those of the connection, with the reason inside.
fn fails_in_tls(error: &lettre::transport::smtp::Error) -> bool {
    let mut cause = std::error::Error::source(error);
    while let Some(found) = cause {
        let inner = found
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref);
        if inner.is_some_and(<dyn std::error::Error + Send + Sync>::is::<rustls::Error>) {
            return true;
        }
        cause = found.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use shiming_verification::ports::federation::SecretText;

    use super::{Login, enhanced_code};

    #[test]
    fn a_login_prints_neither_name_nor_password() {
        let login = Login {
            user: "mailer".to_owned(),
            password: SecretText::new("hush".to_owned()),
        };
        assert_eq!(format!("{login:?}"), "Login(…)");
    }

    #[test]
    fn the_code_before_the_words_is_kept_and_the_words_are_not() {
        assert_eq!(
            enhanced_code("5.1.1 <a@example.cn>: unknown"),
            Some("5.1.1")
        );
        for other in ["no such user a@example.cn", "5.1 x", "a.b.c d", ""] {
            assert_eq!(enhanced_code(other), None, "{other}");
        }
    }
}
