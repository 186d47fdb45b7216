//! Sister platforms over the real routes: whom we believe (`consumer`, against an issuer that lies), what we say (`provider`), and
//! what both sides tell each other later (`notices`). Operators set it up at the console (`console`), and the same issuer lets them
//! in (`sign_in`) and proves that they are there (`proof`).

mod support;

#[path = "federation/console.rs"]
mod console;
#[path = "federation/consumer.rs"]
mod consumer;
#[path = "federation/issuer.rs"]
mod issuer;
#[path = "federation/notices.rs"]
mod notices;
#[path = "federation/party.rs"]
mod party;
#[path = "federation/proof.rs"]
mod proof;
#[path = "federation/provider.rs"]
mod provider;
#[path = "federation/sign_in.rs"]
mod sign_in;
#[path = "federation/visitor.rs"]
mod visitor;
