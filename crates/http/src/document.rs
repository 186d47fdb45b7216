//! The OpenAPI document: what the operations say of themselves, completed by what holds for all of them, and the webhooks.

use shiming_verification::feed::PublicKind;
use utoipa::openapi::{
    Content, Header, Info, ObjectBuilder, OpenApi, Paths, Ref, RefOr, Required, Response,
    header::HeaderBuilder,
    path::{HttpMethod, Operation, OperationBuilder, ParameterBuilder, ParameterIn, PathItem},
    request_body::RequestBodyBuilder,
    response::ResponseBuilder,
    schema::Type,
};

use crate::v1;

const IDEMPOTENCY_KEY: &str = "Idempotency-Key";
/// The extension of an operation that is safe to repeat as it is.
const CHANGES_NOTHING: &str = "x-changes-nothing";
/// Media type of problem details (RFC 9457).
const PROBLEM: &str = "application/problem+json";

/// Names the operations, adds what holds for all of them, and describes the webhooks.
pub fn completed(mut document: OpenApi) -> OpenApi {
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations(item) {
            operation.operation_id = Some(operation_id(method, path));
            if path.starts_with("/v1/") {
                at_the_door(method, operation);
            }
            for (status, response) in &mut operation.responses.responses {
                if let RefOr::T(response) = response {
                    as_problem(status, response);
                    describe(status, response);
                }
            }
        }
    }
    v1::describe(&mut document);
    document.webhooks = Some(webhooks());
    document.info = Info::new("Shiming 实名", env!("CARGO_PKG_VERSION"));
    document.info.description = Some(
        "Enterprise real-name verification: the platform's API and that of the pages.".to_owned(),
    );
    document
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    [
        ("get", &mut item.get),
        ("post", &mut item.post),
        ("put", &mut item.put),
        ("patch", &mut item.patch),
        ("delete", &mut item.delete),
    ]
    .into_iter()
    .filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

/// A name that no other operation has, for generators of clients: `post_portal_api_cases_id_choice`.
fn operation_id(method: &str, path: &str) -> String {
    let words = path
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty());
    words.fold(method.to_owned(), |id, word| format!("{id}_{word}"))
}

/// What any call of a platform's program may be answered with before it reaches its operation.
fn at_the_door(method: &str, operation: &mut Operation) {
    let mut may_be = vec!["401", "403", "429", "503"];
    if method == "post" && !changes_nothing(operation) {
        may_be.push("409");
        if describe_idempotency_key(operation) == Required::True {
            may_be.push("400");
        }
    }
    let has_body = operation.request_body.is_some() || method == "post";
    if has_body {
        may_be.push("413");
    }
    if has_body || queries(operation) {
        may_be.push("422");
    }
    for status in may_be {
        let responses = &mut operation.responses.responses;
        responses
            .entry(status.to_owned())
            .or_insert_with(|| RefOr::T(problem(status)));
    }
    for (status, response) in &mut operation.responses.responses {
        if let RefOr::T(response) = response {
            tell_headers(status, response);
        }
    }
}

/// A question that is asked as a POST only to keep what it names out of addresses.
fn changes_nothing(operation: &Operation) -> bool {
    let said = operation.extensions.as_ref();
    said.is_some_and(|said| said.get(CHANGES_NOTHING) == Some(&true.into()))
}

/// Every other POST takes the key; those that name it themselves need it.
fn describe_idempotency_key(operation: &mut Operation) -> Required {
    let parameters = operation.parameters.get_or_insert_default();
    let own = parameters.iter().position(
        |parameter| matches!(parameter, RefOr::T(parameter) if parameter.name == IDEMPOTENCY_KEY),
    );
    let required = match own.map(|place| parameters.remove(place)) {
        Some(_) => Required::True,
        None => Required::False,
    };
    let shape = ObjectBuilder::new()
        .schema_type(Type::String)
        .pattern(Some(v1::IDEMPOTENCY_KEY_SHAPE));
    let described = ParameterBuilder::new()
        .name(IDEMPOTENCY_KEY)
        .parameter_in(ParameterIn::Header)
        .required(required.clone())
        .description(Some(
            "Any text of your own, 1 to 255 characters: the same request with the same key is done once.",
        ))
        .schema(Some(shape));
    parameters.push(RefOr::T(described.build()));
    required
}

fn queries(operation: &Operation) -> bool {
    let parameters = operation.parameters.iter().flatten();
    parameters
        .filter_map(|parameter| match parameter {
            RefOr::T(parameter) => Some(&parameter.parameter_in),
            RefOr::Ref(_) => None,
        })
        .any(|place| *place == ParameterIn::Query)
}

fn problem(status: &str) -> Response {
    ResponseBuilder::new()
        .description(meaning(status))
        .content(
            PROBLEM,
            Content::new(Some(Ref::from_schema_name("Problem"))),
        )
        .build()
}

fn meaning(status: &str) -> &'static str {
    match status {
        "400" => "The `Idempotency-Key` is missing",
        "401" => "No key or session, or one that is unknown, over or revoked",
        "403" => "The right to it is missing",
        "409" => "It does not fit the present state, or the same request is still running",
        "413" => "The body is too large",
        "422" => "The request itself: `errors` says where",
        "429" => "Too much at once: see `Retry-After`",
        _ => "Something failed on our side; safe to repeat",
    }
}

/// Bodies of errors are problem details, whatever the operation says.
fn as_problem(status: &str, response: &mut Response) {
    let is_error = status.starts_with(['4', '5']) || status == "default";
    if let Some(body) = response.content.shift_remove("application/json") {
        let kind = if is_error && is_a_problem(&body) {
            PROBLEM
        } else {
            "application/json"
        };
        response.content.insert(kind.to_owned(), body);
    }
}

/// OpenAPI 3.1 wants a description of every response.
fn describe(status: &str, response: &mut Response) {
    if response.description.is_empty() {
        let description = match status {
            "200" => "Done",
            "201" => "Made",
            "202" => "Queued",
            "404" => "There is no such thing, or it is somebody else's",
            "410" => "Its time is over",
            _ => meaning(status),
        };
        description.clone_into(&mut response.description);
    }
}

fn is_a_problem(body: &RefOr<Content>) -> bool {
    let RefOr::T(body) = body else { return false };
    matches!(&body.schema, Some(RefOr::Ref(schema)) if schema.ref_location.ends_with("/Problem"))
}

fn tell_headers(status: &str, response: &mut Response) {
    let mut tell = |name: &str, description: &str| {
        let header = header(description);
        response.headers.insert(name.to_owned(), RefOr::T(header));
    };
    tell("X-Request-Id", "To be named to support.");
    if status != "401" {
        tell(
            "RateLimit",
            "What is left of the key's allowance: `\"key\";r=99;t=0`.",
        );
        tell(
            "RateLimit-Policy",
            "The key's allowance: `\"key\";q=100;w=5`.",
        );
    }
    match status {
        "401" => tell("WWW-Authenticate", "How to authenticate."),
        "429" => tell("Retry-After", "When to try again (an HTTP date)."),
        _ => {}
    }
}

fn header(description: &str) -> Header {
    HeaderBuilder::new()
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .description(Some(description))
        .build()
}

/// One webhook for each type of event.
fn webhooks() -> Paths {
    let mut paths = Paths::new();
    for kind in PublicKind::ALL {
        let body = Content::new(Some(v1::messages::body(*kind)));
        let body = RequestBodyBuilder::new()
            .content("application/json", body)
            .required(Some(Required::True))
            .build();
        let taken = ResponseBuilder::new().description("Taken: any status from 200 to 299");
        let gone = ResponseBuilder::new().description("The endpoint is switched off");
        let told = [
            ("webhook-id", "The event's id: the same on every attempt."),
            ("webhook-timestamp", "Seconds since 1970, of this attempt."),
            (
                "webhook-signature",
                "`v1,` and the HMAC-SHA256 of `id.timestamp.body` in base64; several, separated by spaces, during a rotation.",
            ),
        ];
        let parameters = told.map(|(name, description)| {
            ParameterBuilder::new()
                .name(name)
                .parameter_in(ParameterIn::Header)
                .required(Required::True)
                .description(Some(description))
                .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        });
        let operation = OperationBuilder::new()
            .operation_id(Some(operation_id("webhook", kind.as_str())))
            .tag("Webhooks")
            .summary(Some(kind.meaning()))
            .parameters(Some(parameters))
            .request_body(Some(body))
            .response("2XX", taken.build())
            .response("410", gone.build())
            .build();
        let item = PathItem::new(HttpMethod::Post, operation);
        paths.paths.insert(kind.as_str().to_owned(), item);
    }
    paths
}
