//! The pages, built into the binary (read from `web/dist` in development builds).

use axum::{
    extract::Path,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Dist;

/// A page of the given name; what to do if the pages were not built.
pub fn page(name: &str) -> Response {
    match Dist::get(name) {
        Some(file) => serve(name, file.data, "no-cache"),
        None => (
            StatusCode::SERVICE_UNAVAILABLE,
            "The pages are not built. Run `./x setup`, which builds them, and start again.\n",
        )
            .into_response(),
    }
}

/// A built file under `/assets/`; its name holds a hash of its content, so it may be kept for ever.
pub async fn asset(Path(path): Path<String>) -> Response {
    let name = format!("assets/{path}");
    match Dist::get(&name) {
        Some(file) => serve(&name, file.data, "public, max-age=31536000, immutable"),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// A file at the root of the build, such as the icon.
pub fn root_file(name: &'static str) -> Response {
    match Dist::get(name) {
        Some(file) => serve(name, file.data, "public, max-age=86400"),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn serve(name: &str, data: std::borrow::Cow<'static, [u8]>, cache: &'static str) -> Response {
    let kind = mime_guess::from_path(name).first_or_octet_stream();
    let kind = HeaderValue::from_str(kind.as_ref())
        .unwrap_or(HeaderValue::from_static("application/octet-stream"));
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, HeaderValue::from_static(cache)),
    ];
    (headers, data.into_owned()).into_response()
}
