//! One visit of a browser to the endpoint: the HTTP request, what the server is made of, and the one instant by which
//! everything about it is judged.

use std::sync::Arc;

use actix_web::HttpRequest;

use super::request::Rules;
use crate::clock::Timestamp;
use crate::cx::Cx;
use crate::domain::catalogue::Catalogue;
use crate::domain::clients::documents::{self, DocumentFault};
use crate::domain::events::{Actor, NewEvent, Origin};
use crate::domain::keys::key_set::KeySet;
use crate::domain::people::Act;
use crate::domain::trial::Trials;
use crate::ids::{ClientId, PersonId};
use crate::store::{self, Client, Event};
use crate::web::origin;

pub(super) struct Visit<'a> {
    pub http: &'a HttpRequest,
    pub cx: &'a Cx,
    pub now: Timestamp,
}

impl<'a> Visit<'a> {
    pub fn new(http: &'a HttpRequest, cx: &'a Cx) -> Self {
        Self { http, cx, now: cx.now() }
    }

    /// The client of that name, disabled ones too.
    pub async fn client(&self, id: &ClientId) -> Result<Option<Arc<Client>>, DocumentFault> {
        self.cx.askers().find(id, self.origin().address.as_deref(), self.now).await
    }

    /// Where the visitor comes from.
    pub fn origin(&self) -> Origin {
        origin::origin(self.http, &self.cx.config.server.trusted_proxies)
    }

    /// Keeps a client that describes itself in a document, now that a person lets it in.
    pub async fn keep(&self, client: &Client, person: PersonId) -> store::Result<()> {
        let (cx, origin) = (self.cx, self.origin());
        let actor = Actor::Person(person);
        let act = Act { store: &cx.store, entropy: &*cx.entropy, now: self.now, actor, origin: &origin };
        if documents::keep(&act, client, cx.config.registration.unused_lifetime).await? {
            cx.clients.forget(&client.id);
        }
        Ok(())
    }

    /// What a request is read by.
    pub fn rules<'b>(&'b self, keys: &'b KeySet, catalogue: &'b Catalogue) -> Rules<'b> {
        let (cx, now) = (self.cx, self.now);
        let (response_types, prompts) = (cx.config.tokens.response_types(), cx.config.people.prompts());
        Rules { catalogue, response_types, prompts, issuer: cx.issuer(), keys, entropy: &*cx.entropy, now }
    }

    /// What recognizes a request by which an admin tries a client out.
    pub fn trials(&self) -> Trials<'_> {
        self.cx.trials(self.now)
    }

    /// The issuer's path, before every path of ours.
    pub fn base(&self) -> &str {
        self.cx.issuer().path()
    }

    /// Completes an event with where and when.
    pub fn event(&self, event: NewEvent) -> Event {
        event.at(self.now, &*self.cx.entropy, &self.origin())
    }
}
