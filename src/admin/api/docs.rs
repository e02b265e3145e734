//! The description for people: one page, rendered here from the same document, that needs nothing from elsewhere.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;
use serde_json::Value;

use super::description;
use super::problem::Kind;
use crate::cx::Cx;
use crate::domain::own_api;
use crate::web::headers::PageHeaders;
use crate::web::page;
use crate::web::text::Texts;

/// `templates/api/docs.html`
#[derive(Template)]
#[template(path = "api/docs.html")]
struct Docs {
    t: &'static Texts,
    base: String,
    api: String,
    token_endpoint: String,
    groups: Vec<Group>,
    shapes: Vec<Shape>,
    kinds: &'static [Kind],
}

/// The operations of one tag.
struct Group {
    name: String,
    text: String,
    operations: Vec<Operation>,
}

/// One method of one path.
struct Operation {
    id: String,
    method: String,
    path: String,
    text: String,
    scope: String,
    parameters: Vec<Member>,
    body: Option<Type>,
    answers: Vec<ApiAnswer>,
}

/// One status.
struct ApiAnswer {
    status: String,
    text: String,
    body: Option<Type>,
}

/// A schema with a name.
struct Shape {
    name: String,
    text: String,
    members: Vec<Member>,
}

/// A parameter, or a member of an object.
struct Member {
    name: String,
    place: String,
    required: bool,
    kind: Type,
    text: String,
}

/// What type something is: words, with the name of the schema that they mean, if any.
struct Type {
    words: String,
    shape: Option<String>,
}

/// The page.
pub(super) async fn show(cx: Data<Cx>) -> HttpResponse {
    let api = serde_json::to_value(description::of(&cx)).unwrap_or_default();
    let docs = Docs {
        t: Texts::english(),
        base: cx.issuer().path().to_owned(),
        api: own_api::identifier(cx.issuer()),
        token_endpoint: cx.issuer().join("/oauth2/token"),
        groups: list(&api["tags"]).iter().map(|tag| group(tag, &api)).collect(),
        shapes: members(&api["components"]["schemas"]).map(|(name, schema)| shape(name, schema)).collect(),
        kinds: Kind::ALL,
    };
    page::respond(&docs, StatusCode::OK, &PageHeaders::new(cx.issuer().is_https()).of(&cx.brand))
}

fn group(tag: &Value, api: &Value) -> Group {
    let mut operations = Vec::new();
    for (path, methods) in members(&api["paths"]) {
        let own = members(methods).filter(|(_, operation)| list(&operation["tags"]).contains(&tag["name"]));
        operations.extend(own.map(|(method, operation)| read_operation(path, method, operation)));
    }
    Group { name: text(&tag["name"]), text: text(&tag["description"]), operations }
}

fn read_operation(path: &str, method: &str, operation: &Value) -> Operation {
    let scopes = list(&operation["security"]).iter().flat_map(|scheme| list(&scheme["oauth2"]));
    let content = |holder: &Value| members(&holder["content"]).next().map(|(_, content)| kind_of(&content["schema"]));
    Operation {
        id: format!("{method}{}", path.replace(['/', '{', '}'], "-")),
        method: method.to_uppercase(),
        path: path.to_owned(),
        text: sentences(&[&operation["summary"], &operation["description"]]),
        scope: scopes.map(text).collect::<Vec<_>>().join(" "),
        parameters: list(&operation["parameters"]).iter().map(parameter).collect(),
        body: content(&operation["requestBody"]),
        answers: members(&operation["responses"])
            .map(|(status, answer)| ApiAnswer {
                status: status.to_owned(),
                text: text(&answer["description"]),
                body: content(answer).filter(|kind| kind.shape.as_deref() != Some("Problem")),
            })
            .collect(),
    }
}

fn parameter(parameter: &Value) -> Member {
    Member {
        name: text(&parameter["name"]),
        place: text(&parameter["in"]),
        required: parameter["required"] == true,
        kind: kind_of(&parameter["schema"]),
        text: text(&parameter["description"]),
    }
}

fn shape(name: &str, schema: &Value) -> Shape {
    // What is flattened stands as one of several parts.
    let parts: Vec<_> = list(&schema["allOf"]).iter().chain([schema]).collect();
    let mut of_parts = Vec::new();
    for part in parts {
        if let Some(other) = reference(part) {
            let kind = Type { words: String::new(), shape: Some(other) };
            of_parts.push(Member {
                name: "…".to_owned(),
                place: String::new(),
                required: false,
                kind,
                text: "All members of this, too.".to_owned(),
            });
        }
        let required = list(&part["required"]);
        of_parts.extend(members(&part["properties"]).map(|(name, schema)| Member {
            name: name.to_owned(),
            place: String::new(),
            required: required.iter().any(|required| required == name),
            kind: kind_of(schema),
            text: text(&schema["description"]),
        }));
    }
    Shape { name: name.to_owned(), text: text(&schema["description"]), members: of_parts }
}

/// A type in words.
fn kind_of(schema: &Value) -> Type {
    if let Some(name) = reference(schema) {
        return Type { words: String::new(), shape: Some(name) };
    }
    let either: Vec<_> = list(&schema["oneOf"]).iter().filter(|other| other["type"] != "null").collect();
    if let [only] = either.as_slice() {
        return kind_of(only);
    }
    if let Some(values) = schema["enum"].as_array() {
        return plain(values.iter().map(Value::to_string).collect::<Vec<_>>().join(" or "));
    }
    let names = match &schema["type"] {
        Value::Array(names) => names.iter().filter(|name| *name != "null").map(text).collect::<Vec<_>>().join(" or "),
        name => text(name),
    };
    if names == "array" {
        let of = kind_of(&schema["items"]);
        return Type { words: format!("list of {}", of.words), shape: of.shape };
    }
    let format = text(&schema["format"]);
    plain(if format.is_empty() { names } else { format!("{names} ({format})") })
}

fn plain(words: String) -> Type {
    Type { words: if words.is_empty() { "anything".to_owned() } else { words }, shape: None }
}

fn reference(schema: &Value) -> Option<String> {
    schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()).map(str::to_owned)
}

fn sentences(parts: &[&Value]) -> String {
    let parts: Vec<_> = parts.iter().map(|part| text(part)).filter(|part| !part.is_empty()).collect();
    parts.join(" ").replace('\n', " ")
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn members(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), value))
}
