//! `/admin/clients/{client_id}/try`: running an authorization or token request in the place of a client, to see each
//! parameter, token and claim explained ([`crate::domain::trial`]).

use actix_web::Error;
use actix_web::web::Path;
use askama::Template;

use super::admin::{Admin, AdminForm};
use super::client::{self, path_of};
use super::explained::{Part, Row};
use super::frame::{Frame, Section};
use super::tried::{Told, may_authenticate, name_of};
use crate::domain::tokens::machine;
use crate::domain::trial;
use crate::ids::ClientId;
use crate::protocol::grant_type::GrantType;
use crate::protocol::params::Params;
use crate::protocol::prompt::PromptValue;
use crate::protocol::resource::ResourceUri;
use crate::protocol::response::ResponseType;
use crate::protocol::scope;
use crate::store::Client;
use crate::web::page::Problem;
use crate::web::visit::PageResult;

/// `templates/console/try.html`
#[derive(Template)]
#[template(path = "console/try.html")]
struct TryPage<'a> {
    f: &'a Frame,
    path: String,
    app: &'a str,
    disabled: bool,
    by_person: bool,
    by_machine: bool,
    scope: Vec<&'a str>,
    machine_scope: Vec<&'a str>,
    resources: Vec<&'a str>,
    prompts: &'static [PromptValue],
}

impl TryPage<'_> {
    /// What a field is for, with its section.
    fn meaning(name: &str) -> Row {
        Row::of(Part::Request, name, "")
    }
}

/// The page.
pub(super) async fn show(admin: Admin, id: Path<String>) -> PageResult {
    let client = client::find(&admin, &ClientId(id.into_inner())).await?;
    admin.must_hold_scope_of(&client)?;
    let metadata = &client.metadata;
    let scope: Vec<_> = metadata.scope.iter().map(scope::ScopeToken::as_str).collect();
    let frame = admin.frame();
    let page = TryPage {
        f: &frame,
        path: path_of(&client.id),
        app: name_of(&client),
        disabled: client.disabled_at.is_some(),
        by_person: metadata.response_types.contains(&ResponseType::Code),
        by_machine: metadata.may_use(GrantType::ClientCredentials),
        machine_scope: scope.iter().copied().filter(|name| !scope::OF_A_PERSON.contains(name)).collect(),
        scope,
        resources: metadata.resources.iter().map(ResourceUri::as_str).collect(),
        prompts: PromptValue::ALL,
    };
    admin.send(&frame, Section::Clients, "Try it", &page)
}

/// One of its forms, sent.
pub(super) async fn submit(AdminForm { admin, fields }: AdminForm, id: Path<String>) -> PageResult {
    let client = client::find(&admin, &ClientId(id.into_inner())).await?;
    admin.must_hold_scope_of(&client)?;
    match admin.visit.value(&fields, "grant_type")?.and_then(GrantType::from_wire) {
        Some(GrantType::AuthorizationCode) => as_a_person(&admin, &client, &fields).await,
        Some(GrantType::ClientCredentials) => as_a_machine(&admin, &client, &fields).await,
        _ => Err(admin.visit.refuse(Problem::Malformed)),
    }
}

/// Sends the browser where the app would send it.
async fn as_a_person(admin: &Admin, client: &Client, fields: &Params) -> PageResult {
    let visit = &admin.visit;
    let scope = ticked(admin, fields, "scope")?.join(" ");
    let mut chosen = vec![("scope", scope.as_str())];
    for name in ["prompt", "max_age", "login_hint"] {
        chosen.extend(visit.value(fields, name)?.filter(|value| !value.is_empty()).map(|value| (name, value)));
    }
    chosen.extend(ticked(admin, fields, "resource")?.into_iter().map(|resource| ("resource", resource)));
    note(admin, client, GrantType::AuthorizationCode, &scope).await?;
    let me = admin.current.person.id;
    let query = visit.cx.trials(visit.now).request(&client.id, me, &chosen, &*visit.cx.entropy);
    Ok(visit.redirect(&format!("/oauth2/authorize?{query}")))
}

/// Obtains a token as the machine would, and explains it.
async fn as_a_machine(admin: &Admin, client: &Client, fields: &Params) -> PageResult {
    let (visit, cx) = (&admin.visit, &admin.visit.cx);
    let scope = ticked(admin, fields, "scope")?.join(" ");
    let resources = ticked(admin, fields, "resource")?;
    let mut sent = vec![("grant_type", GrantType::ClientCredentials.wire())];
    sent.extend((!scope.is_empty()).then_some(("scope", scope.as_str())));
    sent.extend(resources.iter().map(|resource| ("resource", *resource)));
    note(admin, client, GrantType::ClientCredentials, &scope).await?;
    let asked = Some(scope.as_str()).filter(|scope| !scope.is_empty());
    let response = match may_authenticate(client) {
        Ok(()) => {
            let mint = cx.mint();
            let prepared = machine::prepare(&cx.store, &mint, client, asked, &resources, visit.now).await;
            prepared.and_then(|prepared| prepared.finish(&mint, visit.now))
        }
        Err(error) => Err(error),
    };
    let mut told = Told::default();
    told.asks_for_token(client, &sent);
    match response {
        Err(error) => told.refused(&error),
        Ok(response) => {
            told.tokens(&response);
            let read = cx.inspector().read(&response.access_token, visit.now).await;
            if let Some(token) = read.map_err(|error| visit.failed(&error))? {
                trial::end_token(&admin.act(), token).await.map_err(|error| visit.failed(&error))?;
            }
        }
    }
    told.send(admin, client)
}

async fn note(admin: &Admin, client: &Client, grant: GrantType, scope: &str) -> Result<(), Error> {
    let noted = trial::note(&admin.act(), &client.id, grant.wire(), scope).await;
    noted.map_err(|error| admin.visit.failed(&error))
}

fn ticked<'p>(admin: &Admin, fields: &'p Params, name: &str) -> Result<Vec<&'p str>, Error> {
    fields.all(name).map_err(|error| admin.visit.malformed(&error))
}
