//! Configuration: one TOML file, overridden by environment variables, every value with a default that suits a
//! production start.

mod address;
mod api;
mod audit;
mod bank;
mod certificate;
mod face;
mod load;
mod notifications;
mod objects;
mod observe;
mod outbound;
mod plan;
mod policy;
mod proxy;
mod reference;
mod replay;
mod retention;
mod risk;
mod scan;
mod secrets;
mod sections;
mod sso;

pub use address::PublicUrl;
pub use api::ApiSection;
pub use bank::{BankMode, BankSection, CsvError};
pub use load::{ENV_CONFIG_FILE, Loaded, load, unknown_variables};
pub use notifications::{MailSection, MailSecurity, NotificationsSection};
pub use objects::{ObjectsPlan, ObjectsSection, S3Plan};
pub use observe::{MetricsSection, TracesSection};
pub use outbound::OutboundSection;
pub use plan::TlsPlan;
pub use policy::PolicySection;
pub use proxy::Proxy;
pub use reference::{markdown, template};
pub use scan::ScanSection;
pub use secrets::{Secret, mask_password, without_secrets};
pub use sections::{Config, FaceSection, LogFormat, LogSection, TlsMode};
pub use sso::SsoSection;
