//! The cookies: a portal session on the PC, a scan on the phone, an operator at the console. `HttpOnly`, same site; over https also `Secure`
//! with the `__Host-` prefix (RFC 6265bis), so that no other host or plain-http page can set them.

use axum::{
    extract::FromRequestParts,
    http::{Extensions, HeaderMap, header, request::Parts},
};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use shiming_service::Services;
use shiming_verification::{code::Code, ports::PortalSession};

use crate::{problem::Failure, state::AppState};

/// As long as risk rules may look back.
const BROWSER_LIFE: time::Duration = time::Duration::days(90);

/// As long as the way through the identity provider may take.
const SIGN_IN_LIFE: time::Duration = time::Duration::minutes(10);

/// How a request reached us; set by the listener that took it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// Plain http.
    Http,
    /// Over TLS.
    Https,
}

/// Which cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The applicant's session on the PC.
    Portal,
    /// The legal representative's scan on the phone.
    Phone,
    /// An operator's session.
    Console,
    /// An operator's way through the identity provider.
    SignIn,
    /// Proof that this browser has been signed in as an operator.
    Device,
    /// A sister platform's request, while its user is asked for consent.
    Consent,
    /// By which risk rules know an applicant's browser again.
    Browser,
}

/// The cookies of a request, and whether it came over TLS.
#[derive(Debug, Clone)]
pub struct Cookies {
    jar: CookieJar,
    secure: bool,
}

impl Cookies {
    /// The key in a cookie.
    #[must_use]
    pub fn key(&self, purpose: Purpose) -> Option<String> {
        self.jar
            .get(self.name(purpose))
            .map(|cookie| cookie.value().to_owned())
    }

    /// The portal's cookie within a page of the platform: a third party's there, so it is kept apart for each such page
    /// (partitioned), and browsers take it over TLS or on this machine only.
    pub fn with_embedded_key(&self, key: String) -> CookieJar {
        let cookie = Cookie::build((self.name(Purpose::Portal), key))
            .path("/")
            .http_only(true)
            .secure(true)
            .same_site(SameSite::None)
            .partitioned(true);
        CookieJar::new().add(cookie)
    }

    /// A cookie that holds a key, as a response sets it.
    pub fn with_key(&self, purpose: Purpose, key: String) -> CookieJar {
        CookieJar::new().add(self.holding(purpose, key))
    }

    /// The same, to be added to others.
    pub fn holding(&self, purpose: Purpose, key: String) -> Cookie<'static> {
        let same_site = match purpose {
            // Applicants arrive by a link from the platform's site; so do users of whom a sister platform asks, and operators whom
            // the identity provider sends back.
            Purpose::Portal | Purpose::Consent | Purpose::Browser | Purpose::SignIn => {
                SameSite::Lax
            }
            Purpose::Phone | Purpose::Console | Purpose::Device => SameSite::Strict,
        };
        let cookie = Cookie::build((self.name(purpose), key))
            .path("/")
            .http_only(true)
            .secure(self.secure)
            .same_site(same_site);
        let cookie = match purpose {
            Purpose::Device => cookie.permanent(),
            Purpose::Browser => cookie.max_age(BROWSER_LIFE),
            Purpose::SignIn => cookie.max_age(SIGN_IN_LIFE),
            _ => cookie,
        };
        cookie.build()
    }

    /// A cookie that takes the key away.
    pub fn without(&self, purpose: Purpose) -> CookieJar {
        let cookie = Cookie::build((self.name(purpose), ""))
            .path("/")
            .http_only(true)
            .secure(self.secure)
            .same_site(SameSite::Strict)
            .removal();
        CookieJar::new().add(cookie)
    }

    const fn name(&self, purpose: Purpose) -> &'static str {
        match (purpose, self.secure) {
            (Purpose::Portal, true) => "__Host-shiming-portal",
            (Purpose::Portal, false) => "shiming-portal",
            (Purpose::Consent, true) => "__Host-shiming-consent",
            (Purpose::Consent, false) => "shiming-consent",
            (Purpose::Phone, true) => "__Host-shiming-phone",
            (Purpose::Phone, false) => "shiming-phone",
            (Purpose::Console, true) => "__Host-shiming-console",
            (Purpose::Console, false) => "shiming-console",
            (Purpose::SignIn, true) => "__Host-shiming-sign-in",
            (Purpose::SignIn, false) => "shiming-sign-in",
            (Purpose::Device, true) => "__Host-shiming-device",
            (Purpose::Device, false) => "shiming-device",
            (Purpose::Browser, true) => "__Host-shiming-browser",
            (Purpose::Browser, false) => "shiming-browser",
        }
    }
}

/// A reverse proxy that ends TLS says so; believing a liar only sets `Secure`, which harms nobody else.
fn is_secure(extensions: &Extensions, headers: &HeaderMap) -> bool {
    let forwarded = headers
        .get("x-forwarded-proto")
        .is_some_and(|value| value == "https");
    forwarded || extensions.get::<Scheme>() == Some(&Scheme::Https)
}

impl<S: Send + Sync> FromRequestParts<S> for Cookies {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let has_cookies = parts.headers.contains_key(header::COOKIE);
        let jar = if has_cookies {
            CookieJar::from_headers(&parts.headers)
        } else {
            CookieJar::new()
        };
        Ok(Self {
            jar,
            secure: is_secure(&parts.extensions, &parts.headers),
        })
    }
}

/// The applicant's session; its absence refuses the request.
pub struct Applicant(pub PortalSession);

impl FromRequestParts<AppState> for Applicant {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Failure> {
        let key = key_of(parts, state, Purpose::Portal).await?;
        Ok(Self(session(&state.services, &key).await?))
    }
}

/// The key of this phone's scan; its absence refuses the request.
pub struct PhoneKey(pub String);

impl FromRequestParts<AppState> for PhoneKey {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Failure> {
        Ok(Self(key_of(parts, state, Purpose::Phone).await?))
    }
}

async fn key_of(parts: &mut Parts, state: &AppState, purpose: Purpose) -> Result<String, Failure> {
    let Ok(cookies) = Cookies::from_request_parts(parts, state).await;
    cookies
        .key(purpose)
        .ok_or(Failure::of(Code::SessionInvalid))
}

async fn session(services: &Services, key: &str) -> Result<PortalSession, Failure> {
    Ok(services.portal_session(key).await?)
}
