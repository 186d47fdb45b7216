//! `shiming operator`: who may work at the console.

use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use clap::{Args as ClapArgs, Subcommand};
use shiming_service::{Services, operators::NewOperator};
use shiming_verification::operator::{Operator, Role};

use crate::{config::Config, wiring};

/// What to do with operators.
#[derive(ClapArgs)]
pub struct Args {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Add an operator; prints the link by which they come in, once
    Add {
        /// What is typed to sign in: a-z 0-9 . _ @ -
        login: String,
        /// What colleagues read
        #[arg(long)]
        name: String,
        /// administrator, reviewer, auditor, developer or support; may be given several times
        #[arg(long = "role", required = true, value_parser = role)]
        roles: Vec<Role>,
    },
    /// List operators
    List,
    /// Disable an operator; open sessions end
    Disable {
        /// The login
        login: String,
    },
    /// Print a new link for an operator who can't sign in any more; the old ways stop
    Link {
        /// The login
        login: String,
    },
}

fn role(word: &str) -> Result<Role, String> {
    Role::of(word)
        .ok_or_else(|| "one of administrator, reviewer, auditor, developer, support".to_owned())
}

/// Does it.
pub fn run(args: &Args, config: &Config) -> Result<ExitCode> {
    super::block_on(async {
        let services = wiring::build(config, wiring::Faces::Not).await?.services;
        match &args.task {
            Task::Add { login, name, roles } => {
                let new = NewOperator {
                    login: login.clone(),
                    name: name.clone(),
                    roles: roles.iter().copied().collect(),
                };
                let added = services.add_operator(None, new).await;
                let (operator, token) = added.context("the login can't be used, or is taken")?;
                println!("{}  {}", operator.id, operator.login);
                told(config, &token);
            }
            Task::List => list(&services).await?,
            Task::Disable { login } => {
                let found = find(&services, login).await?;
                let changed =
                    services.change_operator(None, found.id, &found.name, found.roles, true);
                changed.await.context("the last administrator stays")?;
                println!("{login} may not sign in any more");
            }
            Task::Link { login } => {
                let found = find(&services, login).await?;
                told(config, &services.renew_link(None, found.id).await?);
            }
        }
        Ok(ExitCode::SUCCESS)
    })
}

/// The address is this machine's if the server has no public one.
fn told(config: &Config, token: &str) {
    let base = config.server.public_url.as_ref().map_or_else(
        || format!("http://localhost:{}", config.server.http_listen.port()),
        ToString::to_string,
    );
    println!("link, good for 24 hours and once: {base}/console/welcome#{token}");
}

async fn find(services: &Services, login: &str) -> Result<Operator> {
    let found = services.operators.operator_by_login(login).await?;
    match found {
        Some(operator) => Ok(operator),
        None => bail!("there is no operator {login}; `shiming operator list` names them"),
    }
}

async fn list(services: &Services) -> Result<()> {
    for operator in services.all_operators().await? {
        let roles: Vec<_> = operator.roles.iter().map(|role| role.as_str()).collect();
        let state = if operator.disabled_at.is_some() {
            "disabled"
        } else {
            ""
        };
        println!(
            "{}  {:<24}  {}  {state}",
            operator.id,
            operator.login,
            roles.join(" ")
        );
    }
    Ok(())
}
