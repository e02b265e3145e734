//! The admin API under `/api/v1`: all that the console does, for programs. One file a resource.
//!
//! A handler is described where it stands (`utoipa`), and [`description`] collects that; a test holds that what is described
//! is what answers. Each takes a [`caller::Caller`], who got past the access token, and asks what they may: `caller.must(…)`.
//! What goes wrong is a [`problem::Problem`]. What changes anything passes through the same functions of `domain` as the
//! console and the commands.

mod access;
mod answer;
mod api_key_actions;
mod api_key_view;
mod api_keys;
mod approvals;
mod caller;
mod client_actions;
mod clients;
mod consents;
mod description;
mod docs;
mod etag;
mod events;
mod explain;
mod groups;
mod idempotency;
mod import;
mod invitations;
mod keys;
mod manager;
mod merge_patch;
mod metadata;
mod overview;
mod page;
mod people;
mod person_actions;
mod problem;
mod protected_resource;
mod registration_tokens;
mod resource_clients;
mod resources;
mod roles;
mod scopes;
mod sessions;
mod settings;

use actix_web::dev::HttpServiceFactory;
use actix_web::middleware::from_fn;
use actix_web::web::{self, ServiceConfig};
use actix_web::{FromRequest, Handler, Resource, Responder};

pub use explain::apologize;

use crate::domain::own_api;
use crate::domain::people::import::MOST_BYTES;

/// Every path below the issuer's.
pub fn routes(config: &mut ServiceConfig) {
    config.service(api());
}

/// What stands at the root, whatever path the issuer has.
pub fn root_routes(config: &mut ServiceConfig, issuer_path: &str) {
    protected_resource::routes(config, issuer_path);
}

fn api() -> impl HttpServiceFactory {
    web::scope(own_api::PATH)
        .wrap(from_fn(explain::explain))
        .service(read("/openapi.json", description::show))
        .service(read("/docs", docs::show))
        .service(read("/clients", clients::list).post(clients::create))
        .service(read("/clients/{client_id}", clients::show).put(clients::replace).delete(clients::delete))
        .service(at("/clients/{client_id}/rotate-secret").post(client_actions::rotate_secret))
        .service(at("/clients/{client_id}/disable").post(client_actions::disable))
        .service(at("/clients/{client_id}/enable").post(client_actions::enable))
        .service(read("/clients/{client_id}/review", client_actions::show_review))
        .service(
            read("/clients/{client_id}/consents", client_actions::list_consents)
                .delete(client_actions::withdraw_consents),
        )
        .service(read("/clients/{client_id}/access", access::show).put(access::replace))
        .service(read("/clients/{client_id}/manager", manager::show).put(manager::replace))
        .service(read("/clients/{client_id}/approvals", approvals::list).post(approvals::approve))
        .service(at("/clients/{client_id}/approvals/{approval_id}").delete(approvals::withdraw))
        .service(read("/approval-requests", approvals::list_requests))
        .service(read("/approval-requests/{request_id}", approvals::show_request))
        .service(at("/approval-requests/{request_id}/approve").post(approvals::approve_request))
        .service(at("/approval-requests/{request_id}/refuse").post(approvals::refuse_request))
        .service(read("/registration-tokens", registration_tokens::list).post(registration_tokens::create))
        .service(read("/registration-tokens/{token_id}", registration_tokens::show).delete(registration_tokens::delete))
        .service(read("/groups", groups::list).post(groups::create))
        .service(read("/groups/{group_id}", groups::show).put(groups::replace).delete(groups::delete))
        .service(read("/groups/{group_id}/members", groups::list_members))
        .service(at("/groups/{group_id}/members/{person_id}").put(groups::join).delete(groups::leave))
        .service(read("/people/{person_id}/groups", groups::list_of_person))
        .service(read("/people", people::list).post(people::create))
        // Before what has a parameter in this place.
        .service(at("/people/import").app_data(web::PayloadConfig::new(MOST_BYTES)).post(import::import))
        .service(at("/people/invitations").post(invitations::create))
        .service(read("/people/{person_id}", people::show).patch(people::patch).delete(person_actions::delete))
        .service(read("/people/{person_id}/role", roles::show).put(roles::replace))
        .service(at("/people/{person_id}/disable").post(person_actions::disable))
        .service(at("/people/{person_id}/enable").post(person_actions::enable))
        .service(at("/people/{person_id}/reset-second-factors").post(person_actions::reset_second_factors))
        .service(at("/people/{person_id}/password-link").post(person_actions::make_link))
        .service(read("/people/{person_id}/consents", person_actions::list_consents))
        .service(read("/people/{person_id}/sessions", sessions::list).delete(sessions::end_all))
        .service(at("/consents/{consent_id}").delete(consents::withdraw))
        .service(at("/sessions/{sid}").delete(sessions::end))
        .service(read("/api-keys", api_keys::list).post(api_keys::create))
        .service(read("/api-keys/{key_id}", api_keys::show).patch(api_keys::patch).delete(api_keys::delete))
        .service(at("/api-keys/{key_id}/rotate").post(api_key_actions::rotate))
        .service(at("/api-keys/{key_id}/disable").post(api_key_actions::disable))
        .service(at("/api-keys/{key_id}/enable").post(api_key_actions::enable))
        .service(read("/overview", overview::show))
        .service(read("/events", events::list))
        .service(read("/keys", keys::list))
        .service(at("/keys/rotate").post(keys::rotate))
        .service(at("/keys/{kid}/retire").post(keys::retire))
        .service(read("/resources", resources::list).post(resources::create))
        .service(read("/resources/{resource_id}", resources::show).put(resources::replace).delete(resources::delete))
        .service(read("/resources/{resource_id}/clients", resource_clients::list))
        .service(
            at("/resources/{resource_id}/clients/{client_id}")
                .put(resource_clients::admit)
                .delete(resource_clients::remove),
        )
        .service(read("/resources/{resource_id}/servers", resource_clients::list_servers))
        .service(at("/resources/{resource_id}/credentials").post(resource_clients::credentials))
        .service(read("/scopes", scopes::list).post(scopes::create))
        .service(read("/scopes/{scope}", scopes::show).put(scopes::replace).delete(scopes::delete))
        .service(read("/settings", settings::list))
        .default_service(web::to(answer::nothing_here))
}

fn at(path: &str) -> Resource {
    web::resource(path).default_service(web::to(answer::wrong_method))
}

/// What can be read can be looked for as well (HEAD).
fn read<H, A>(path: &str, show: H) -> Resource
where
    H: Handler<A>,
    A: FromRequest + 'static,
    H::Output: Responder + 'static,
{
    at(path).route(web::get().to(show.clone())).route(web::head().to(show))
}
