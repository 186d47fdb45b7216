//! `verified_claims` (`OpenID` Connect for Identity Assurance 1.0) with an `authority` entry (eKYC-IDA Authority extension, draft):
//! what we say of a credential, and what we take of what a sister platform says.

use chrono::{DateTime, Duration, Utc};
use serde_json::{Map, Value, json};
use shiming_identifiers::{EnterpriseName, PersonName, Uscc};
use shiming_verification::{
    credential::Credential,
    ids::IssuerId,
    sync::{Imported, IssuerPolicy, StatusReference, SyncSource, VerifiedElements},
    words::{AssuranceLevel, Realm, SubjectType},
};

/// The rules by which real enterprises are verified here.
pub const LIVE_FRAMEWORK: &str = "cn_enterprise_real_name";
/// The same with synthetic enterprises, of demonstrations and test keys; nobody should trust it outside of tests.
pub const DEMO_FRAMEWORK: &str = "cn_enterprise_real_name_demo";
/// How far another server's clock may be ahead of ours.
const SKEW: Duration = Duration::minutes(5);

/// The trust framework of a realm.
#[must_use]
pub const fn framework(realm: Realm) -> &'static str {
    match realm {
        Realm::Live => LIVE_FRAMEWORK,
        Realm::Demo | Realm::Test => DEMO_FRAMEWORK,
    }
}

fn word(level: AssuranceLevel) -> &'static str {
    match level {
        AssuranceLevel::RegistryOnly => "registry_only",
        AssuranceLevel::BankTransfer => "bank_transfer",
        AssuranceLevel::LegalRepFace => "legal_rep_face",
    }
}

fn level(word: &str) -> Option<AssuranceLevel> {
    serde_json::from_value(json!(word)).ok()
}

/// What a relying party asks for (`claims` parameter): for each place, the `verified_claims` request if there is one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ClaimsRequest {
    /// In the ID token.
    pub id_token: Option<Value>,
    /// From the `UserInfo` endpoint.
    pub userinfo: Option<Value>,
}

impl ClaimsRequest {
    /// Reads the parameter. `None` if it is no JSON object.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let value: Map<String, Value> = serde_json::from_str(text).ok()?;
        let of = |place: &str| value.get(place)?.get("verified_claims").cloned();
        Some(Self {
            id_token: of("id_token"),
            userinfo: of("userinfo"),
        })
    }
}

/// The request that we make as a relying party: no ID number, no more than is needed.
#[must_use]
pub fn request(policy: &IssuerPolicy) -> Value {
    json!({ "id_token": { "verified_claims": {
        "verification": {
            "trust_framework": { "values": policy.trust_frameworks },
            "assurance_level": null,
            "time": { "max_age": i64::from(policy.max_age_days) * 86_400 },
            "verification_process": null,
        },
        "claims": { "name": null, "authority": null },
    } } })
}

/// What is said of a credential, as far as it was asked for. `None` where a wished-for constraint can't be met: then nothing is
/// said at all, and not a part of it.
#[must_use]
pub fn verified_claims(
    credential: &Credential,
    asked: &Value,
    now: DateTime<Utc>,
) -> Option<Value> {
    let requests = match asked {
        Value::Array(list) => list.iter().collect(),
        one => vec![one],
    };
    requests
        .into_iter()
        .find_map(|one| answer(credential, one, now))
}

fn answer(credential: &Credential, asked: &Value, now: DateTime<Utc>) -> Option<Value> {
    let wished = asked.get("verification")?;
    let verification = verification(credential);
    let met = |name: &str| {
        let wish = wished.get(name);
        wish.is_none_or(|wish| meets(&verification[name], wish, now))
    };
    if !(met("trust_framework") && met("assurance_level") && met("time")) {
        return None;
    }
    if !evidence_meets(&verification["evidence"], wished.get("evidence")) {
        return None;
    }
    let wanted = asked.get("claims")?.as_object()?;
    let all = person_and_authority(credential);
    let given: Map<String, Value> = all
        .into_iter()
        .filter(|(name, _)| wanted.contains_key(name))
        .collect();
    (!given.is_empty()).then(|| json!({ "verification": verification, "claims": given }))
}

/// Whether a value meets `value`, `values` or `max_age` (section 6 of the specification).
fn meets(is: &Value, wish: &Value, now: DateTime<Utc>) -> bool {
    let Some(wish) = wish.as_object() else {
        return wish.is_null();
    };
    let value = wish.get("value").is_none_or(|value| value == is);
    let values = wish
        .get("values")
        .is_none_or(|values| values.as_array().is_some_and(|values| values.contains(is)));
    let fresh = wish.get("max_age").is_none_or(|most| {
        let at = is.as_str().and_then(|at| at.parse::<DateTime<Utc>>().ok());
        let most = most.as_i64().and_then(Duration::try_seconds);
        at.zip(most).is_some_and(|(at, most)| now - at <= most)
    });
    value && values && fresh
}

fn evidence_meets(evidence: &Value, wishes: Option<&Value>) -> bool {
    let Some(wishes) = wishes.and_then(Value::as_array) else {
        return true;
    };
    wishes.iter().all(|wish| {
        let kind = wish.get("type").and_then(|kind| kind.get("value"));
        let of_kind = |each: &Value| kind.is_none_or(|kind| &each["type"] == kind);
        evidence
            .as_array()
            .is_some_and(|list| list.iter().any(of_kind))
    })
}

fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

fn verification(credential: &Credential) -> Value {
    // What was itself imported says by whose rules and when it was verified at the source.
    let source = credential.source.as_ref();
    let at = time(source.map_or(credential.verified_at, |source| source.verified_at));
    let process = credential.case.to_string();
    let record = |method: &str, id: String, kind: &str, name: &str| {
        json!({
            "type": "electronic_record",
            "check_details": [{ "check_method": method, "organization": name, "check_id": id, "time": at }],
            "record": { "type": kind, "source": { "name": name, "country_code": "CN" } },
        })
    };
    let mut evidence = vec![record(
        "data",
        format!("{process}/registry"),
        "cn_business_registry",
        "企业登记信息核验",
    )];
    if credential.assurance == AssuranceLevel::LegalRepFace {
        evidence.push(record(
            "bvr",
            format!("{process}/face"),
            "cn_population_register",
            "居民身份核验",
        ));
    }
    json!({
        "trust_framework": framework(credential.realm),
        "assurance_level": word(credential.assurance),
        "time": at,
        "verification_process": process,
        "evidence": evidence,
    })
}

fn person_and_authority(credential: &Credential) -> Map<String, Value> {
    let elements = &credential.claim;
    let uscc = elements.uscc.as_str();
    let authority = json!([{
        "applies_to": {
            "organization_name": elements.enterprise_name.as_str(),
            "registration_number": uscc,
            "legal_jurisdiction": "CN",
            "organisation_status": "Active",
            "organization_identifiers": [
                { "identifier_type": "USCC", "identifier": uscc, "issuer": "SAMR" },
            ],
        },
        "permission": [{
            "role": "legal_representative",
            "validity": [{ "start": time(credential.verified_at) }],
        }],
        "granted_by": {
            "method": "appointment",
            "granting_body": "SAMR",
            "reason": "registered legal representative",
        },
    }]);
    Map::from_iter([
        (
            "name".to_owned(),
            json!(elements.legal_representative.as_str()),
        ),
        ("authority".to_owned(), authority),
    ])
}

/// Why what a sister platform says is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unacceptable {
    /// It says nothing: the account is not verified there, or not as we ask.
    #[error("the source says nothing of this account")]
    Silent,
    /// Its rules are none that we trust.
    #[error("the source verified by another trust framework")]
    Framework,
    /// It is not sure enough.
    #[error("the source's assurance level is not accepted")]
    Assurance,
    /// It verified too long ago, or in the future.
    #[error("the source's verification is too old")]
    Age,
    /// The credit code fails our own check.
    #[error("the source names an invalid credit code")]
    Uscc,
    /// The enterprise has been struck off.
    #[error("the source says that the enterprise is not active")]
    Inactive,
    /// The person's authority has ended, or has not begun.
    #[error("the authority that the source names does not hold now")]
    Authority,
    /// A name is missing or unusable, or nobody represents the enterprise.
    #[error("the source's answer is incomplete")]
    Incomplete,
}

/// A configured issuer, as far as accepting its word needs.
#[derive(Debug, Clone)]
pub struct TrustIn<'a> {
    /// Its id here.
    pub issuer: IssuerId,
    /// Its name.
    pub name: &'a str,
    /// Its identifier.
    pub url: &'a str,
    /// What its word counts.
    pub policy: &'a IssuerPolicy,
    /// How long an imported status holds at most.
    pub longest: Duration,
}

/// Takes what an issuer says, if its policy lets it in.
///
/// # Errors
/// [`Unacceptable`].
pub fn accept(
    said: Option<&Value>,
    subject: &str,
    status: Option<&Value>,
    trust: &TrustIn,
    now: DateTime<Utc>,
) -> Result<Imported, Unacceptable> {
    let entries = match said.ok_or(Unacceptable::Silent)? {
        Value::Array(list) => list.iter().collect(),
        one => vec![one],
    };
    let mut worst = Unacceptable::Silent;
    for entry in entries {
        match accept_one(entry, subject, status, trust, now) {
            Ok(imported) => return Ok(imported),
            Err(why) => worst = why,
        }
    }
    Err(worst)
}

fn accept_one(
    entry: &Value,
    subject: &str,
    status: Option<&Value>,
    trust: &TrustIn,
    now: DateTime<Utc>,
) -> Result<Imported, Unacceptable> {
    let verification = &entry["verification"];
    let text = |name: &str| verification[name].as_str();
    let framework =
        text("trust_framework").filter(|f| trust.policy.trust_frameworks.iter().any(|t| t == f));
    let framework = framework.ok_or(Unacceptable::Framework)?;
    let claimed = text("assurance_level").and_then(level);
    let claimed = claimed.filter(|level| *level >= trust.policy.least_assurance);
    let claimed = claimed.ok_or(Unacceptable::Assurance)?;
    let at: DateTime<Utc> = text("time")
        .and_then(|at| at.parse().ok())
        .ok_or(Unacceptable::Age)?;
    let oldest = now - Duration::days(i64::from(trust.policy.max_age_days));
    if at < oldest || at > now + SKEW {
        return Err(Unacceptable::Age);
    }
    let process = text("verification_process").filter(|id| !id.is_empty() && id.len() <= 128);
    let process = process.ok_or(Unacceptable::Incomplete)?;
    let authority = representation(&entry["claims"])?;
    Ok(Imported {
        elements: elements(&entry["claims"]["name"], &authority["applies_to"])?,
        assurance: claimed.min(trust.policy.highest_assurance),
        source: SyncSource {
            issuer: trust.issuer,
            issuer_name: trust.name.to_owned(),
            issuer_url: trust.url.to_owned(),
            subject: subject.to_owned(),
            trust_framework: framework.to_owned(),
            verification_process: process.to_owned(),
            verified_at: at,
            expires_at: end(authority, now + trust.longest, now)?,
            status: status.and_then(status_reference),
        },
    })
}

/// The entry that makes the person a legal representative (eKYC-IDA Authority extension).
fn representation(claims: &Value) -> Result<&Value, Unacceptable> {
    let entries = claims["authority"].as_array().into_iter().flatten();
    let mut fit = entries.filter(|entry| permissions(entry).next().is_some());
    fit.next().ok_or(Unacceptable::Incomplete)
}

fn permissions(authority: &Value) -> impl Iterator<Item = &Value> {
    let all = authority["permission"].as_array().into_iter().flatten();
    all.filter(|each| each["role"] == "legal_representative")
}

/// When the imported status ends: after our own time, or when the authority does, if that is sooner.
fn end(
    authority: &Value,
    ours: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>, Unacceptable> {
    let windows = |each: &Value| each["validity"].as_array().cloned().unwrap_or_default();
    let windows: Vec<Value> = permissions(authority).flat_map(windows).collect();
    if windows.is_empty() {
        return Ok(ours);
    }
    let ends = windows
        .iter()
        .filter_map(|window| window_end(window, ours, now));
    ends.max()
        .map(|end| end.min(ours))
        .ok_or(Unacceptable::Authority)
}

/// `None` if it is not this window that is open now.
fn window_end(window: &Value, open: DateTime<Utc>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let moment = |name: &str| match &window[name] {
        Value::Null => Some(None),
        text => text.as_str()?.parse::<DateTime<Utc>>().ok().map(Some),
    };
    let (start, end) = (moment("start")?, moment("end")?.unwrap_or(open));
    let begun = start.is_none_or(|start| start <= now + SKEW);
    (begun && end > now).then_some(end)
}

fn status_reference(status: &Value) -> Option<StatusReference> {
    let list = &status["status_list"];
    Some(StatusReference {
        idx: list["idx"].as_u64()?,
        uri: list["uri"].as_str()?.to_owned(),
    })
}

fn elements(name: &Value, organisation: &Value) -> Result<VerifiedElements, Unacceptable> {
    let text = |value: &Value| {
        let text = value.as_str().map(str::to_owned);
        text.ok_or(Unacceptable::Incomplete)
    };
    let number = text(&organisation["registration_number"])?;
    let uscc = Uscc::parse(&number).map_err(|_| Unacceptable::Uscc)?;
    if !is_one_and_chinese(organisation, &uscc) {
        return Err(Unacceptable::Uscc);
    }
    let status = &organisation["organisation_status"];
    if !status.is_null() && status != "Active" {
        return Err(Unacceptable::Inactive);
    }
    let enterprise = text(&organisation["organization_name"])?;
    let person = text(name)?;
    Ok(VerifiedElements {
        subject: subject_of(&uscc),
        enterprise_name: EnterpriseName::parse(&enterprise)
            .map_err(|_| Unacceptable::Incomplete)?,
        legal_representative: PersonName::parse(&person).map_err(|_| Unacceptable::Incomplete)?,
        uscc,
        id_number: None,
    })
}

/// Whether everything that is said of the organisation's identity means the same credit code.
fn is_one_and_chinese(organisation: &Value, uscc: &Uscc) -> bool {
    let jurisdiction = &organisation["legal_jurisdiction"];
    let identifiers = organisation["organization_identifiers"].as_array();
    let same = |each: &Value| {
        let code = each["identifier"].as_str().map(Uscc::parse);
        code.is_some_and(|code| code.as_ref() == Ok(uscc))
    };
    (jurisdiction.is_null() || jurisdiction == "CN")
        && identifiers
            .into_iter()
            .flatten()
            .filter(|each| each["identifier_type"] == "USCC")
            .all(same)
}

/// GB 32100-2015, table 1: codes of individual businesses registered by the market regulator begin with 92.
fn subject_of(uscc: &Uscc) -> SubjectType {
    if uscc.as_str().starts_with("92") {
        SubjectType::IndividualBusiness
    } else {
        SubjectType::Enterprise
    }
}

/// The claims of a portable credential: those that stay in the clear, and those that the holder may hold back.
#[must_use]
pub fn portable(
    credential: &Credential,
    issuer: &str,
    status: &StatusReference,
    expires_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> (Map<String, Value>, Vec<(&'static str, Value)>) {
    let elements = &credential.claim;
    let plain = json!({
        "iss": issuer,
        "vct": format!("{issuer}/credentials/verified-enterprise/v1"),
        "iat": now.timestamp(),
        "exp": expires_at.timestamp(),
        "status": { "status_list": { "idx": status.idx, "uri": status.uri } },
        "trust_framework": framework(credential.realm),
        "organization_name": elements.enterprise_name.as_str(),
        "legal_jurisdiction": "CN",
        "assurance_level": word(credential.assurance),
        "verified_at": time(credential.verified_at),
        "verification_process": credential.case.to_string(),
    });
    let Value::Object(plain) = plain else {
        unreachable!("written as an object above")
    };
    let hidden = vec![
        ("registration_number", json!(elements.uscc.as_str())),
        (
            "legal_representative_name",
            json!(elements.legal_representative.as_str()),
        ),
    ];
    (plain, hidden)
}
