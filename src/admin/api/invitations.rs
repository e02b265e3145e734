//! `/people/invitations`: links by which people make accounts of their own.

use actix_web::http::StatusCode;
use actix_web::web::Bytes;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::{self, Answer};
use super::caller::Caller;
use super::client_actions::read;
use super::clients::JSON;
use super::problem::{Kind, Problem};
use crate::domain::people::accounts::AccountProblem;
use crate::domain::people::registration::{self, HandOver};
use crate::domain::permission::Permission;

/// Somebody who is to make an account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewInvitation {
    /// The address that the account will have.
    #[schema(max_length = 254)]
    email: String,
}

/// A link by which somebody makes an account, once.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RegistrationInvitation)]
pub(super) struct InvitationView {
    /// The address that the account will have, as it is compared.
    email: String,
    /// The link to give to them, and to nobody else. Whoever follows it has not shown that the address is theirs.
    #[schema(format = "uri")]
    url: String,
    /// Until when it can be followed.
    #[schema(format = DateTime)]
    expires_at: String,
    /// Whether another link was sent to the address. Whoever follows that one has shown it.
    mailed: bool,
}

/// Invites somebody to make an account, where the settings let people do that. Earlier links to the same address end.
#[utoipa::path(post, path = "/people/invitations", tag = "People", security(("oauth2" = ["people:write"])),
    request_body(content = NewInvitation, example = json!({ "email": "grace@example.com" })),
    responses((status = 201, description = "Invited", body = InvitationView),
        (status = 409, description = "Somebody has that address, or people make no accounts here")))]
pub(super) async fn create(caller: Caller, body: Bytes) -> Answer {
    caller.must(Permission::PeopleWrite)?;
    let NewInvitation { email } = read(caller.body(&body, JSON)?)?;
    let (cx, settings) = (&caller.cx, &caller.cx.config.links);
    if !cx.config.people.takes_invitations() {
        return Err(Problem::new(Kind::Conflict, "Accounts are made for people here: people.registration is off."));
    }
    let letter = |address: &str, token: &SecretString| {
        cx.mail(|| cx.letters().registration_invitation(address, token, settings.invitation_lifetime))
    };
    let wanted = (email.as_str(), HandOver::Always);
    let made = registration::invite(&caller.act(), &cx.hasher, settings, wanted, letter).await?.map_err(refused)?;
    let url = made.token.map(|token| registration::url(cx.issuer(), &token, "")).unwrap_or_default();
    let (expires_at, mailed) = (made.expires_at.to_rfc3339(), made.is_mailed);
    answer::json(StatusCode::CREATED, &InvitationView { email: made.address, url, expires_at, mailed })
}

fn refused(problem: AccountProblem) -> Problem {
    match problem {
        AccountProblem::EmailTaken => Problem::new(Kind::Conflict, problem.to_string()),
        _ => Problem::of_member("email".to_owned(), problem.to_string()),
    }
}
