//! `claviger resource …`: the APIs for which tokens are issued.

use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::confirm::confirm;
use super::output::{Failure, Output, fields, table};
use super::resource_args::{ResourceArgs, ResourceCommand};
use crate::cx::Cx;
use crate::domain::catalogue::{Resource, Source, resource_id};
use crate::domain::clients::registration::Registrar;
use crate::domain::events::{Actor, Origin};
use crate::domain::people::Act;
use crate::domain::resources::{Registry, RegistryError, ResourceDraft, make_credentials};
use crate::store::{Client, Mention, Mentions, RegisteredResource};

/// Clients that are shown of a resource.
const MOST_LISTED: u64 = 10_000;

/// Runs the command.
pub async fn run(command: &ResourceCommand, cx: &Cx, output: Output) -> Result<(), Failure> {
    let origin = Origin::default();
    let registry = registry(cx, &origin);
    match command {
        ResourceCommand::List => list(cx, output),
        ResourceCommand::Show { identifier } => show(cx, identifier, output).await,
        ResourceCommand::Add { identifier, draft } => {
            let row = registry.add_resource(identifier, to_draft(draft), |_| None).await?;
            print(cx, &row.into(), "Registered", output)
        }
        ResourceCommand::Update { identifier, draft } => {
            let row = registered(cx, identifier).await?;
            let row = registry.replace_resource(&row, to_draft(draft)).await?;
            print(cx, &row.into(), "Updated", output)
        }
        ResourceCommand::Delete { identifier, yes } => {
            let row = registered(cx, identifier).await?;
            let named = cx.store.mentions_of_resource(identifier).await?;
            confirm(&format!("Delete the resource {identifier}?{}", named_by(named)), *yes)?;
            registry.delete_resource(&row).await?;
            output.print(&json!({ "identifier": identifier, "state": "deleted" }), || {
                format!("The resource {identifier} is deleted; running servers notice within a second or two.")
            })
        }
        ResourceCommand::AddServer { identifier } => add_server(cx, identifier, output).await,
    }
}

/// What registers on the operator's behalf.
pub(super) fn registry<'a>(cx: &'a Cx, origin: &'a Origin) -> Registry<'a> {
    let act = Act { store: &cx.store, entropy: &*cx.entropy, now: cx.now(), actor: Actor::Operator, origin };
    Registry { act, live: &cx.live_catalogue }
}

/// Who would go on naming what is to be deleted.
pub(super) fn named_by(mentions: Mentions) -> String {
    if mentions.is_none() {
        return String::new();
    }
    format!(" It is named by {mentions}, to no effect from then on.")
}

impl From<RegistryError> for Failure {
    fn from(error: RegistryError) -> Self {
        Self::because(&error)
    }
}

fn to_draft(args: &ResourceArgs) -> ResourceDraft {
    ResourceDraft {
        name: args.name.clone(),
        scopes: args.scopes.clone(),
        access_token_format: args.format.clone(),
        access_token_lifetime: args.lifetime.map(|lifetime| lifetime.as_secs()),
    }
}

fn find(cx: &Cx, identifier: &str) -> Result<Resource, Failure> {
    let found = cx.catalogue().resource(identifier).cloned();
    found.ok_or_else(|| Failure::refused(format!("There is no resource {identifier}.")))
}

/// The resource, if it can be changed by a command.
async fn registered(cx: &Cx, identifier: &str) -> Result<RegisteredResource, Failure> {
    must_be_registered(find(cx, identifier)?.source, "resource")?;
    let found = cx.store.registered_resource(resource_id(identifier)).await?;
    found.ok_or_else(|| Failure::refused(format!("There is no resource {identifier}.")))
}

/// Refuses to change what is not kept in the database.
pub(super) fn must_be_registered(source: Source, what: &str) -> Result<(), Failure> {
    match source {
        Source::Registered => Ok(()),
        Source::Settings => Err(Failure::refused(format!("The settings declare this {what}: change it there."))),
        Source::BuiltIn => Err(Failure::refused(format!("This {what} is part of the server: it cannot be changed."))),
    }
}

fn list(cx: &Cx, output: Output) -> Result<(), Failure> {
    let catalogue = cx.catalogue();
    let document = json!({ "resources": catalogue.resources().map(|it| to_json(cx, it)).collect::<Vec<_>>() });
    output.print(&document, || {
        let rows = catalogue.resources().map(|resource| {
            [
                resource.identifier.clone(),
                resource.name.clone(),
                resource.source.word().to_owned(),
                resource.format.as_str().to_owned(),
                resource.scopes.to_string(),
            ]
        });
        table(["IDENTIFIER", "NAME", "FROM", "TOKENS", "SCOPES"], rows)
    })
}

async fn show(cx: &Cx, identifier: &str, output: Output) -> Result<(), Failure> {
    let resource = find(cx, identifier)?;
    let mentioning = async |mention| cx.store.clients_mentioning(None, mention, None, MOST_LISTED).await;
    let ids = |clients: Vec<Client>| clients.into_iter().map(|client| client.id.0).collect::<Vec<_>>();
    let clients = ids(mentioning(Mention::Resource(identifier)).await?);
    let servers = ids(mentioning(Mention::ServedResource(identifier)).await?);
    let mut document = to_json(cx, &resource);
    if let Some(members) = document.as_object_mut() {
        members.insert("clients".to_owned(), json!(clients));
        members.insert("servers".to_owned(), json!(servers));
    }
    output.print(&document, || {
        let some = |ids: &[String]| Some(ids.join(" ")).filter(|text| !text.is_empty());
        let of_clients = [("clients", some(&clients)), ("servers", some(&servers))];
        fields(described(cx, &resource).into_iter().chain(of_clients))
    })
}

fn print(cx: &Cx, resource: &Resource, done: &str, output: Output) -> Result<(), Failure> {
    output.print(&to_json(cx, resource), || format!("{done} {}.\n\n{}", resource.name, fields(described(cx, resource))))
}

async fn add_server(cx: &Cx, identifier: &str, output: Output) -> Result<(), Failure> {
    let resource = find(cx, identifier)?;
    if resource.source == Source::BuiltIn {
        return Err(Failure::refused("This resource is part of the server: it needs no credentials."));
    }
    let registrar = Registrar {
        manager: None,
        store: &cx.store,
        secrets: cx.secrets(),
        catalogue: cx.catalogue(),
        mtls: &cx.config.server.mtls,
        outbound: &cx.outbound,
        response_types: cx.config.tokens.response_types(),
        entropy: &*cx.entropy,
        now: cx.now(),
        actor: Actor::Operator,
        origin: Origin::default(),
    };
    let made = make_credentials(&registrar, &resource, None, |_| None).await?;
    output.print(&made.to_json(), || {
        let secret = made.secret.as_ref().map(|secret| secret.expose_secret().to_owned());
        let rows = [("client_id", Some(made.client.id.to_string())), ("client_secret", secret)];
        format!(
            "With these a server of {} asks about tokens, and can do nothing else.\n\n{}\n\nKeep the secret now: it is not \
             shown again.",
            resource.name,
            fields(rows)
        )
    })
}

fn to_json(cx: &Cx, resource: &Resource) -> Value {
    json!({
        "id": resource.id,
        "identifier": resource.identifier,
        "name": resource.name,
        "source": resource.source.word(),
        "scopes": resource.scopes.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "access_token_format": resource.format.as_str(),
        "access_token_lifetime": lifetime(cx, resource),
    })
}

fn described(cx: &Cx, resource: &Resource) -> [(&'static str, Option<String>); 7] {
    [
        ("identifier", Some(resource.identifier.clone())),
        ("id", Some(resource.id.to_string())),
        ("name", Some(resource.name.clone())),
        ("from", Some(resource.source.word().to_owned())),
        ("scopes", Some(resource.scopes.to_string()).filter(|text| !text.is_empty())),
        ("tokens", Some(resource.format.as_str().to_owned())),
        ("lifetime", Some(format!("{} s", lifetime(cx, resource)))),
    ]
}

fn lifetime(cx: &Cx, resource: &Resource) -> u64 {
    resource.lifetime.unwrap_or(cx.config.tokens.access_token_lifetime).as_secs()
}
