//! `claviger registration-token …`: the tokens by which clients register themselves, with its grammar.

use std::time::Duration;

use clap::Subcommand;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::confirm::confirm;
use super::output::{Failure, Output, fields, table};
use crate::config::{RegistrationMode, parse_duration};
use crate::cx::Cx;
use crate::domain::clients::dynamic::initial_tokens::{self, Draft};
use crate::domain::events::{Actor, Origin};
use crate::domain::people::Act;
use crate::ids::InitialTokenId;
use crate::store::InitialToken;

/// `claviger registration-token …`
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum RegistrationTokenCommand {
    /// Make a token; prints it this one time
    Add {
        /// How long it is good
        #[arg(long, value_name = "TIME", value_parser = parse_duration)]
        expires_in: Duration,
        /// How many clients may be registered by it
        #[arg(long, value_name = "N", default_value = "1")]
        uses: u32,
        /// For whom it is
        #[arg(long, default_value = "", hide_default_value = true)]
        note: String,
    },
    /// List the tokens that have not ended, the newest first
    List,
    /// Delete a token; clients that were registered by it stay
    Delete {
        /// The token's id
        id: InitialTokenId,
        /// Do not ask first
        #[arg(long)]
        yes: bool,
    },
}

/// Runs the command.
pub async fn run(command: &RegistrationTokenCommand, cx: &Cx, output: Output) -> Result<(), Failure> {
    let origin = Origin::default();
    let act = Act { store: &cx.store, entropy: &*cx.entropy, now: cx.now(), actor: Actor::Operator, origin: &origin };
    match command {
        RegistrationTokenCommand::Add { expires_in, uses, note } => {
            let draft = Draft { note: note.clone(), lifetime: *expires_in, uses: *uses };
            add(cx, &act, draft, output).await
        }
        RegistrationTokenCommand::List => list(cx, output).await,
        RegistrationTokenCommand::Delete { id, yes } => {
            confirm(&format!("Delete the token {id}?"), *yes)?;
            if !initial_tokens::delete(&act, *id).await? {
                let text = format!("There is no token {id}: `claviger registration-token list` shows all.");
                return Err(Failure::refused(text));
            }
            output.print(&json!({ "id": id, "state": "deleted" }), || {
                format!("The token {id} is deleted: nobody registers a client by it any more.")
            })
        }
    }
}

async fn add(cx: &Cx, act: &Act<'_>, draft: Draft, output: Output) -> Result<(), Failure> {
    if let Some((_, problem)) = draft.fault() {
        return Err(Failure::refused(problem));
    }
    if cx.config.registration.mode == RegistrationMode::Off {
        eprintln!("Nobody can use it yet: registration.mode is \"off\".");
    }
    let added = initial_tokens::add(act, &cx.hasher, draft, |_, _| None).await?;
    let (token, secret) = added.ok_or_else(|| Failure::refused("The token was not made. Try again."))?;
    let mut document = to_json(&token);
    if let Some(members) = document.as_object_mut() {
        members.insert("initial_access_token".to_owned(), json!(secret.expose_secret()));
    }
    output.print(&document, || {
        let rows = std::iter::once(("initial access token", Some(secret.expose_secret().to_owned())));
        format!("{}\n\nKeep the token now: it is not shown again.", fields(rows.chain(described(&token))))
    })
}

async fn list(cx: &Cx, output: Output) -> Result<(), Failure> {
    let tokens = cx.store.initial_tokens(cx.now()).await?;
    let document = json!({ "registration_tokens": tokens.iter().map(to_json).collect::<Vec<_>>() });
    output.print(&document, || {
        if tokens.is_empty() {
            return "There is no token: `claviger registration-token add` makes one.".to_owned();
        }
        let rows = tokens.iter().map(|token| {
            let left = format!("{} of {}", token.uses_left, token.uses);
            [token.id.to_string(), token.note.clone(), left, token.expires_at.to_rfc3339()]
        });
        table(["ID", "NOTE", "USES LEFT", "ENDS"], rows)
    })
}

fn to_json(token: &InitialToken) -> Value {
    json!({
        "id": token.id,
        "note": token.note,
        "uses": token.uses,
        "uses_left": token.uses_left,
        "created_at": token.created_at.to_rfc3339(),
        "expires_at": token.expires_at.to_rfc3339(),
    })
}

fn described(token: &InitialToken) -> impl Iterator<Item = (&'static str, Option<String>)> {
    [
        ("id", Some(token.id.to_string())),
        ("note", Some(token.note.clone()).filter(|note| !note.is_empty())),
        ("uses", Some(token.uses.to_string())),
        ("ends", Some(token.expires_at.to_rfc3339())),
    ]
    .into_iter()
}
