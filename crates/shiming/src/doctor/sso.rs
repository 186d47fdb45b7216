//! Single sign-on: whether its provider can be asked.

use shiming_federation::relying::{Provider, VisitError};
use shiming_outbound::Target;
use shiming_service::operators::SsoProvider;

use super::Finding;
use crate::{config::Config, wiring::outbound_client};

const AREA: &str = "single sign-on";

/// Reads the provider's discovery document. What is half set was told with the configuration.
pub async fn examine(config: &Config) -> Vec<Finding> {
    match config.sso.provider() {
        Err(_) => Vec::new(),
        Ok(None) => vec![Finding::ok(AREA, "none; operators sign in here")],
        Ok(Some(provider)) => vec![look(&provider, config).await],
    }
}

async fn look(provider: &SsoProvider, config: &Config) -> Finding {
    let issuer = &provider.issuer;
    let Some(public) = &config.server.public_url else {
        return Finding::fail(
            AREA,
            "the provider sends browsers back to server.public_url, which is not set",
            "set server.public_url",
        );
    };
    let outbound = match outbound_client(&config.outbound) {
        Ok(client) => client,
        Err(error) => return Finding::fail(AREA, error.to_string(), "mend the section [outbound]"),
    };
    if let Err(error) = Target::parse(issuer, outbound.rules()) {
        return Finding::fail(
            AREA,
            format!("sso.issuer {issuer}: {error}"),
            "give it an https address; add a host inside your network to outbound.trusted_hosts",
        );
    }
    let registration = provider.registration(&public.to_string());
    match Provider::new(outbound).look(&registration).await {
        Ok(()) => Finding::ok(
            AREA,
            format!(
                "{issuer} answers; it sends browsers back to {}",
                registration.redirect_uri
            ),
        ),
        Err(VisitError::Forged(why)) => Finding::fail(
            AREA,
            format!("{issuer}: {why}"),
            "set sso.issuer to exactly what `issuer` says in its /.well-known/openid-configuration",
        ),
        Err(error) => Finding::fail(
            AREA,
            format!("{issuer}: {error}"),
            "check sso.issuer and the network; operators with a passkey or password still come in",
        ),
    }
}

#[cfg(test)]
mod tests {
    use confique::{Config as _, Layer as _};

    use super::{Config, examine};
    use crate::doctor::Level;

    async fn found(toml: &str) -> (Level, String) {
        let written: <Config as confique::Config>::Layer = toml::from_str(toml).expect("a layer");
        let defaults = <Config as confique::Config>::Layer::default_values();
        let config = Config::from_layer(written.with_fallback(defaults)).expect("a configuration");
        let finding = examine(&config).await.pop().expect("a finding");
        (finding.level, finding.remedy.unwrap_or_default())
    }

    fn with(issuer: &str, trusted: &str) -> String {
        format!(
            "[server]\npublic_url = \"https://kyb.example\"\n[outbound]\ntrusted_hosts = [{trusted}]\n\
             [sso]\nissuer = \"{issuer}\"\nclient_id = \"kyb\"\nclient_secret = \"s\"\nroles = [\"kyb=reviewer\"]\n"
        )
    }

    #[tokio::test]
    async fn what_keeps_operators_out_is_told_with_its_remedy() {
        assert_eq!(found("").await.0, Level::Ok);
        let (level, remedy) = found(&with("http://127.0.0.1:9", "")).await;
        assert!(
            level == Level::Fail && remedy.contains("trusted_hosts"),
            "{remedy}"
        );
        let (level, remedy) = found(&with("http://127.0.0.1:9", "\"127.0.0.1\"")).await;
        assert!(
            level == Level::Fail && remedy.contains("the network"),
            "{remedy}"
        );
        let without = with("http://127.0.0.1:9", "").replace("public_url", "#public_url");
        let (level, remedy) = found(&without).await;
        assert!(
            level == Level::Fail && remedy.contains("server.public_url"),
            "{remedy}"
        );
    }

    #[tokio::test]
    async fn a_provider_that_calls_itself_otherwise_is_found_out() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        let document = serde_json::json!({
            "issuer": format!("{origin}/"), "authorization_endpoint": format!("{origin}/a"),
            "token_endpoint": format!("{origin}/t"), "jwks_uri": format!("{origin}/k"),
            "response_types_supported": ["code"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
        });
        let pages = axum::Router::new()
            .route(
                "/.well-known/openid-configuration",
                axum::routing::get(move || async { axum::Json(document) }),
            )
            .route(
                "/k",
                axum::routing::get(|| async { axum::Json(serde_json::json!({ "keys": [] })) }),
            );
        tokio::spawn(async move { axum::serve(listener, pages).await });
        let (level, remedy) = found(&with(&origin, "\"127.0.0.1\"")).await;
        assert!(
            level == Level::Fail && remedy.contains("exactly"),
            "{remedy}"
        );
        let (level, _) = found(&with(&format!("{origin}/"), "\"127.0.0.1\"")).await;
        assert_eq!(level, Level::Ok);
    }
}
