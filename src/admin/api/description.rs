//! The description of the API (OpenAPI 3.1), collected from the handlers; and what is true of all of them, said once.

use actix_web::http::Method;
use actix_web::web::Data;
use utoipa::openapi::path::{Operation, Parameter, ParameterIn};
use utoipa::openapi::security::{AuthorizationCode, ClientCredentials, Flow, OAuth2, Scopes, SecurityScheme};
use utoipa::openapi::{
    self, ContentBuilder, ObjectBuilder, PathItem, Ref, RefOr, Response, ResponseBuilder, Server, Type,
};
use utoipa::{Modify, OpenApi};

use super::answer::{self, Answer};
use super::problem::{Kind, MemberError, ProblemDocument};
use super::{
    access, api_key_actions, api_keys, approvals, client_actions, clients, consents, events, groups, idempotency,
    import, invitations, keys, manager, overview, people, person_actions, registration_tokens, resource_clients,
    resources, roles, scopes, sessions, settings,
};
use crate::cx::Cx;
use crate::domain::own_api;
use crate::domain::permission::Permission;

/// What the handlers say.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Claviger's admin API",
        description = "All that the console does, for programs. Every operation takes an access token for this resource; its \
                       scope is named at each.",
    ),
    paths(
        clients::list, clients::create, clients::show, clients::replace, clients::delete,
        client_actions::rotate_secret, client_actions::disable, client_actions::enable, client_actions::show_review,
        client_actions::list_consents, client_actions::withdraw_consents,
        access::show, access::replace, manager::show, manager::replace,
        registration_tokens::list, registration_tokens::create, registration_tokens::show, registration_tokens::delete,
        approvals::list, approvals::approve, approvals::withdraw,
        approvals::list_requests, approvals::show_request, approvals::approve_request, approvals::refuse_request,
        groups::list, groups::create, groups::show, groups::replace, groups::delete,
        groups::list_members, groups::join, groups::leave, groups::list_of_person,
        people::list, people::create, people::show, people::patch,
        import::import, invitations::create, roles::show, roles::replace,
        person_actions::delete, person_actions::disable, person_actions::enable, person_actions::make_link,
        person_actions::reset_second_factors,
        person_actions::list_consents,
        sessions::list, sessions::end_all, sessions::end,
        consents::withdraw,
        api_keys::list, api_keys::create, api_keys::show, api_keys::patch, api_keys::delete,
        api_key_actions::rotate, api_key_actions::disable, api_key_actions::enable,
        events::list, overview::show,
        keys::list, keys::rotate, keys::retire,
        resources::list, resources::create, resources::show, resources::replace, resources::delete,
        resource_clients::list, resource_clients::admit, resource_clients::remove, resource_clients::list_servers,
        resource_clients::credentials,
        scopes::list, scopes::create, scopes::show, scopes::replace, scopes::delete,
        settings::list,
    ),
    components(schemas(ProblemDocument, MemberError)),
    tags(
        (name = "Clients", description = "Apps and machines."),
        (name = "People", description = "Who can sign in."),
        (name = "Groups", description = "People by what they have in common."),
        (name = "Approvals", description = "Who may use which client, and what it may ask them for."),
        (name = "Consents", description = "Who allowed which client what."),
        (name = "Sessions", description = "Where people are signed in."),
        (name = "API keys", description = "Keys with which scripts of people and clients get in at your APIs."),
        (name = "Events", description = "What happened."),
        (name = "Signing keys", description = "What signs tokens, and what apps encrypt to."),
        (name = "Resources", description = "The APIs that tokens are for, and what can be asked for."),
        (name = "Settings", description = "What is in force."),
    ),
    modifiers(&Headers, &Problems),
)]
struct Collected;

/// The headers that many operations take, in the form that they must have.
struct Headers;

impl Modify for Headers {
    fn modify(&self, api: &mut openapi::OpenApi) {
        for item in api.paths.paths.values_mut() {
            for (_, operation) in operations_mut(item) {
                operation.parameters.iter_mut().flatten().for_each(describe_header);
            }
        }
    }
}

fn describe_header(parameter: &mut Parameter) {
    let text = ObjectBuilder::new().schema_type(Type::String);
    let text = match (&parameter.parameter_in, parameter.name.as_str()) {
        // RFC 9110 §13.1.1: `*`, or entity tags.
        (ParameterIn::Header, "If-Match") => {
            text.pattern(Some(r#"^(\*|(W/)?"[!#-~]*"(, (W/)?"[!#-~]*")*)$"#)).examples(["*"])
        }
        // Spaces around the value of a header are not part of it.
        (ParameterIn::Header, "Idempotency-Key") => {
            text.max_length(Some(idempotency::LONGEST)).pattern(Some("^[!-~]([ -~]*[!-~])?$"))
        }
        _ => return,
    };
    parameter.schema = Some(text.into());
}

/// The problems that any operation can meet, by what it takes.
struct Problems;

impl Modify for Problems {
    fn modify(&self, api: &mut openapi::OpenApi) {
        for (path, item) in &mut api.paths.paths {
            for (_, operation) in operations_mut(item) {
                let mut kinds = vec![
                    Kind::Malformed,
                    Kind::Unauthenticated,
                    Kind::InsufficientScope,
                    Kind::Internal,
                    Kind::Unavailable,
                ];
                if path.contains('{') {
                    kinds.push(Kind::NotFound);
                }
                if operation.request_body.is_some() {
                    kinds.extend([Kind::TooLarge, Kind::UnsupportedType, Kind::Invalid]);
                }
                let takes = |header: &str| {
                    let parameters = operation.parameters.iter().flatten();
                    parameters.clone().any(|p| p.parameter_in == ParameterIn::Header && p.name == header)
                };
                if takes("If-Match") {
                    kinds.extend([Kind::Changed, Kind::NoPrecondition]);
                }
                describe_problems(operation, &kinds);
            }
        }
    }
}

/// Adds the answers of these kinds, and gives those that a handler named itself the form of all problems.
fn describe_problems(operation: &mut Operation, kinds: &[Kind]) {
    let responses = &mut operation.responses.responses;
    for (status, response) in responses.iter_mut() {
        if let (true, RefOr::T(response)) = (status.starts_with(['4', '5']), response) {
            *response = problem(&response.description);
        }
    }
    for kind in kinds {
        let status = kind.status().as_str().to_owned();
        responses.entry(status).or_insert_with(|| RefOr::T(problem(kind.title())));
    }
}

fn problem(description: &str) -> Response {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    ResponseBuilder::new().description(description).content("application/problem+json", content).build()
}

/// The operations of a path, with their methods.
fn operations_mut(item: &mut PathItem) -> impl Iterator<Item = (Method, &mut Operation)> {
    let all = [
        (Method::GET, &mut item.get),
        (Method::POST, &mut item.post),
        (Method::PUT, &mut item.put),
        (Method::PATCH, &mut item.patch),
        (Method::DELETE, &mut item.delete),
    ];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

/// The methods that a path of the API has, those that describe it included.
pub(super) fn methods_at(path: &str) -> Vec<Method> {
    if matches!(path, "/openapi.json" | "/docs") {
        return vec![Method::GET];
    }
    let mut api = Collected::openapi();
    let item = api.paths.paths.get_mut(path);
    item.map(|item| operations_mut(item).map(|(method, _)| method).collect()).unwrap_or_default()
}

/// The description as this server serves it.
pub(super) fn of(cx: &Cx) -> openapi::OpenApi {
    let mut api = Collected::openapi();
    let issuer = cx.issuer();
    api.servers = Some(vec![Server::new(own_api::identifier(issuer))]);
    let scopes = || Permission::ALL.iter().map(|p| (p.scope(), own_api::text(*p))).collect::<Scopes>();
    let token = issuer.join("/oauth2/token");
    let flows = [
        Flow::ClientCredentials(ClientCredentials::new(token.clone(), scopes())),
        Flow::AuthorizationCode(AuthorizationCode::new(issuer.join("/oauth2/authorize"), token, scopes())),
    ];
    let text = format!("Ask for a token with resource={}.", own_api::identifier(issuer));
    let scheme = SecurityScheme::OAuth2(OAuth2::with_description(flows, text));
    api.components.get_or_insert_default().add_security_scheme("oauth2", scheme);
    api
}

/// The document itself, for whoever asks.
pub(super) async fn show(cx: Data<Cx>) -> Answer {
    answer::ok(&of(&cx))
}
