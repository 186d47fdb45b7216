//! The course of a verification over HTTP, as the pages of PC and phone drive it.

use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

use crate::browser::{Answer, Browser, Socket};

/// An applicant at a PC, with one case.
#[derive(Debug, Clone)]
pub struct Applicant {
    /// The PC.
    pub pc: Browser,
    /// `ver_…`
    pub case: String,
}

/// The legal representative's phone.
#[derive(Debug, Clone)]
pub struct Phone {
    /// Its browser.
    pub browser: Browser,
}

impl Applicant {
    /// Opens a case on the demonstration's platform and enters the portal.
    pub async fn of_the_demo(http: &Client, origin: &str) -> Self {
        let mut pc = Browser::new(http, origin);
        let opened = pc.post("/demo/api/verifications", &json!({})).await;
        Self::enter(pc, &opened).await
    }

    /// Lets a platform's program open a case for an account, and enters the portal.
    pub async fn of(platform: &mut Browser, origin: &str, account: &str) -> Self {
        let body = json!({ "account": { "id": account } });
        let opened = platform
            .post_once("/v1/verifications", account, &body)
            .await;
        Self::enter(platform.of_another(origin), &opened).await
    }

    /// Enters the portal by the link that a platform was given.
    pub async fn enter(mut pc: Browser, opened: &Answer) -> Self {
        assert_eq!(opened.status, StatusCode::CREATED, "{}", opened.body);
        let case = text(&opened.body["id"]);
        let url = text(&opened.body["url"]);
        let secret = url.split_once('#').expect("a secret").1;
        let body = json!({ "case_id": case, "secret": secret });
        let entered = pc.post("/portal/api/sessions", &body).await;
        assert_eq!(entered.status, StatusCode::NO_CONTENT, "{}", entered.body);
        Self { pc, case }
    }

    /// The path of the case, or of something of it.
    #[must_use]
    pub fn path(&self, of: &str) -> String {
        format!("/portal/api/cases/{}{of}", self.case)
    }

    /// The same applicant, talking to another node.
    #[must_use]
    pub fn at(&self, origin: &str) -> Self {
        Self {
            pc: self.pc.at(origin),
            case: self.case.clone(),
        }
    }

    /// The case as the page sees it.
    pub async fn view(&mut self) -> Value {
        let answer = self.pc.get(&self.path("")).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.body
    }

    /// Chooses the enterprise's face scan.
    pub async fn choose(&mut self) -> Value {
        let body = json!({ "subject_type": "enterprise", "method": "face" });
        self.done("/choice", &body).await
    }

    /// Submits the elements.
    pub async fn submit(&mut self, elements: &Value) -> Value {
        self.done("/elements", elements).await
    }

    async fn done(&mut self, what: &str, body: &Value) -> Value {
        let answer = self.pc.post(&self.path(what), body).await;
        assert_eq!(answer.status, StatusCode::OK, "{what}: {}", answer.body);
        answer.body
    }

    /// A phone that opens the QR code.
    pub async fn phone(&self, origin: &str, view: &Value) -> Phone {
        let token = token(view).expect("there is a QR code");
        let mut browser = self.pc.of_another(origin);
        let claimed = browser
            .post("/phone/api/claim", &json!({ "token": token }))
            .await;
        assert_eq!(claimed.status, StatusCode::OK, "{}", claimed.body);
        Phone { browser }
    }
}

impl Phone {
    /// Reads the notice and agrees.
    pub async fn consent(&mut self) {
        let notice = self.browser.get("/phone/api/notice").await;
        let body = json!({ "version": notice.body["version"], "agreed": true });
        let answer = self.browser.post("/phone/api/consent", &body).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    }

    /// Starts the camera's connection.
    ///
    /// # Errors
    /// The status with which the server refuses.
    pub async fn scan(&self) -> Result<Socket, StatusCode> {
        let mut socket = self.browser.socket("/phone/api/scan/ws").await?;
        socket.say(&json!({ "type": "hello", "protocol": 1 })).await;
        Ok(socket)
    }

    /// Sends something by this phone.
    ///
    /// # Errors
    /// The server could not be reached.
    pub async fn post(&mut self, path: &str, body: &Value) -> reqwest::Result<Answer> {
        self.browser.ask(Method::POST, path, Some(body)).await
    }
}

/// The token in a case's QR code.
#[must_use]
pub fn token(view: &Value) -> Option<String> {
    let url = view["invitation"]["url"].as_str()?;
    Some(url.split_once('#')?.1.to_owned())
}

/// What the legal representative of one of the demonstration's companies types.
#[must_use]
pub fn elements(company: &Value) -> Value {
    let fields = [
        "enterprise_name",
        "uscc",
        "legal_representative",
        "id_number",
    ];
    fields
        .iter()
        .map(|field| ((*field).to_owned(), company[*field].clone()))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
