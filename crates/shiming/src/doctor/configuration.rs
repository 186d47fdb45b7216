//! The settings, as far as they can be judged by themselves.

use shiming_face::scan::PassivePad;

use super::Finding;
use crate::config::{Config, Loaded, ObjectsPlan, TlsMode, TlsPlan, unknown_variables};

const AREA: &str = "configuration";

/// Judges the settings and the environment.
pub fn examine(loaded: &Loaded) -> Vec<Finding> {
    let source = match &loaded.file {
        Some(file) => format!("read from {}", file.display()),
        None => "no file; environment and defaults only".to_owned(),
    };
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let mut findings = vec![Finding::ok(AREA, source)];
    findings.extend(unknown_variables(names).iter().map(|name| misspelt(name)));
    findings.extend(judge(&loaded.config));
    findings
}

fn misspelt(name: &str) -> Finding {
    Finding::warn(
        AREA,
        format!("{name} sets nothing"),
        "see `shiming config --reference` for its right name",
    )
}

fn judge(config: &Config) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Err(error) = TlsPlan::new(config) {
        findings.push(Finding::fail(
            AREA,
            error.to_string(),
            "complete the section [tls], or choose another mode",
        ));
    }
    if let Err(error) = ObjectsPlan::new(config) {
        findings.push(Finding::fail(
            AREA,
            error.to_string(),
            "complete the section [objects], or set objects.store to `filesystem`",
        ));
    }
    if let Err(error) = config.sso.provider() {
        findings.push(Finding::fail(
            AREA,
            error.to_string(),
            "complete the section [sso], or leave it out",
        ));
    }
    let public = config.server.public_url.as_ref();
    if public.is_some_and(|url| !url.allows_camera()) {
        findings.push(Finding::fail(
            AREA,
            "server.public_url is plain http, where phones get no camera",
            "give it an https address",
        ));
    }
    if config.tls.mode == TlsMode::Off && public.is_none() {
        findings.push(Finding::warn(
            AREA,
            "there is no https, so no phone can scan",
            "choose another tls.mode, or set server.public_url to the https address of your reverse proxy",
        ));
    }
    if !config.server.http_listen.ip().is_loopback() && public.is_none() {
        findings.push(Finding::warn(
            AREA,
            format!(
                "plain http is open to other machines on {}",
                config.server.http_listen
            ),
            "listen on 127.0.0.1, or set server.public_url if a reverse proxy stands in front",
        ));
    }
    if config.demo.enabled {
        findings.push(Finding::warn(
            AREA,
            "the demonstration is on: every visitor may enrol as the representative of an invented company",
            "set demo.enabled = false in production",
        ));
    }
    if config.scan.passive_pad != PassivePad::Enforce {
        findings.push(Finding::warn(
            AREA,
            "presentation attacks are not refused (scan.passive_pad)",
            "set it to `enforce` in production",
        ));
    }
    findings
}

#[cfg(test)]
mod tests {
    use confique::{Config as _, Layer as _};
    use shiming_face::scan::PassivePad;

    use super::{Config, TlsMode, judge};
    use crate::doctor::Level;

    fn worst(set: impl FnOnce(&mut Config)) -> Option<Level> {
        let defaults = <Config as confique::Config>::Layer::default_values();
        let mut config = Config::from_layer(defaults).expect("every field has a default");
        set(&mut config);
        judge(&config).iter().map(|finding| finding.level).max()
    }

    #[test]
    fn the_defaults_leave_nothing_to_say() {
        assert_eq!(worst(|_| ()), None);
    }

    #[test]
    fn what_would_surprise_an_operator_is_told() {
        assert_eq!(
            worst(|config| config.demo.enabled = true),
            Some(Level::Warn)
        );
        assert_eq!(
            worst(|config| config.tls.mode = TlsMode::Off),
            Some(Level::Warn)
        );
        assert_eq!(
            worst(|config| config.tls.mode = TlsMode::Acme),
            Some(Level::Fail)
        );
        assert_eq!(
            worst(|config| config.scan.passive_pad = PassivePad::Record),
            Some(Level::Warn)
        );
        let half = |config: &mut Config| config.sso.issuer = Some("https://id.example".to_owned());
        assert_eq!(worst(half), Some(Level::Fail));
        let open = |config: &mut Config| config.server.http_listen = ([0, 0, 0, 0], 8080).into();
        assert_eq!(worst(open), Some(Level::Warn));
        let plain = |config: &mut Config| {
            config.server.public_url = "http://verify.example.cn".parse().ok();
        };
        assert_eq!(worst(plain), Some(Level::Fail));
    }
}
