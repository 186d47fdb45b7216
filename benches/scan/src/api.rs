//! What stands before a scan: a company with a reference photo, a case, the claimed link and the consent, all over the
//! server's public interface.

use anyhow::{Context as _, Result, bail};
use reqwest::header::{CONTENT_TYPE, COOKIE, SET_COOKIE};
use reqwest::{Client, RequestBuilder, multipart};
use serde_json::{Value, json};

/// A server and a client for it.
#[derive(Clone)]
pub struct Api {
    client: Client,
    origin: String,
}

/// A browser with its cookies.
#[derive(Default)]
struct Browser(Vec<String>);

/// A phone that may scan.
pub struct Consented {
    /// The `Cookie` header that says so.
    pub cookies: String,
}

impl Api {
    pub fn new(origin: &str) -> Self {
        Self {
            client: Client::new(),
            origin: origin.to_owned(),
        }
    }

    /// An invented company whose legal representative has this face.
    pub async fn enrol(&self, photo: Vec<u8>, person: &str) -> Result<Value> {
        let photo = multipart::Part::bytes(photo).file_name("photo.jpg");
        let form = multipart::Form::new()
            .part("photo", photo)
            .text("legal_representative", person.to_owned());
        let request = self
            .client
            .post(self.url("/demo/api/enrol"))
            .multipart(form);
        Browser::default().ask(request).await
    }

    /// From a new case of a company to the consent on its legal representative's phone.
    pub async fn consented(&self, company: &Value) -> Result<Consented> {
        let mut pc = Browser::default();
        let opened = self
            .post(&mut pc, "/demo/api/verifications", &json!({}))
            .await?;
        let id = text(&opened, "/id")?;
        let secret = fragment(&text(&opened, "/url")?)?;
        let entry = json!({ "case_id": id, "secret": secret });
        self.post(&mut pc, "/portal/api/sessions", &entry).await?;
        let case = format!("/portal/api/cases/{id}");
        let choice = json!({ "subject_type": company["subject_type"], "method": "face" });
        self.post(&mut pc, &format!("{case}/choice"), &choice)
            .await?;
        let names = [
            "enterprise_name",
            "uscc",
            "legal_representative",
            "id_number",
        ];
        let elements: serde_json::Map<_, _> = names
            .iter()
            .map(|name| ((*name).to_owned(), company[name].clone()))
            .collect();
        let elements = Value::Object(elements);
        let view = self
            .post(&mut pc, &format!("{case}/elements"), &elements)
            .await?;
        let mut phone = Browser::default();
        let token = json!({ "token": fragment(&text(&view, "/invitation/url")?)? });
        self.post(&mut phone, "/phone/api/claim", &token).await?;
        let notice = self.client.get(self.url("/phone/api/notice"));
        let version = text(&phone.ask(notice).await?, "/version")?;
        let agreed = json!({ "version": version, "agreed": true });
        self.post(&mut phone, "/phone/api/consent", &agreed).await?;
        Ok(Consented {
            cookies: phone.0.join("; "),
        })
    }

    async fn post(&self, browser: &mut Browser, path: &str, body: &Value) -> Result<Value> {
        let request = self
            .client
            .post(self.url(path))
            .header(CONTENT_TYPE, "application/json");
        browser
            .ask(request.body(body.to_string()))
            .await
            .with_context(|| path.to_owned())
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }
}

impl Browser {
    async fn ask(&mut self, request: RequestBuilder) -> Result<Value> {
        let answer = request.header(COOKIE, self.0.join("; ")).send().await?;
        for cookie in answer.headers().get_all(SET_COOKIE) {
            let pair = cookie.to_str()?.split(';').next().unwrap_or_default();
            let name = format!("{}=", pair.split('=').next().unwrap_or_default());
            self.0.retain(|known| !known.starts_with(&name));
            self.0.push(pair.to_owned());
        }
        let (status, body) = (answer.status(), answer.text().await?);
        if !status.is_success() {
            bail!("{status}: {body}");
        }
        Ok(serde_json::from_str(&body).unwrap_or(Value::Null))
    }
}

fn text(value: &Value, pointer: &str) -> Result<String> {
    let found = value.pointer(pointer).and_then(Value::as_str);
    Ok(found
        .with_context(|| format!("no {pointer} in {value}"))?
        .to_owned())
}

fn fragment(url: &str) -> Result<String> {
    let (_, fragment) = url
        .split_once('#')
        .with_context(|| format!("no secret in {url}"))?;
    Ok(fragment.to_owned())
}
