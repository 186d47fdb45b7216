//! An applicant of the consumer, who goes to the sister platform and comes back.

use axum::http::StatusCode;
use serde_json::{Value, json};
use shiming_verification::{
    ids::IssuerId,
    ports::federation::{SecretText, TrustedIssuer},
    sync::IssuerPolicy,
    words::AssuranceLevel,
};

use super::issuer::{Asked, CLIENT, Issuer, SECRET};
use crate::support::{Browser, World, text};

/// The applicant before the portal, and the path of the case.
pub struct Visitor {
    pub pc: Browser,
    pub path: String,
}

pub fn lenient() -> IssuerPolicy {
    IssuerPolicy {
        trust_frameworks: vec!["cn_enterprise_real_name".to_owned()],
        least_assurance: AssuranceLevel::BankTransfer,
        highest_assurance: AssuranceLevel::LegalRepFace,
        max_age_days: 365,
        confirm_in_registry: true,
    }
}

/// Trusts an issuer on behalf of the demonstration's platform.
pub async fn trust(world: &World, issuer: &Issuer, policy: IssuerPolicy) -> IssuerId {
    let (_, path) = world.applicant().await;
    let case = path.rsplit('/').next().unwrap().parse().unwrap();
    let platform = world
        .services
        .cases
        .get(case)
        .await
        .unwrap()
        .account
        .platform;
    let id = IssuerId::new(world.services.fresh_id().unwrap());
    let trusted = TrustedIssuer {
        id,
        platform,
        name: "示例姐妹平台".to_owned(),
        url: issuer.url().to_owned(),
        client_id: CLIENT.to_owned(),
        client_secret: SecretText::new(SECRET.to_owned()),
        policy,
        webhook_secret: Some(SecretText::new(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned(),
        )),
    };
    world
        .storage
        .put_issuer(&trusted, world.clock_now())
        .await
        .unwrap();
    id
}

impl Visitor {
    pub async fn new(world: &World) -> Self {
        let (pc, path) = world.applicant().await;
        Self { pc, path }
    }

    /// Agrees to synchronise; answers with what the sister platform is asked.
    pub async fn sets_out(&mut self, world: &World, issuer: IssuerId) -> Asked {
        let body = json!({ "issuer_id": issuer.to_string(), "agreed": true });
        let started = self
            .pc
            .post(world, &format!("{}/sync", self.path), &body)
            .await;
        assert_eq!(started.status, StatusCode::OK, "{}", started.body);
        Asked::of(&text(&started.body["redirect_to"]))
    }

    /// Comes back with these fields; answers with where the browser is sent.
    pub async fn comes_back(&mut self, world: &World, fields: &[(&str, &str)]) -> String {
        let query: Vec<_> = fields
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let path = format!("/federation/callback?{}", query.join("&"));
        let answer = self.pc.get(world, &path).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        answer.location
    }

    /// There and back with the issuer's agreement.
    pub async fn synchronises(&mut self, world: &World, issuer: &Issuer, id: IssuerId) -> Value {
        let asked = self.sets_out(world, id).await;
        let (code, state) = (issuer.grants(&asked), asked.of_name("state").to_owned());
        let fields = [
            ("code", code.as_str()),
            ("state", &state),
            ("iss", issuer.url()),
        ];
        let to = self.comes_back(world, &fields).await;
        assert_eq!(to, self.path.replace("/portal/api/cases/", "/verify/"));
        self.view(world).await
    }

    pub async fn view(&mut self, world: &World) -> Value {
        self.pc.get(world, &self.path).await.body
    }

    /// Refused with this code: back at the choice, no try used, nothing bound.
    pub async fn was_refused(&mut self, world: &World, code: &str, what: &str) {
        let view = self.view(world).await;
        let error = &view["last_error"];
        let seen = (
            text(&view["state"]),
            text(&error["code"]),
            error["try_used"].clone(),
        );
        assert_eq!(
            seen,
            ("draft".to_owned(), code.to_owned(), json!(false)),
            "{what}: {view}"
        );
        let credential = self
            .pc
            .get(world, &format!("{}/credential", self.path))
            .await;
        assert_eq!(credential.status, StatusCode::NOT_FOUND, "{what}");
    }
}
