//! `GET`, `PUT` and `DELETE /oauth2/register/{client_id}` (RFC 7592 §2): a client looks after its registration, with the
//! token that it was given for that.

use actix_web::http::header;
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use secrecy::SecretString;

use super::{Refusal, information, json_body, registrar, unknown_token};
use crate::cx::Cx;
use crate::domain::clients::dynamic;
use crate::domain::clients::registration::{Registered, Registrar};
use crate::domain::events::Actor;
use crate::ids::ClientId;
use crate::protocol::token_format::{self, TokenKind};
use crate::store::{Client, RegisteredBy};
use crate::web::{bearer, origin::origin};

/// RFC 7592 §2.1
pub async fn read(request: HttpRequest, id: Path<String>, cx: Data<Cx>) -> HttpResponse {
    match Manager::of(&request, id.into_inner(), &cx).await {
        // The secret is kept as a hash, so that nobody is told it again.
        Ok(manager) => manager.told(&Registered { client: manager.client.clone(), secret: None }),
        Err(refusal) => refusal.render(&request, &cx),
    }
}

/// RFC 7592 §2.2
pub async fn update(request: HttpRequest, id: Path<String>, body: Bytes, cx: Data<Cx>) -> HttpResponse {
    let updated = async {
        let manager = Manager::of(&request, id.into_inner(), &cx).await?;
        let registered = manager.update(&request, &body).await?;
        Ok(manager.told(&registered))
    };
    updated.await.unwrap_or_else(|refusal: Refusal| refusal.render(&request, &cx))
}

/// RFC 7592 §2.3
pub async fn delete(request: HttpRequest, id: Path<String>, cx: Data<Cx>) -> HttpResponse {
    let deleted = async {
        let manager = Manager::of(&request, id.into_inner(), &cx).await?;
        manager.registrar(&request).delete(&manager.client.id).await?;
        cx.clients.forget(&manager.client.id);
        Ok(HttpResponse::NoContent().insert_header((header::CACHE_CONTROL, "no-store")).finish())
    };
    deleted.await.unwrap_or_else(|refusal: Refusal| refusal.render(&request, &cx))
}

/// Whoever has the registration access token of a client.
struct Manager<'a> {
    cx: &'a Cx,
    client: Client,
    token: SecretString,
}

impl<'a> Manager<'a> {
    /// RFC 7592 §2: a token that is not this client's gets one answer, whether or not there is such a client.
    async fn of(request: &HttpRequest, id: String, cx: &'a Cx) -> Result<Self, Refusal> {
        let presented = bearer::token(request)?.ok_or(Refusal::NoToken)?;
        // No other identifier is registered; PostgreSQL would not even look for a NUL.
        let is_possible = id.bytes().all(|byte| byte.is_ascii_graphic());
        if !is_possible || token_format::parse(TokenKind::Registration, &presented).is_none() {
            return Err(unknown_token().into());
        }
        let client = cx.store.client(&ClientId(id), cx.now()).await?.filter(|client| client.disabled_at.is_none());
        let is_its_own = |client: &Client| match client.registration.as_ref().map(|own| own.by) {
            Some(RegisteredBy::Itself(hash)) => cx.hasher.verify(&presented, hash.as_bytes()),
            Some(RegisteredBy::Document) | None => false,
        };
        match client.filter(is_its_own) {
            Some(client) => Ok(Self { cx, client, token: presented.into() }),
            None => Err(unknown_token().into()),
        }
    }

    async fn update(&self, request: &HttpRequest, body: &[u8]) -> Result<Registered, Refusal> {
        let (id, seen) = (&self.client.id, self.client.updated_at);
        let metadata = dynamic::update(json_body(request, body)?, &self.client.metadata, &self.cx.bounds())?;
        // What an administrator does at the same moment is not undone by it.
        let is_as_seen = move |client: &Client| client.updated_at == seen && client.disabled_at.is_none();
        let registered = self.registrar(request).update_if(id, metadata, is_as_seen).await?;
        self.cx.clients.forget(id);
        Ok(registered)
    }

    fn registrar(&self, request: &HttpRequest) -> Registrar<'a> {
        let origin = origin(request, &self.cx.config.server.trusted_proxies);
        registrar(self.cx, Actor::Client(self.client.id.clone()), origin)
    }

    /// RFC 7592 §3: the client information response, with the token that still is the one.
    fn told(&self, registered: &Registered) -> HttpResponse {
        let answer = information(self.cx, registered, &self.token);
        HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(answer)
    }
}
