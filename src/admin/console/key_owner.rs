//! For whom an API key speaks, as far as whoever looks may know.

use actix_web::Error;

use super::admin::Admin;
use super::client;
use super::person;
use crate::domain::api_keys;
use crate::domain::people::accounts::display_name;
use crate::domain::permission::Permission;
use crate::protocol::scope::Scope;
use crate::store::{Client, KeyOwner, Person};
use crate::web::page::Problem;

/// A person or a client.
pub(super) enum Owner {
    Person(Box<Person>),
    Client(Box<Client>),
}

impl Owner {
    /// The owner; as if there were none, where whoever looks sees only their own clients and this is not one of them.
    pub async fn find(admin: &Admin, owner: &KeyOwner) -> Result<Self, Error> {
        match owner {
            KeyOwner::Client(id) => Ok(Self::Client(Box::new(client::find(admin, id).await?))),
            KeyOwner::Person(_) if admin.only_clients_of().is_some() => Err(admin.visit.refuse(Problem::NotFound)),
            KeyOwner::Person(id) => Ok(Self::Person(Box::new(person::find(admin, &id.to_string()).await?))),
        }
    }

    pub fn id(&self) -> KeyOwner {
        match self {
            Self::Person(person) => KeyOwner::Person(person.id),
            Self::Client(client) => KeyOwner::Client(client.id.clone()),
        }
    }

    pub fn client(&self) -> Option<&Client> {
        match self {
            Self::Person(_) => None,
            Self::Client(client) => Some(client),
        }
    }

    pub fn name(&self) -> &str {
        match self {
            Self::Person(person) => display_name(person),
            Self::Client(client) => client.metadata.client_name.as_deref().unwrap_or(client.id.as_str()),
        }
    }

    /// `person` or `client`.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Person(_) => "person",
            Self::Client(_) => "client",
        }
    }

    /// The page about them.
    pub fn path(&self) -> String {
        path_of(&self.id())
    }

    /// What it takes to see that page.
    pub const fn needs(&self) -> Permission {
        match self {
            Self::Person(_) => Permission::PeopleRead,
            Self::Client(_) => Permission::ClientsRead,
        }
    }

    /// Whether this admin may make and change keys that speak for them: nobody speaks for who stands above them.
    pub fn is_below(&self, admin: &Admin) -> bool {
        match self {
            Self::Person(person) => person.id == admin.current.person.id || admin.role.may_change(person.role),
            Self::Client(_) => true,
        }
    }

    /// The scopes that this admin may give their keys, although they need an approval.
    pub async fn approved(&self, admin: &Admin) -> Result<Scope, Error> {
        let (visit, may_approve) = (&admin.visit, admin.role.may(Permission::ApprovalsWrite));
        let approved = api_keys::approved(&visit.cx.store, &visit.cx.catalogue(), self.client(), may_approve).await;
        approved.map_err(|error| visit.failed(&error))
    }

    /// Refuses what this admin may not do to their keys.
    pub fn must_be_below(&self, admin: &Admin) -> Result<(), Error> {
        if self.is_below(admin) { Ok(()) } else { Err(admin.visit.refuse(Problem::Forbidden)) }
    }
}

/// The page about an owner.
pub(super) fn path_of(owner: &KeyOwner) -> String {
    match owner {
        KeyOwner::Person(id) => format!("/admin/people/{id}"),
        KeyOwner::Client(id) => client::path_of(id),
    }
}
