//! The sections of the configuration. Doc comments are the reference that `shiming config --reference` prints.

use std::{net::SocketAddr, path::PathBuf};

use confique::Config as Configuration;
use serde::{Deserialize, Serialize};

use super::{
    ApiSection, BankSection, MetricsSection, NotificationsSection, ObjectsSection, OutboundSection,
    PolicySection, Proxy, PublicUrl, ScanSection, Secret, SsoSection, TracesSection,
    certificate::CertificateSection,
};
use super::{audit::AuditSection, retention::RetentionSection};

/// Everything that can be set.
#[derive(Clone, Debug, Serialize, Configuration)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct Config {
    /// Directory of the embedded database, keys and self-made certificates. Back it up as a whole; whoever
    /// can read it can read everything.
    #[config(env = "SHIMING_DATA_DIR", default = "data")]
    pub data_dir: PathBuf,

    /// Where the server listens and how it is reached.
    #[config(nested)]
    pub server: ServerSection,

    /// Certificates. A phone opens its camera over https only.
    #[config(nested)]
    pub tls: TlsSection,

    /// Where cases, jobs, registry and photos are kept.
    #[config(nested)]
    pub database: DatabaseSection,

    /// Where photos and other evidence lie, always encrypted.
    #[config(nested)]
    pub objects: ObjectsSection,

    /// The master keys, under which personal data are sealed.
    #[config(nested)]
    pub keys: KeysSection,

    /// The face engine.
    #[config(nested)]
    pub face: FaceSection,

    /// Limits and lifetimes of the business.
    #[config(nested)]
    pub policy: PolicySection,

    /// The audit trail.
    #[config(nested)]
    pub audit: AuditSection,

    /// For how long personal data are kept.
    #[config(nested)]
    pub retention: RetentionSection,

    /// Limits and thresholds of the face scan.
    #[config(nested)]
    pub scan: ScanSection,

    /// The bank: payments to the corporate account, and the statements that prove them.
    #[config(nested)]
    pub bank: BankSection,

    /// The platforms' own interface under `/v1`.
    #[config(nested)]
    pub api: ApiSection,

    /// Single sign-on of operators at the organisation's own identity provider (`OpenID` Connect).
    #[config(nested)]
    pub sso: SsoSection,

    /// Requests to addresses that somebody else has typed in: webhooks, sister platforms.
    #[config(nested)]
    pub outbound: OutboundSection,

    /// Messages to people, by mail and SMS.
    #[config(nested)]
    pub notifications: NotificationsSection,

    /// What the pages link to.
    #[config(nested)]
    pub pages: PagesSection,

    /// Certificates of verified enterprises, as PDF documents.
    #[config(nested)]
    pub certificate: CertificateSection,

    /// The demo platform with its synthetic companies.
    #[config(nested)]
    pub demo: DemoSection,

    /// Figures for Prometheus.
    #[config(nested)]
    pub metrics: MetricsSection,

    /// Traces for OpenTelemetry.
    #[config(nested)]
    pub traces: TracesSection,

    /// What is logged, and how. Logs hold no names, ID numbers, photos or secrets.
    #[config(nested)]
    pub log: LogSection,
}

/// Listening addresses.
#[derive(Clone, Debug, Serialize, Configuration)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct ServerSection {
    /// Address of plain http. Keep it on this machine or behind a reverse proxy: on plain http from another
    /// machine browsers offer no camera. Port 0 takes any free port.
    #[config(env = "SHIMING_HTTP_LISTEN", default = "127.0.0.1:8080")]
    pub http_listen: SocketAddr,

    /// Address of https; not used when `tls.mode` is `off`. Port 0 takes any free port.
    #[config(env = "SHIMING_HTTPS_LISTEN", default = "0.0.0.0:8443")]
    pub https_listen: SocketAddr,

    /// Address that links and QR codes begin with, such as `https://verify.example.cn`. Without it: https on
    /// this machine's first LAN address, or `http://localhost` when there is no https.
    #[config(env = "SHIMING_PUBLIC_URL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_url: Option<PublicUrl>,

    /// Reverse proxies in front, as addresses or networks such as `10.0.0.0/8`; in the environment separated by commas. From
    /// them, and from nobody else, `X-Forwarded-For` is believed: limits for one address count the sender and not the proxy.
    #[config(env = "SHIMING_PROXIES", parse_env = confique::env::parse::list_by_comma, default = [])]
    pub proxies: Vec<Proxy>,

    /// Seconds that running scans get to finish when the server is told to stop; meanwhile it begins no scan, and `/ready`
    /// says so. A scan that takes longer begins anew on another node, without a try being used.
    #[config(env = "SHIMING_DRAIN_SECONDS", default = 20)]
    pub drain_seconds: u64,

    /// Seconds that open requests get after that.
    #[config(env = "SHIMING_SHUTDOWN_SECONDS", default = 10)]
    pub shutdown_seconds: u64,
}

/// Where the certificate comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TlsMode {
    /// No https here; a reverse proxy in front does it.
    Off,
    /// Certificate and key from files.
    Files,
    /// A certificate from an ACME directory such as Let's Encrypt.
    Acme,
    /// An own certificate authority for the LAN.
    SelfMade,
}

/// Certificates.
#[derive(Clone, Debug, Serialize, Configuration)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct TlsSection {
    /// `self_made`: an own certificate authority for the LAN, kept in the data directory, whose root the page `/ca`
    /// offers for installation. `files`: `cert` and `key`, read again when they change or on SIGHUP. `acme`: from
    /// an ACME directory by TLS-ALPN-01, for which port 443 of each domain has to reach this server. `off`: plain
    /// http only.
    #[config(env = "SHIMING_TLS_MODE", default = "self_made")]
    pub mode: TlsMode,

    /// With `files`: PEM file of the certificate, followed by its intermediates.
    #[config(env = "SHIMING_TLS_CERT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cert: Option<PathBuf>,

    /// With `files`: PEM file of the private key (PKCS#8, PKCS#1 or SEC1).
    #[config(env = "SHIMING_TLS_KEY")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<PathBuf>,

    /// With `acme`: names to ask a certificate for; in the environment separated by commas.
    #[config(env = "SHIMING_ACME_DOMAINS", parse_env = confique::env::parse::list_by_comma, default = [])]
    pub acme_domains: Vec<String>,

    /// With `acme`: mail addresses that the directory may warn.
    #[config(env = "SHIMING_ACME_CONTACT", parse_env = confique::env::parse::list_by_comma, default = [])]
    pub acme_contact: Vec<String>,

    /// With `acme`: the directory.
    #[config(
        env = "SHIMING_ACME_DIRECTORY",
        default = "https://acme-v02.api.letsencrypt.org/directory"
    )]
    pub acme_directory: String,

    /// With `acme`: where account and certificate are kept; `acme` in the data directory if not set.
    #[config(env = "SHIMING_ACME_CACHE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acme_cache: Option<PathBuf>,
}

/// The database.
#[derive(Clone, Debug, Serialize, Configuration)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct DatabaseSection {
    /// `sqlite:PATH` or `postgres://USER:PASSWORD@HOST/DATABASE`; `shiming.sqlite3` in the data directory if not set. Several
    /// nodes share a PostgreSQL database.
    #[config(env = "SHIMING_DATABASE_URL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// Master keys.
#[derive(Clone, Debug, Serialize, Configuration)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct KeysSection {
    /// File of the master keys, the current one on top; `master.key` in the data directory if not set, where the
    /// first start makes one. Keep a copy elsewhere: without it, what it sealed is lost.
    #[config(env = "SHIMING_KEYS_FILE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<PathBuf>,

    /// The master keys themselves instead of a file, separated by commas; meant for the environment only, where a
    /// secret store puts them.
    #[config(env = "SHIMING_MASTER_KEYS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub master: Option<Secret>,
}

/// The face engine.
#[derive(Clone, Debug, Serialize, Configuration)]
#[config(layer_attr(serde(deny_unknown_fields)), validate = Self::thresholds_fit)]
pub struct FaceSection {
    /// Folders that may hold model sets, themselves or in a folder with the set's name; the recommended set is taken
    /// if one of them holds it whole, else the default set. In the environment separated by colons.
    #[config(
        env = "SHIMING_MODELS",
        parse_env = confique::env::parse::list_by_colon,
        default = ["models", "../shared/models"]
    )]
    pub models: Vec<PathBuf>,

    /// The onnxruntime shared library; `runtime/libonnxruntime.so` in or beside one of the folders of `models` if not
    /// set (`.dylib` on macOS).
    #[config(env = "SHIMING_ONNXRUNTIME")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runtime_library: Option<PathBuf>,

    /// Frames worked on at once; each takes one core and about 45 MB. 0: one for each core.
    #[config(env = "SHIMING_FACE_WORKERS", default = 0)]
    pub workers: usize,

    /// Threads inside one inference. 1 gives the best throughput, more the shortest wait.
    #[config(env = "SHIMING_FACE_THREADS", default = 1, validate(*threads >= 1, "at least one thread"))]
    pub threads: usize,

    /// Largest image file that is looked at, in bytes.
    #[config(env = "SHIMING_FACE_MAX_IMAGE_BYTES", default = 20_971_520)]
    pub max_image_bytes: usize,

    /// Similarity from which two faces are the same person's, instead of the model set's measured one. Set it together
    /// with `review`, `continuity` and `in_motion`, from a measurement on people like yours: `./x bench faces` prints
    /// all of it, ready to be put here.
    #[config(env = "SHIMING_FACE_ACCEPT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accept: Option<f32>,

    /// Similarity from which, below `accept`, a person has to look.
    #[config(env = "SHIMING_FACE_REVIEW")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review: Option<f32>,

    /// Similarity between the neutral frames of one scan, below which somebody else has stepped in.
    #[config(env = "SHIMING_FACE_CONTINUITY")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub continuity: Option<f32>,

    /// The same between a frame from the middle of an action and the neutral ones.
    #[config(env = "SHIMING_FACE_IN_MOTION")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_motion: Option<f32>,

    /// Name of the data set on which `accept` was measured. Set it together with the three figures below; without them
    /// results count as unrated.
    #[config(env = "SHIMING_FACE_MEASURED_ON")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub measured_on: Option<String>,

    /// Comparisons of different people in it. A false match rate of 0.0001 needs at least 30 000 to be rated.
    #[config(env = "SHIMING_FACE_IMPOSTOR_PAIRS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub impostor_pairs: Option<u64>,

    /// Share of them that reach `accept`.
    #[config(env = "SHIMING_FACE_FALSE_MATCH_RATE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub false_match_rate: Option<f64>,

    /// Upper end of its 95 % interval.
    #[config(env = "SHIMING_FACE_FALSE_MATCH_BOUND")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub false_match_bound: Option<f64>,
}

/// What the pages link to.
#[derive(Clone, Debug, Serialize, Configuration)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct PagesSection {
    /// The operator's privacy notice, linked from every page.
    #[config(env = "SHIMING_PRIVACY_URL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub privacy_url: Option<String>,

    /// Where users find help, linked from every page.
    #[config(env = "SHIMING_SUPPORT_URL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub support_url: Option<String>,
}

/// The demo platform.
#[derive(Clone, Debug, Serialize, Configuration)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct DemoSection {
    /// Seeds a demo platform with synthetic companies and serves `/demo`. Demo data are marked and kept apart from
    /// real ones; leave it off in production.
    #[config(env = "SHIMING_DEMO", default = false)]
    pub enabled: bool,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line, for collectors.
    Json,
}

/// Logging.
#[derive(Clone, Debug, Serialize, Configuration)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct LogSection {
    /// `text` for people, `json` for collectors: one object a line.
    #[config(env = "SHIMING_LOG_FORMAT", default = "text")]
    pub format: LogFormat,

    /// What is logged: a level (`warn`, `info`, `debug`), or levels by module as in `info,sqlx=warn`.
    #[config(env = "SHIMING_LOG", default = "info")]
    pub filter: String,
}
