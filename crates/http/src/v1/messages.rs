//! What webhooks carry, for the OpenAPI document: thin, and the same for each family of events.

use shiming_verification::feed::PublicKind;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Components, ObjectBuilder, Ref, RefOr, Schema,
        schema::{KnownFormat, SchemaFormat, Type},
    },
};

use crate::words::{CodeName, StateName};

/// What an event of a verification is about.
#[derive(ToSchema)]
#[allow(dead_code)] // Only describes `About`.
pub struct VerificationNews {
    /// `ver_…`
    verification_id: String,
    /// Your own id of the account.
    account_id: String,
    /// The state that the verification is in after it.
    state: StateName,
    /// What went wrong; absent if nothing did.
    #[schema(nullable = false)]
    code: Option<CodeName>,
    /// `crd_…`; only where the verification has left one.
    #[schema(nullable = false)]
    credential_id: Option<String>,
}

/// What an event of a credential's life is about.
#[derive(ToSchema)]
#[allow(dead_code)] // Only describes `About`.
pub struct CredentialNews {
    /// `crd_…`
    credential_id: String,
    /// Your own id of the account.
    account_id: String,
}

/// What an event of a webhook endpoint is about.
#[derive(ToSchema)]
#[allow(dead_code)] // Only describes `About`.
pub struct EndpointNews {
    /// `whe_…`
    endpoint_id: String,
}

/// Puts the schemas of what events are about into the document.
pub fn describe(components: &mut Components) {
    let schemas = [
        (VerificationNews::name(), VerificationNews::schema()),
        (CredentialNews::name(), CredentialNews::schema()),
        (EndpointNews::name(), EndpointNews::schema()),
    ];
    for (name, schema) in schemas {
        components.schemas.insert(name.into_owned(), schema);
    }
}

/// The body of a message of this type.
pub fn body(kind: PublicKind) -> RefOr<Schema> {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let family = kind.as_str().split('.').next().unwrap_or_default();
    let about = match family {
        // It ends a verification elsewhere, and here the credential that it had left.
        "credential" | "enterprise" if kind != PublicKind::CredentialIssued => {
            CredentialNews::name()
        }
        "webhook_endpoint" => EndpointNews::name(),
        _ => VerificationNews::name(),
    };
    ObjectBuilder::new()
        .property("id", text().description(Some("`evt_…`; the `webhook-id`.")))
        .property("type", text().enum_values(Some([kind.as_str()])))
        .property(
            "timestamp",
            text().format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime))),
        )
        .property("data", Ref::from_schema_name(about))
        .required("id")
        .required("type")
        .required("timestamp")
        .required("data")
        .into()
}
