//! `claviger scope …`: what apps can ask for.

use serde_json::{Value, json};

use super::confirm::confirm;
use super::output::{Failure, Output, table};
use super::resource::{must_be_registered, named_by, registry};
use super::resource_args::{ScopeArgs, ScopeCommand};
use crate::cx::Cx;
use crate::domain::catalogue::Catalogue;
use crate::domain::events::Origin;
use crate::domain::resources::ScopeDraft;
use crate::store::RegisteredScope;

/// Runs the command.
pub async fn run(command: &ScopeCommand, cx: &Cx, output: Output) -> Result<(), Failure> {
    let origin = Origin::default();
    let registry = registry(cx, &origin);
    match command {
        ScopeCommand::List => list(&cx.catalogue(), output),
        ScopeCommand::Add { name, draft } => {
            registry.add_scope(name, to_draft(draft), |_| None).await?;
            print(&cx.catalogue(), name, "registered", output)
        }
        ScopeCommand::Update { name, draft } => {
            registry.replace_scope(&registered(cx, name).await?, &to_draft(draft)).await?;
            print(&cx.catalogue(), name, "updated", output)
        }
        ScopeCommand::Delete { name, yes } => {
            let row = registered(cx, name).await?;
            let named = cx.store.mentions_of_scope(name).await?;
            confirm(&format!("Delete the scope {name}?{}", named_by(named)), *yes)?;
            registry.delete_scope(&row).await?;
            output.print(&json!({ "name": name, "state": "deleted" }), || {
                format!("The scope {name} is deleted; running servers notice within a second or two.")
            })
        }
    }
}

fn to_draft(args: &ScopeArgs) -> ScopeDraft {
    ScopeDraft { text: args.text.clone(), optional: !args.required, needs_approval: args.needs_approval }
}

/// The scope, if it can be changed by a command.
async fn registered(cx: &Cx, name: &str) -> Result<RegisteredScope, Failure> {
    let unknown = || Failure::refused(format!("There is no scope {name}."));
    must_be_registered(cx.catalogue().source_of_scope(name).ok_or_else(unknown)?, "scope")?;
    cx.store.registered_scope(name).await?.ok_or_else(unknown)
}

fn list(catalogue: &Catalogue, output: Output) -> Result<(), Failure> {
    let names: Vec<_> = catalogue.scope_names().collect();
    let document = json!({ "scopes": names.iter().map(|name| to_json(catalogue, name)).collect::<Vec<_>>() });
    output.print(&document, || {
        let rows = names.iter().map(|name| {
            [
                (*name).to_owned(),
                source(catalogue, name).to_owned(),
                if catalogue.needs_approval(name) { "needs approval" } else { "" }.to_owned(),
                catalogue.scope_text(name).unwrap_or_default().to_owned(),
            ]
        });
        table(["NAME", "FROM", "APPROVAL", "TEXT"], rows)
    })
}

fn print(catalogue: &Catalogue, name: &str, done: &str, output: Output) -> Result<(), Failure> {
    let name = name.trim();
    output.print(&to_json(catalogue, name), || {
        format!("The scope {name} is {done}; running servers notice within a second or two.")
    })
}

fn to_json(catalogue: &Catalogue, name: &str) -> Value {
    json!({
        "name": name,
        "source": source(catalogue, name),
        "text": catalogue.scope_text(name),
        "optional": catalogue.is_optional(name),
        "needs_approval": catalogue.needs_approval(name),
        "resources": catalogue.resources_knowing(name).map(|it| it.identifier.clone()).collect::<Vec<_>>(),
    })
}

fn source(catalogue: &Catalogue, name: &str) -> &'static str {
    catalogue.source_of_scope(name).map_or("", |source| source.word())
}
