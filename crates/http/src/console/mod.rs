//! The console's API. Each route names its permission in `x-permission`; [`access`] reads it there and nowhere else.

pub mod access;
mod account;
mod audit;
mod bank;
mod cases;
mod evidence;
mod lists;
mod operators;
mod overview;
mod platforms;
mod privacy;
mod review;
mod session;
mod sisters;
mod sso;
mod view;
mod views;
mod webhooks;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::state::AppState;

/// Routes under `/console/api`.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .merge(signing_in())
        .merge(cases_and_review())
        .merge(lists_and_settings())
        .merge(of_platforms())
}

fn signing_in() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(session::show))
        .routes(routes!(session::end))
        .routes(routes!(session::passkey_options))
        .routes(routes!(session::passkey))
        .routes(routes!(session::password))
        .routes(routes!(session::prove_passkey))
        .routes(routes!(session::prove_password))
        .routes(routes!(session::look_at_link))
        .routes(routes!(session::use_link))
        .routes(routes!(sso::ways))
        .routes(routes!(sso::start))
        .routes(routes!(sso::start_proof))
        .routes(routes!(sso::back))
        .routes(routes!(account::show))
        .routes(routes!(account::passkey_options))
        .routes(routes!(account::add_passkey))
        .routes(routes!(account::remove_passkey))
        .routes(routes!(account::totp))
        .routes(routes!(account::set_password))
        .routes(routes!(account::end_session))
}

fn cases_and_review() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(overview::show))
        .routes(routes!(cases::list))
        .routes(routes!(cases::show))
        .routes(routes!(evidence::show))
        .routes(routes!(evidence::frame))
        .routes(routes!(cases::reveal))
        .routes(routes!(cases::note))
        .routes(routes!(views::list))
        .routes(routes!(views::save))
        .routes(routes!(views::delete))
        .routes(routes!(review::queue))
        .routes(routes!(review::claim))
        .routes(routes!(review::release))
        .routes(routes!(review::decide))
}

fn of_platforms() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(platforms::list))
        .routes(routes!(platforms::add))
        .routes(routes!(platforms::keys))
        .routes(routes!(platforms::add_key))
        .routes(routes!(platforms::revoke_key))
        .routes(routes!(webhooks::list, webhooks::add))
        .routes(routes!(webhooks::change))
        .routes(routes!(webhooks::remove))
        .routes(routes!(webhooks::rotate))
        .routes(routes!(webhooks::try_out))
        .routes(routes!(webhooks::replay))
        .routes(routes!(webhooks::deliveries))
        .routes(routes!(webhooks::attempts))
        .routes(routes!(sisters::list))
        .routes(routes!(sisters::add_issuer))
        .routes(routes!(sisters::change_issuer))
        .routes(routes!(sisters::remove_issuer))
        .routes(routes!(sisters::look_at_issuer))
        .routes(routes!(sisters::add_client))
        .routes(routes!(sisters::renew_client_secret))
        .routes(routes!(sisters::remove_client))
        .routes(routes!(sisters::set_login_url))
}

fn lists_and_settings() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(lists::policies))
        .routes(routes!(privacy::show))
        .routes(routes!(privacy::export))
        .routes(routes!(privacy::erase))
        .routes(routes!(lists::imports))
        .routes(routes!(lists::import_errors))
        .routes(routes!(lists::import_errors_file))
        .routes(routes!(bank::show))
        .routes(routes!(bank::resolve))
        .routes(routes!(bank::bring))
        .routes(routes!(lists::jobs))
        .routes(routes!(lists::retry_job))
        .routes(routes!(audit::list))
        .routes(routes!(audit::anchor))
        .routes(routes!(audit::export))
        .routes(routes!(operators::list))
        .routes(routes!(operators::add))
        .routes(routes!(operators::change))
        .routes(routes!(operators::renew_link))
        .routes(routes!(operators::sessions))
        .routes(routes!(operators::end_session))
}
