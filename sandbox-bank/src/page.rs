//! The bank's page and what programs ask it.

use std::fmt::Write as _;

use anyhow::Result;
use axum::{
    Form, Json, Router,
    extract::{FromRequest, Path, Request, State},
    http::{StatusCode, header::CONTENT_TYPE},
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use quick_xml::escape::escape;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    book::{Book, Payment, Standing},
    serve::Bank,
};

const STYLE: &str = include_str!("page.css");

type Shared = &'static Bank;

/// All routes.
pub fn routes(bank: Shared) -> Router {
    Router::new()
        .route("/", get(show))
        .route("/payments.json", get(payments))
        .route("/payments/{id}/{command}", post(command))
        .route("/receive", post(receive))
        .route("/statement", post(statement))
        .with_state(bank)
}

/// A payment as the customer's programs see it.
#[derive(Serialize)]
struct Shown {
    id: String,
    name: String,
    account: String,
    amount: String,
    status: Standing,
    received_at: String,
}

impl From<&Payment> for Shown {
    fn from(payment: &Payment) -> Self {
        let order = &payment.order;
        Self {
            id: order.end_to_end.clone(),
            name: order.payee.clone(),
            account: order.account.clone(),
            amount: order.amount.clone(),
            status: payment.standing,
            received_at: payment.received_at.clone(),
        }
    }
}

async fn payments(State(bank): State<Shared>) -> Json<Vec<Shown>> {
    Json(bank.book().payments.iter().map(Into::into).collect())
}

/// Fields of a form, or of a JSON object.
struct Fields<T>(T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Fields<T> {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let kind = request.headers().get(CONTENT_TYPE);
        if kind.is_none() {
            let none = serde_json::from_str("{}").map(Self);
            return none
                .map_err(|error| (StatusCode::BAD_REQUEST, error.to_string()).into_response());
        }
        if kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/json")) {
            let fields = Json::from_request(request, state).await;
            return fields
                .map(|Json(fields)| Self(fields))
                .map_err(IntoResponse::into_response);
        }
        let fields = Form::from_request(request, state).await;
        fields
            .map(|Form(fields)| Self(fields))
            .map_err(IntoResponse::into_response)
    }
}

#[derive(Deserialize)]
struct Reason {
    reason: Option<String>,
}

async fn command(
    State(bank): State<Shared>,
    Path((id, command)): Path<(String, String)>,
    Fields(Reason { reason }): Fields<Reason>,
) -> Response {
    let reason = reason.filter(|code| !code.is_empty());
    done(
        tokio::task::spawn_blocking(move || match command.as_str() {
            "settle" => bank.settle(&id),
            "finish" => bank.finish(&id),
            "reject" => bank.reject(&id, reason.as_deref().unwrap_or("MS03"), ""),
            "return" => bank.give_back(&id, reason.as_deref().unwrap_or("AC04")),
            other => anyhow::bail!("the bank knows no command {other}"),
        })
        .await,
    )
}

#[derive(Deserialize)]
struct Incoming {
    name: String,
    account: String,
    amount: String,
    #[serde(default)]
    remark: String,
}

async fn receive(State(bank): State<Shared>, Fields(incoming): Fields<Incoming>) -> Response {
    let Incoming {
        name,
        account,
        amount,
        remark,
    } = incoming;
    done(tokio::task::spawn_blocking(move || bank.receive(&name, &account, &amount, &remark)).await)
}

async fn statement(State(bank): State<Shared>) -> Response {
    done(tokio::task::spawn_blocking(move || bank.statement()).await)
}

fn done(result: Result<Result<()>, tokio::task::JoinError>) -> Response {
    match result.map_err(Into::into).and_then(std::convert::identity) {
        Ok(()) => Redirect::to("/").into_response(),
        Err(error) => (StatusCode::CONFLICT, format!("{error:#}\n")).into_response(),
    }
}

async fn show(State(bank): State<Shared>) -> Html<String> {
    Html(page(&bank.book()))
}

fn page(book: &Book) -> String {
    let rows: String = book.payments.iter().rev().map(row).collect();
    let list = if rows.is_empty() {
        "<p class=empty>还没有收到付款。 <span lang=en>No payment yet.</span></p>".to_owned()
    } else {
        format!(
            "<table><thead><tr><th>收款户名 <span lang=en>Payee</span></th><th>账号 <span lang=en>Account</span></th>\
             <th class=amount>金额 <span lang=en>Amount</span></th><th>状态 <span lang=en>Status</span></th>\
             <th>时间 <span lang=en>Time</span></th><th></th></tr></thead><tbody>{rows}</tbody></table>"
        )
    };
    format!(
        "<!doctype html><html lang=zh-CN><head><meta charset=utf-8><meta name=viewport content='width=device-width'>\
         <meta http-equiv=refresh content=5><title>沙盒银行 · Sandbox bank</title><style>{STYLE}</style></head><body><main>\
         <h1>沙盒银行 <span lang=en>Sandbox bank</span></h1>\
         <p>这里相当于企业的网上银行：到账金额可在下表查看。全部为虚构数据。<br>\
         <span lang=en>What a company sees in its online banking: read the amount that arrived here. All data are invented.</span></p>\
         {list}\
         <form method=post action=/statement><button>发送对账单 <span lang=en>Send a statement</span></button></form>\
         </main></body></html>"
    )
}

fn row(payment: &Payment) -> String {
    let order = &payment.order;
    let (word, class) = match payment.standing {
        Standing::Waiting => ("处理中 <span lang=en>On its way</span>", "waiting"),
        Standing::Paid => ("已到账 <span lang=en>Arrived</span>", "paid"),
        Standing::Rejected => ("已拒绝 <span lang=en>Refused</span>", "failed"),
        Standing::Returned => ("已退回 <span lang=en>Returned</span>", "failed"),
    };
    let mut buttons = String::new();
    let offered: &[(&str, &str)] = match payment.standing {
        Standing::Waiting => &[
            ("settle", "到账 <span lang=en>Pay</span>"),
            ("reject", "拒绝 <span lang=en>Refuse</span>"),
        ],
        Standing::Paid => &[("return", "退回 <span lang=en>Return</span>")],
        Standing::Rejected | Standing::Returned => &[],
    };
    let id = escape(&order.end_to_end);
    for (command, label) in offered {
        let _ = write!(
            buttons,
            "<form method=post action='/payments/{id}/{command}'><button>{label}</button></form>"
        );
    }
    let time = payment.received_at.get(11..19).unwrap_or_default();
    format!(
        "<tr data-id='{id}'><td>{}</td><td>{}</td><td class=amount>¥{}</td><td class={class}>{word}</td><td>{time}</td><td>{buttons}</td></tr>",
        escape(&order.payee),
        escape(&order.account),
        escape(&order.amount),
    )
}
