//! Configuration: one TOML file, overridden by environment variables, every value with a default that suits a
//! production start.

mod address;
mod load;
mod plan;
mod policy;
mod reference;
mod scan;
mod secrets;
mod sections;

pub use address::PublicUrl;
pub use load::{ENV_CONFIG_FILE, LoadError, Loaded, load, unknown_variables};
pub use plan::{PlanError, TlsPlan};
pub use policy::PolicySection;
pub use reference::{markdown, template};
pub use scan::ScanSection;
pub use secrets::{mask_password, without_secrets};
pub use sections::{
    Config, DatabaseSection, DemoSection, FaceSection, LogFormat, LogSection, PagesSection,
    ServerSection, TlsMode, TlsSection, engine_options,
};
