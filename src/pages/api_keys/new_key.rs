//! `/account/api-keys/new`: making a key.

use super::describe::{self, Form};
use super::one_key::show_secret;
use super::owner::{self, act, giving, giving_way, path_of};
use crate::domain::api_keys::{self, Added, KeyFault, MOST};
use crate::ids::ApiKeyId;
use crate::protocol::key_mode::KeyMode;
use crate::store::KeyOwner;
use crate::web::page::{OldSecrets, Problem};
use crate::web::posted::Member;
use crate::web::visit::{PageResult, Visit};

pub(super) const PATH: &str = "/account/api-keys/new";

/// The form.
pub(super) async fn show(visit: Visit) -> PageResult {
    let current = giving_way(&visit).await?;
    // Drawn here, so that a form that is sent twice makes one key.
    let id = ApiKeyId(visit.cx.entropy.uuid_at(visit.now));
    describe::render(&visit, &current, form(id), describe::blank(&visit), Vec::new())
}

/// The form, sent.
pub(super) async fn submit(Member(posted): Member) -> PageResult {
    let (visit, current) = giving(&posted).await?;
    let id: Option<ApiKeyId> = posted.field("id")?.and_then(|id| id.parse().ok());
    let id = id.ok_or_else(|| visit.refuse(Problem::Malformed))?;
    let typed = describe::read(&posted)?;
    let terms = match describe::check(visit, &typed, None) {
        Ok(terms) => terms,
        Err(faults) => return describe::render(visit, current, form(id), typed, faults),
    };
    let mode = if typed.test { KeyMode::Test } else { KeyMode::Live };
    let (act, owner) = (act(visit, current), KeyOwner::Person(current.person.id));
    let added = api_keys::add(&act, &visit.cx.hasher, (id, owner, mode), terms, |_, _| None).await;
    match added.map_err(|error| visit.failed(&error))? {
        Added::Done(key, secret) => show_secret(visit, &key, secret, OldSecrets::None),
        Added::TooMany => {
            let text = visit.texts().api_keys.too_many.with(MOST);
            describe::render(visit, current, form(id), typed, vec![KeyFault { member: "name", text }])
        }
        Added::Exists | Added::Answered => Ok(visit.redirect(&format!("{}?done=twice", path_of(id)))),
    }
}

fn form(id: ApiKeyId) -> Form {
    Form { action: PATH.to_owned(), once: ("id", id.to_string()), back: owner::PATH.to_owned(), changed: None }
}
