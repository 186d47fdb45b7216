//! The words on a certificate.

use chrono::{DateTime, Duration, Utc};
use shiming_certificate::Certificate;
use shiming_verification::{
    ports::{Platform, lives::Living},
    words::{EngineGrade, Method, Realm},
};

use crate::{
    language::{Language, server_text},
    state::AppState,
};

/// The certificate of a credential, in a language.
pub(super) fn certificate(
    state: &AppState,
    living: &Living,
    platform: &Platform,
    language: Language,
) -> Certificate {
    let say = |key: &str| server_text(language, key);
    let credential = &living.credential;
    let claim = &credential.claim;
    let method = match credential.method {
        Method::Face => "certificate_method_face",
        Method::Bank => "certificate_method_bank",
        Method::Sync => "certificate_method_sync",
    };
    let mut facts = vec![
        (say("certificate_uscc"), claim.uscc.as_str().to_owned()),
        (
            say("certificate_legal_representative"),
            claim.legal_representative.masked(),
        ),
        (say("certificate_method"), say(method)),
        (say("certificate_account"), credential.account.name.clone()),
        (say("certificate_verified_at"), day(credential.verified_at)),
        (say("certificate_number"), credential.id.to_string()),
    ];
    if let Some(due) = living.life.due_at {
        facts.insert(5, (say("certificate_due_at"), day(due)));
    }
    let caution = match (credential.realm, credential.grade) {
        (Realm::Demo, _) => say("certificate_demo"),
        (_, Some(EngineGrade::DemoGrade)) => say("certificate_demo_grade"),
        _ => String::new(),
    };
    let code = state.services.certificate_code(credential);
    let issued = say("certificate_issued")
        .replace("{platform}", &platform.name)
        .replace("{day}", &day(state.services.clock.now()));
    Certificate {
        language: language.tag(),
        title: say("certificate_title"),
        enterprise: claim.enterprise_name.as_str().to_owned(),
        statement: say("certificate_statement"),
        facts,
        caution,
        link: format!("{}/certificate#{code}", state.pages.portal_origin),
        link_note: say("certificate_link_note"),
        issued,
    }
}

/// The day in China.
fn day(at: DateTime<Utc>) -> String {
    (at + Duration::hours(8)).format("%Y-%m-%d").to_string()
}
