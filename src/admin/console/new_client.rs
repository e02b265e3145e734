//! `/admin/new-client`: registering a client by its kind, with safe defaults and only the fields that matter.

use actix_web::Error;
use actix_web::http::StatusCode;
use askama::Template;

use super::admin::{Admin, AdminForm};
use super::client;
use super::frame::{Frame, Section};
use crate::domain::clients::kind::ClientKind;
use crate::domain::clients::registration::RegistrationError;
use crate::domain::permission::Permission;
use crate::protocol::client_metadata::{AuthMethod, ClientMetadata};
use crate::web::visit::PageResult;

/// `templates/console/new_client.html`
#[derive(Template)]
#[template(path = "console/new_client.html")]
struct NewClient<'a> {
    f: &'a Frame,
    filled: &'a Filled,
    kinds: [KindChoice; 5],
    scopes: Vec<ScopeChoice<'a>>,
    problems: Vec<String>,
}

struct KindChoice {
    word: &'static str,
    text: &'static str,
    chosen: bool,
}

struct ScopeChoice<'a> {
    name: &'a str,
    text: &'a str,
    chosen: bool,
}

/// What stands in the form.
struct Filled {
    kind: ClientKind,
    client_id: String,
    name: String,
    redirect_uris: String,
    jwks: String,
    scopes: Vec<String>,
}

impl NewClient<'_> {
    /// Whether a problem is with this member: each begins with the name of its own.
    fn is_wrong(&self, member: &str) -> bool {
        self.problems.iter().any(|problem| problem.strip_prefix(member).is_some_and(|rest| rest.starts_with(':')))
    }
}

const fn described(kind: ClientKind) -> &'static str {
    match kind {
        ClientKind::Web => "Web: runs on a server, where it can keep a secret",
        ClientKind::SinglePage => "Single-page: runs in the browser",
        ClientKind::Native => "Native: runs on a person's phone or computer",
        ClientKind::Device => "Device: has no keyboard to speak of; somebody lets it in on another device",
        ClientKind::Machine => "Machine: acts for itself, without a person",
    }
}

/// The form.
pub(super) async fn show(admin: Admin) -> PageResult {
    let query = admin.visit.query()?;
    let kind = admin.visit.value(&query, "kind")?.and_then(ClientKind::from_word).unwrap_or(ClientKind::Web);
    let scopes = if kind == ClientKind::Machine { Vec::new() } else { vec!["openid".to_owned(), "profile".to_owned()] };
    // Drawn here, so that a form that is sent twice registers once.
    let client_id = admin.visit.cx.entropy.uuid().to_string();
    let filled =
        Filled { kind, client_id, name: String::new(), redirect_uris: String::new(), jwks: String::new(), scopes };
    render(&admin, &filled, Vec::new())
}

/// The form, sent.
pub(super) async fn submit(AdminForm { admin, fields }: AdminForm) -> PageResult {
    let visit = &admin.visit;
    let field = |name: &str| Ok::<_, Error>(visit.value(&fields, name)?.unwrap_or_default().trim().to_owned());
    let filled = Filled {
        kind: visit.value(&fields, "kind")?.and_then(ClientKind::from_word).unwrap_or(ClientKind::Web),
        client_id: field("client_id")?,
        name: field("client_name")?,
        redirect_uris: fields.lines("redirect_uris").map_err(|error| visit.malformed(&error))?.join("\n"),
        jwks: fields.lines("jwks").map_err(|error| visit.malformed(&error))?.join("\n"),
        scopes: fields.all("scope").map_err(|error| visit.malformed(&error))?.into_iter().map(str::to_owned).collect(),
    };
    let uris: Vec<_> = filled.redirect_uris.split_whitespace().collect();
    let mut draft = filled.kind.draft(&filled.name, &uris, &filled.scopes.join(" "));
    if filled.kind == ClientKind::Machine && !filled.jwks.trim().is_empty() {
        draft["token_endpoint_auth_method"] = AuthMethod::PrivateKeyJwt.wire().into();
        // What is no JSON stays a text, which is refused by name.
        draft["jwks"] = serde_json::from_str(&filled.jwks).unwrap_or_else(|_| filled.jwks.clone().into());
    }
    if let (Some(members), false) = (draft.as_object_mut(), filled.client_id.is_empty()) {
        members.insert("client_id".to_owned(), filled.client_id.clone().into());
    }
    let metadata = match ClientMetadata::parse(draft.to_string().as_bytes()) {
        Ok(metadata) => metadata,
        Err(faults) => return render(&admin, &filled, faults.iter().map(ToString::to_string).collect()),
    };
    if let Some(problem) = admin.beyond(&metadata.scope) {
        return render(&admin, &filled, vec![problem]);
    }
    match admin.registrar().add(metadata).await {
        Ok(registered) => client::render(&admin, &registered.client, registered.secret.as_ref()).await,
        Err(RegistrationError::Store(error)) => Err(visit.failed(&error)),
        Err(RegistrationError::Faulty(faults)) => {
            render(&admin, &filled, faults.iter().map(ToString::to_string).collect())
        }
        Err(error) => render(&admin, &filled, vec![error.to_string()]),
    }
}

fn render(admin: &Admin, filled: &Filled, problems: Vec<String>) -> PageResult {
    let catalogue = &admin.visit.cx.catalogue();
    let may_give = |name: &str| Permission::ALL.iter().all(|p| p.scope() != name || admin.role.may_give(*p));
    let scopes = catalogue.scope_names().filter(|name| may_give(name)).map(|name| ScopeChoice {
        name,
        text: catalogue.scope_text(name).unwrap_or_default(),
        chosen: filled.scopes.iter().any(|chosen| chosen == name),
    });
    let kinds = ClientKind::ALL.map(|kind| KindChoice {
        word: kind.word(),
        text: described(kind),
        chosen: kind == filled.kind,
    });
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let frame = admin.frame();
    let page = NewClient { f: &frame, filled, kinds, scopes: scopes.collect(), problems };
    admin.send_as(status, &frame, Section::Clients, "New client", &page)
}
