//! `claviger client …`: registering apps and looking after them.

use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::args::ClientCommand;
use super::confirm::confirm;
use super::input::Input;
use super::output::{Failure, Output, fields, table};
use crate::clock::Timestamp;
use crate::cx::Cx;
use crate::domain::clients::registration::{Registered, Registrar, RegistrationError};
use crate::domain::events::{Actor, Origin};
use crate::ids::ClientId;
use crate::protocol::client_metadata::ClientMetadata;
use crate::protocol::redirect_uri::RedirectUri;
use crate::protocol::resource::ResourceUri;
use crate::store::Client;

/// Runs the command.
pub async fn run(command: &ClientCommand, cx: &Cx, output: Output) -> Result<(), Failure> {
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
    match command {
        ClientCommand::Add { file } => {
            let registered = registrar.add(read(file)?).await?;
            print_registered(&registered, "Registered", output)
        }
        ClientCommand::List => list(cx, output).await,
        ClientCommand::Show { id } => show(&find(cx, id).await?, output),
        ClientCommand::Update { id, file } => {
            let registered = registrar.update(&ClientId(id.clone()), read(file)?).await?;
            print_registered(&registered, "Updated", output)
        }
        ClientCommand::RotateSecret { id, overlap } => {
            let registered = registrar.rotate_secret(&ClientId(id.clone()), *overlap).await?;
            print_rotated(&registered, registrar.now + *overlap, output)
        }
        ClientCommand::Disable { id } => {
            registrar.disable(&ClientId(id.clone())).await?;
            done(
                id,
                "disabled",
                &format!("The client {id} is disabled; running servers notice within seconds."),
                output,
            )
        }
        ClientCommand::Enable { id } => {
            registrar.enable(&ClientId(id.clone())).await?;
            done(id, "active", &format!("The client {id} works again; running servers notice within seconds."), output)
        }
        ClientCommand::Delete { id, yes } => {
            let name = find(cx, id).await?.metadata.client_name;
            let name = name.map_or_else(|| id.clone(), |name| format!("{name} ({id})"));
            confirm(&format!("Delete the client {name} with all that was granted to it?"), *yes)?;
            registrar.delete(&ClientId(id.clone())).await?;
            done(id, "deleted", &format!("The client {id} is deleted, with all that was granted to it."), output)
        }
    }
}

impl From<RegistrationError> for Failure {
    fn from(error: RegistrationError) -> Self {
        Self::because(&error)
    }
}

/// Reads metadata, and tells of members that mean nothing here: most often a slip of the pen.
fn read(file: &Input) -> Result<ClientMetadata, Failure> {
    let metadata = ClientMetadata::parse(file.read()?.as_bytes()).map_err(RegistrationError::from)?;
    for member in &metadata.ignored_members {
        eprintln!("Ignored: the member {member:?} means nothing here.");
    }
    Ok(metadata)
}

async fn find(cx: &Cx, id: &str) -> Result<Client, Failure> {
    let id = ClientId(id.to_owned());
    let found = cx.store.client(&id, cx.now()).await?;
    found.ok_or_else(|| RegistrationError::Unknown(id).into())
}

fn print_registered(registered: &Registered, done: &str, output: Output) -> Result<(), Failure> {
    output.print(&registered.to_json(), || {
        let client = &registered.client;
        let name = client.metadata.client_name.as_deref().unwrap_or(client.id.as_str());
        let secret = registered.secret.as_ref().map(|secret| secret.expose_secret().to_owned());
        let keep = if secret.is_some() { "\n\nKeep the secret now: it is not shown again." } else { "" };
        let rows = std::iter::once(("client_secret", secret)).chain(described(client));
        format!("{done} {name}.\n\n{}{keep}", fields(std::iter::once(id_row(client)).chain(rows)))
    })
}

fn print_rotated(registered: &Registered, old_ends_at: Timestamp, output: Output) -> Result<(), Failure> {
    let mut document = registered.to_json();
    if let Some(members) = document.as_object_mut() {
        members.insert("previous_secret_valid_until".to_owned(), json!(old_ends_at.to_rfc3339()));
    }
    output.print(&document, || {
        let secret = registered.secret.as_ref().map(|secret| secret.expose_secret().to_owned());
        let rows = [
            id_row(&registered.client),
            ("client_secret", secret),
            ("previous secret valid until", Some(old_ends_at.to_rfc3339())),
        ];
        format!("{}\n\nKeep the secret now: it is not shown again.", fields(rows))
    })
}

async fn list(cx: &Cx, output: Output) -> Result<(), Failure> {
    let clients = cx.store.all_clients().await?;
    let document = json!({ "clients": clients.iter().map(to_json).collect::<Vec<_>>() });
    output.print(&document, || {
        if clients.is_empty() {
            return "No client is registered: `claviger client add FILE` registers one.".to_owned();
        }
        let rows = clients.iter().map(|client| {
            [
                client.id.to_string(),
                client.metadata.client_name.clone().unwrap_or_default(),
                client.metadata.token_endpoint_auth_method.to_string(),
                joined(&client.metadata.grant_types),
                state(client).to_owned(),
                client.created_at.to_rfc3339(),
            ]
        });
        table(["CLIENT ID", "NAME", "AUTHENTICATION", "GRANTS", "STATE", "REGISTERED"], rows)
    })
}

fn show(client: &Client, output: Output) -> Result<(), Failure> {
    let mut document = to_json(client);
    let secrets = client.secrets.iter().map(|secret| {
        json!({
            "created_at": secret.created_at.to_rfc3339(),
            "expires_at": secret.expires_at.map(Timestamp::to_rfc3339),
        })
    });
    if let Some(members) = document.as_object_mut() {
        members.insert("secrets".to_owned(), secrets.collect());
    }
    output.print(&document, || {
        let secrets = client.secrets.iter().map(|secret| {
            let end = secret.expires_at.map_or(String::new(), |end| format!(", valid until {}", end.to_rfc3339()));
            ("secret", Some(format!("made {}{end}", secret.created_at.to_rfc3339())))
        });
        let times = [
            ("state", Some(state(client).to_owned())),
            ("disabled", client.disabled_at.map(Timestamp::to_rfc3339)),
            ("registered", Some(client.created_at.to_rfc3339())),
            ("registered itself from", client.registration.as_ref().and_then(|own| own.address.clone())),
            ("removed if unused by", unused_until(client)),
            ("updated", Some(client.updated_at.to_rfc3339())),
        ];
        fields(std::iter::once(id_row(client)).chain(described(client)).chain(times).chain(secrets))
    })
}

fn done(id: &str, state: &str, words: &str, output: Output) -> Result<(), Failure> {
    output.print(&json!({ "client_id": id, "state": state }), || words.to_owned())
}

/// What is registered, and how the client is doing.
fn to_json(client: &Client) -> Value {
    let mut document = client.metadata.to_json();
    if let Some(members) = document.as_object_mut() {
        members.insert("client_id".to_owned(), json!(client.id));
        members.insert("client_id_issued_at".to_owned(), json!(client.created_at.seconds()));
        members.insert("state".to_owned(), json!(state(client)));
        members.insert("created_at".to_owned(), json!(client.created_at.to_rfc3339()));
        members.insert("updated_at".to_owned(), json!(client.updated_at.to_rfc3339()));
        members.insert("disabled_at".to_owned(), json!(client.disabled_at.map(Timestamp::to_rfc3339)));
        let registration = client
            .registration
            .as_ref()
            .map(|own| json!({ "by": own.by.word(), "address": own.address, "unused_until": own.unused_until.map(Timestamp::to_rfc3339) }));
        members.insert("registration".to_owned(), json!(registration));
    }
    document
}

fn unused_until(client: &Client) -> Option<String> {
    client.registration.as_ref()?.unused_until.map(Timestamp::to_rfc3339)
}

fn state(client: &Client) -> &'static str {
    if client.disabled_at.is_some() { "disabled" } else { "active" }
}

fn id_row(client: &Client) -> (&'static str, Option<String>) {
    ("client_id", Some(client.id.to_string()))
}

/// The metadata that people ask for first; `--json` has all of it.
fn described(client: &Client) -> impl Iterator<Item = (&'static str, Option<String>)> {
    let metadata = &client.metadata;
    let some = |text: String| Some(text).filter(|text| !text.is_empty());
    [
        ("client_name", metadata.client_name.clone()),
        ("token_endpoint_auth_method", Some(metadata.token_endpoint_auth_method.to_string())),
        ("grant_types", some(joined(&metadata.grant_types))),
        ("redirect_uris", some(joined(metadata.redirect_uris.iter().map(RedirectUri::as_str)))),
        ("post_logout_redirect_uris", some(joined(metadata.post_logout_redirect_uris.iter().map(RedirectUri::as_str)))),
        ("scope", some(metadata.scope.to_string())),
        ("resources", some(joined(metadata.resources.iter().map(ResourceUri::as_str)))),
        ("id_token_signed_response_alg", Some(metadata.id_token_signed_response_alg.to_string())),
        ("require_pkce", Some(metadata.require_pkce.to_string())),
        ("consent", Some(metadata.consent.to_string())),
    ]
    .into_iter()
}

fn joined<T: ToString>(items: impl IntoIterator<Item = T>) -> String {
    items.into_iter().map(|item| item.to_string()).collect::<Vec<_>>().join(" ")
}
