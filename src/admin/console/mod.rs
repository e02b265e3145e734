//! The console under `/admin`: server-rendered, of use without a script. One file a page; each asks for an [`admin::Admin`]
//! or an [`admin::AdminForm`], which nobody else can get past.
//!
//! A form is sent back to the path of its page, so that an admin who has to prove who they are in between finds the
//! page again. What it changes passes through the same functions of `domain` that commands call.

mod access;
mod admin;
mod api_key;
mod api_keys;
mod approvals;
mod chart;
mod client;
mod clients;
mod dashboard;
mod delete_resource;
mod delete_scope;
mod edit_api_key;
mod edit_client;
mod edit_person;
mod edit_resource;
mod edit_scope;
mod events;
mod explained;
mod export;
mod frame;
mod group;
mod groups;
mod import;
mod key_form;
mod key_owner;
mod keys;
mod listing;
mod mailbox;
mod new_api_key;
mod new_client;
mod new_resource;
mod new_scope;
mod overview;
mod people;
mod permits;
mod person;
mod resource;
mod resource_form;
mod resources;
mod scope_form;
mod scopes;
mod settings;
mod snippets;
mod tried;
mod try_it;
mod who;

use actix_web::web::ServiceConfig;

use crate::web::mount::{form, page, taking};

/// Every page of the console.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(page("/admin", overview::show))
        .service(page("/admin/clients", clients::show))
        .service(form("/admin/new-client", new_client::show, new_client::submit))
        .service(form("/admin/clients/{client_id}", client::show, client::submit))
        .service(form("/admin/clients/{client_id}/edit", edit_client::show, edit_client::submit))
        .service(page("/admin/clients/{client_id}/snippets", snippets::show))
        .service(form("/admin/clients/{client_id}/try", try_it::show, try_it::submit))
        .service(page("/admin/try", tried::show))
        .service(taking(form("/admin/clients/{client_id}/access", access::show, access::submit), access::LIMITS))
        .service(page("/admin/approvals", approvals::show))
        .service(form("/admin/approvals/{request_id}", approvals::show_one, approvals::submit_one))
        .service(form("/admin/groups", groups::show, groups::submit))
        .service(form("/admin/groups/{group_id}", group::show, group::submit))
        .service(form("/admin/people", people::show, people::submit))
        .service(form("/admin/new-person", edit_person::show_new, edit_person::submit_new))
        .service(taking(form("/admin/people/import", import::show, import::submit), import::LIMITS))
        .service(form("/admin/people/{person_id}/edit", edit_person::show, edit_person::submit))
        .service(form("/admin/people/{person_id}", person::show, person::submit))
        .service(page("/admin/api-keys", api_keys::show))
        .service(form("/admin/new-api-key", new_api_key::show, new_api_key::submit))
        .service(form("/admin/api-keys/{key_id}", api_key::show, api_key::submit))
        .service(form("/admin/api-keys/{key_id}/edit", edit_api_key::show, edit_api_key::submit))
        .service(page("/admin/events", events::show))
        .service(form("/admin/keys", keys::show, keys::submit))
        .service(page("/admin/resources", resources::show))
        .service(form("/admin/resources/new", new_resource::show, new_resource::submit))
        .service(form("/admin/resources/{resource_id}", resource::show, resource::submit))
        .service(form("/admin/resources/{resource_id}/edit", edit_resource::show, edit_resource::submit))
        .service(form("/admin/resources/{resource_id}/delete", delete_resource::show, delete_resource::submit))
        .service(page("/admin/scopes", scopes::show))
        .service(form("/admin/scopes/new", new_scope::show, new_scope::submit))
        .service(form("/admin/scopes/{scope}/edit", edit_scope::show, edit_scope::submit))
        .service(form("/admin/scopes/{scope}/delete", delete_scope::show, delete_scope::submit))
        .service(page("/admin/mailbox", mailbox::show))
        .service(page("/admin/mailbox/{mail_id}", mailbox::show_one))
        .service(page("/admin/settings", settings::show))
        .service(page("/admin/events.csv", export::csv))
        .service(page("/admin/events.jsonl", export::json_lines));
}
