//! What the codes mean, for people: the book's page, and the page behind the `type` of a problem.

use std::fmt::Write as _;

use axum::{
    extract::Path,
    response::{Html, IntoResponse, Response},
};
use shiming_verification::code::Code;

use crate::{
    language::{Language, server_text},
    problem::{Failure, status_of, type_of},
};

const EN: &str = "# Errors

Every refusal is a problem ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457), `application/problem+json`). Decide by `code`: codes are never renamed, and new
ones may come. `detail` is the text for people, in the language of `Accept-Language`. `try_used` says whether one of the applicant's tries went, `tries_left` how many
remain, `retry_at` (and `Retry-After`) when to try again, `errors` which fields are wrong: their `code` is from this table, too, `reason` finer. Name `request_id` to
support.

What goes wrong within a verification is no refusal of your request: it stands in the verification's `last_error`, with a code of the same table. With a test key
every code [can be commanded](sandbox.md#every-code).

| code | HTTP | meaning | text for people |
|---|---|---|---|
";

const ZH: &str = "# 错误码

每一次拒绝都是一个 problem（[RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)，`application/problem+json`）。请依据 `code` 判断：错误码不会改名，但可能新增。`detail` 是给用户看的文字，
语言取决于 `Accept-Language`。`try_used` 表示是否用掉了申请人的一次机会，`tries_left` 为剩余次数，`retry_at`（及 `Retry-After`）为何时可以重试，`errors` 指出有误的字段：其 `code`
同样来自下表，`reason` 更为具体。联系支持时请提供 `request_id`。

认证过程中的失败不是对您请求的拒绝，而是记录在认证的 `last_error` 中，错误码同样来自下表。使用测试密钥可以[按指令得到每一个错误码](sandbox.md#每一个错误码)。

| 错误码 | HTTP | 含义（英文） | 用户看到的文字 |
|---|---|---|---|
";

/// The book's page on errors; `zh` or `en`.
#[must_use]
pub fn errors_page(language: &str) -> String {
    let (mut page, language) = match language {
        "zh" => (ZH.to_owned(), Language::ZhCn),
        _ => (EN.to_owned(), Language::En),
    };
    for code in Code::ALL {
        let status = status_of(*code).as_u16();
        let text = server_text(language, code.as_str());
        let meaning = code.meaning();
        let _ = writeln!(
            page,
            "| <a id=\"{code}\"></a>`{code}` | {status} | {meaning} | {text} |"
        );
    }
    page
}

/// Behind the `type` of a problem: what it means.
pub async fn problem(language: Language, Path(name): Path<String>) -> Response {
    let path = format!("/problems/{name}");
    let known = Code::ALL.iter().find(|code| type_of(**code) == path);
    let Some(code) = known else {
        return Failure::of(Code::NotFound).into_response();
    };
    let (tag, status) = (language.tag(), status_of(*code));
    let text = server_text(language, code.as_str());
    let meaning = code.meaning().replace('<', "&lt;");
    Html(format!(
        "<!doctype html><html lang=\"{tag}\"><head><meta charset=\"utf-8\"><title>{code}</title></head>\
         <body><main><h1><code>{code}</code></h1><p>{text}</p><p lang=\"en\">{meaning}</p><p>HTTP {status}</p>\
         <p><a href=\"/docs\">API</a></p></main></body></html>"
    ))
    .into_response()
}
