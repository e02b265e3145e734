//! `/admin/clients/{client_id}/edit`: every member of a client's metadata, with its meaning beside it.

use actix_web::Error;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use serde_json::Value;

use super::admin::{Admin, AdminForm};
use super::client::{self, path_of};
use super::frame::{Frame, Section};
use crate::clock::Timestamp;
use crate::domain::clients::members::{self, GROUPS, Group, Member, Shape};
use crate::domain::clients::registration::RegistrationError;
use crate::ids::ClientId;
use crate::protocol::client_metadata::{ClientMetadata, MetadataFault};
use crate::store::Client;
use crate::web::page::Problem;
use crate::web::visit::PageResult;

/// `templates/console/edit_client.html`
#[derive(Template)]
#[template(path = "console/edit_client.html")]
struct EditClient<'a> {
    f: &'a Frame,
    path: String,
    name: &'a str,
    /// When it had last changed as the form was made, in milliseconds.
    version: i64,
    groups: &'static [Group],
    typed: &'a Value,
    problems: Vec<String>,
    wrong: Vec<String>,
    /// A redirect URI that somebody sent, and that is added only if the form is sent.
    suggested: Option<&'a str>,
}

impl EditClient<'_> {
    fn text(&self, member: &Member) -> String {
        member.typed(&self.typed[member.name])
    }

    fn chosen(&self, member: &Member, word: &str) -> bool {
        self.text(member).lines().any(|line| line == word)
    }

    fn is_wrong(&self, member: &Member) -> bool {
        self.wrong.iter().any(|name| name == member.name)
    }
}

/// The form. With `redirect_uri` in the address, that URI stands in it already.
pub(super) async fn show(admin: Admin, id: Path<String>) -> PageResult {
    let client = client::find(&admin, &ClientId(id.into_inner())).await?;
    admin.must_hold_scope_of(&client)?;
    let query = admin.visit.query()?;
    let suggested = admin.visit.value(&query, "redirect_uri")?.filter(|uri| !uri.is_empty());
    let mut typed = client.metadata.to_json();
    if let (Some(uri), Some(uris)) = (suggested, typed["redirect_uris"].as_array_mut())
        && !uris.iter().any(|known| known == uri)
    {
        uris.push(uri.into());
    }
    render(&admin, &client, &typed, &[], suggested)
}

/// The form, sent.
pub(super) async fn submit(AdminForm { admin, fields }: AdminForm, id: Path<String>) -> PageResult {
    let visit = &admin.visit;
    let client = client::find(&admin, &ClientId(id.into_inner())).await?;
    admin.must_hold_scope_of(&client)?;
    let version = visit.value(&fields, "version")?.and_then(|version| version.parse().ok());
    let version = version.map(Timestamp::from_millis).ok_or_else(|| visit.refuse(Problem::Malformed))?;
    let typed = members::document(|member| {
        let values = fields.lines(member.name).map_err(|error| visit.malformed(&error))?;
        Ok::<_, Error>(values.join("\n"))
    })?;
    let metadata = match ClientMetadata::parse(typed.to_string().as_bytes()) {
        Ok(metadata) => metadata,
        Err(faults) => return render(&admin, &client, &typed, &faults, None),
    };
    if let Some(problem) = admin.beyond(&metadata.scope) {
        return render_with(&admin, &client, &typed, vec![problem], vec!["scope".to_owned()], None);
    }
    match admin.registrar().update_if(&client.id, metadata, move |client| client.updated_at == version).await {
        Ok(registered) => {
            visit.cx.clients.forget(&client.id);
            if registered.secret.is_some() {
                return client::render(&admin, &registered.client, registered.secret.as_ref()).await;
            }
            Ok(visit.redirect(&format!("{}?done=changed", path_of(&client.id))))
        }
        Err(RegistrationError::Faulty(faults)) => render(&admin, &client, &typed, &faults, None),
        Err(RegistrationError::Changed(_)) => Ok(visit.redirect(&format!("{}?done=stale", path_of(&client.id)))),
        Err(error) => Err(client::refused(&admin, error)),
    }
}

fn render(
    admin: &Admin,
    client: &Client,
    typed: &Value,
    faults: &[MetadataFault],
    suggested: Option<&str>,
) -> PageResult {
    let problems = faults.iter().map(ToString::to_string).collect();
    let wrong = faults.iter().map(|fault| fault.member.clone()).collect();
    render_with(admin, client, typed, problems, wrong, suggested)
}

fn render_with(
    admin: &Admin,
    client: &Client,
    typed: &Value,
    problems: Vec<String>,
    wrong: Vec<String>,
    suggested: Option<&str>,
) -> PageResult {
    let name = client.metadata.client_name.as_deref().unwrap_or(client.id.as_str());
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let frame = admin.frame();
    let page = EditClient {
        f: &frame,
        path: path_of(&client.id),
        name,
        version: client.updated_at.millis(),
        groups: GROUPS,
        typed,
        problems,
        wrong,
        suggested,
    };
    admin.send_as(status, &frame, Section::Clients, &format!("Change {name}"), &page)
}
