//! Who names a resource or a scope: clients in their metadata, API keys, and what people have allowed. A name is a text, so
//! that it may be there before what it names, and stay when that goes.

use std::collections::HashMap;
use std::fmt;

use sea_orm::sea_query::{Alias, Expr, Query};
use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};

use super::{Result, Store};
use crate::ids::PersonId;

/// What somebody names, and as what.
#[derive(Clone, Copy, Debug)]
pub enum Mention<'a> {
    /// A resource that a client may ask for, or at which a key is good.
    Resource(&'a str),
    /// A resource that a client is the server of.
    ServedResource(&'a str),
    /// A scope that a client is registered for, that a key has, or that somebody allowed.
    Scope(&'a str),
}

/// How many name a resource or a scope.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mentions {
    /// Clients that may ask for it.
    pub clients: u64,
    /// Clients that are servers of the resource.
    pub servers: u64,
    /// API keys.
    pub api_keys: u64,
    /// People's consents: of a scope alone.
    pub consents: u64,
}

impl Mentions {
    /// Whether nobody does.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

impl fmt::Display for Mentions {
    /// Those that there are: "1 client and 2 API keys".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = [
            (self.clients, "client"),
            (self.servers, "resource server"),
            (self.api_keys, "API key"),
            (self.consents, "consent"),
        ];
        let some: Vec<_> = all.into_iter().filter(|(number, _)| *number > 0).collect();
        for (at, (number, what)) in some.iter().enumerate() {
            let before = match at {
                0 => "",
                _ if at + 1 == some.len() => " and ",
                _ => ", ",
            };
            write!(f, "{before}{number} {what}{}", if *number == 1 { "" } else { "s" })?;
        }
        Ok(())
    }
}

impl Store {
    /// How many name a resource.
    pub async fn mentions_of_resource(&self, identifier: &str) -> Result<Mentions> {
        let backend = self.readers.get_database_backend();
        let resource = Mention::Resource(identifier);
        Ok(Mentions {
            clients: self.count("clients", of_client(backend, resource)).await?,
            servers: self.count("clients", of_client(backend, Mention::ServedResource(identifier))).await?,
            api_keys: self.count("api_keys", holds(backend, "api_keys.resources", "$", identifier)).await?,
            consents: 0,
        })
    }

    /// How many name a scope.
    pub async fn mentions_of_scope(&self, name: &str) -> Result<Mentions> {
        let backend = self.readers.get_database_backend();
        Ok(Mentions {
            clients: self.count("clients", of_client(backend, Mention::Scope(name))).await?,
            servers: 0,
            api_keys: self.count("api_keys", has_token(backend, "api_keys.scope", name)).await?,
            consents: self.count("grants", has_token(backend, "grants.scope", name)).await?,
        })
    }

    /// How many clients may ask for each resource that any may ask for, by its identifier; of one manager if `of` says so.
    pub async fn clients_by_resource(&self, of: Option<PersonId>) -> Result<HashMap<String, u64>> {
        let backend = self.readers.get_database_backend();
        let each = match backend {
            DbBackend::Sqlite => "json_each(clients.metadata, '$.resources') AS item",
            _ => "jsonb_array_elements_text(clients.metadata -> 'resources') AS item (value)",
        };
        let (whose, values) = match (of, backend) {
            (None, _) => ("", vec![]),
            (Some(manager), DbBackend::Sqlite) => ("WHERE clients.managed_by = ?", vec![manager.0.into()]),
            (Some(manager), _) => ("WHERE clients.managed_by = $1", vec![manager.0.into()]),
        };
        let sql = format!("SELECT item.value, count(*) FROM clients, {each} {whose} GROUP BY item.value");
        let rows = self.readers.query_all_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
        rows.iter()
            .map(|row| {
                let (identifier, clients): (String, i64) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
                Ok((identifier, u64::try_from(clients).unwrap_or_default()))
            })
            .collect()
    }

    async fn count(&self, table: &'static str, condition: Expr) -> Result<u64> {
        let mut query = Query::select();
        query.expr(Expr::cust("count(*)")).from(Alias::new(table)).and_where(condition);
        let Some(row) = self.readers.query_one(&query).await? else { return Ok(0) };
        let rows: i64 = row.try_get_by_index(0)?;
        Ok(u64::try_from(rows).unwrap_or_default())
    }
}

/// That a row of `clients` mentions this in its metadata.
pub(super) fn of_client(backend: DbBackend, mention: Mention<'_>) -> Expr {
    match mention {
        Mention::Resource(identifier) => holds(backend, "clients.metadata", "resources", identifier),
        Mention::ServedResource(identifier) => holds(backend, "clients.metadata", "resource_server_of", identifier),
        Mention::Scope(name) => has_token(backend, "clients.metadata ->> 'scope'", name),
    }
}

/// That an array of JSON, a column (`$`) or a member of it, holds this text.
fn holds(backend: DbBackend, column: &str, member: &str, text: &str) -> Expr {
    let sql = match (backend, member) {
        (DbBackend::Sqlite, "$") => format!("EXISTS (SELECT 1 FROM json_each({column}) AS item WHERE item.value = ?)"),
        (DbBackend::Sqlite, _) => {
            format!("EXISTS (SELECT 1 FROM json_each({column}, '$.{member}') AS item WHERE item.value = ?)")
        }
        (_, "$") => format!("{column} @> to_jsonb($1::text)"),
        (_, _) => format!("{column} -> '{member}' @> to_jsonb($1::text)"),
    };
    Expr::cust_with_values(sql, [Value::from(text)])
}

/// That a text of tokens with spaces between holds this one.
fn has_token(backend: DbBackend, text: &str, token: &str) -> Expr {
    let sql = match backend {
        DbBackend::Sqlite => format!("instr(' ' || ({text}) || ' ', ?) > 0"),
        _ => format!("strpos(' ' || ({text}) || ' ', $1) > 0"),
    };
    Expr::cust_with_values(sql, [Value::from(format!(" {token} "))])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_as_people_do() {
        let text = |clients, servers, api_keys| Mentions { clients, servers, api_keys, consents: 0 }.to_string();
        assert_eq!(text(1, 0, 0), "1 client");
        assert_eq!(text(0, 1, 2), "1 resource server and 2 API keys");
        assert_eq!(text(3, 1, 1), "3 clients, 1 resource server and 1 API key");
        assert!(Mentions::default().is_none() && text(0, 0, 0).is_empty());
    }
}
