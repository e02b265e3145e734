//! What people have allowed (grants), each answer to an authorization request (authorizations), and what hangs off it:
//! its code, its refresh chain and its opaque access tokens; besides, the JWTs that were revoked before their time.
//!
//! Grants stay until a person or client is deleted or the grant is withdrawn; everything else is swept after expiry.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, binary, binary_null, boolean, json_binary, pk_uuid, string, string_null, text,
    text_null, uuid, uuid_null,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in tables() {
            manager.create_table(table).await?;
        }
        for (name, table, columns) in INDEXES {
            let mut index = Index::create().name(*name).table(*table).take();
            for column in *columns {
                index.col(*column);
            }
            if *name == "grants_by_person_and_client" {
                index.unique();
            }
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

const INDEXES: &[(&str, &str, &[&str])] = &[
    ("grants_by_person_and_client", "grants", &["person_id", "client_id"]),
    ("grants_by_client", "grants", &["client_id"]),
    ("authorizations_by_person", "authorizations", &["person_id"]),
    ("authorizations_by_client", "authorizations", &["client_id"]),
    ("authorizations_by_grant", "authorizations", &["grant_id"]),
    ("authorizations_by_sid", "authorizations", &["sid"]),
    ("authorizations_by_expiry", "authorizations", &["expires_at"]),
    ("codes_by_authorization", "codes", &["authorization_id"]),
    ("codes_by_expiry", "codes", &["expires_at"]),
    ("refresh_tokens_by_authorization", "refresh_tokens", &["authorization_id"]),
    ("refresh_tokens_by_expiry", "refresh_tokens", &["expires_at"]),
    ("access_tokens_by_authorization", "access_tokens", &["authorization_id"]),
    ("access_tokens_by_client", "access_tokens", &["client_id"]),
    ("access_tokens_by_expiry", "access_tokens", &["expires_at"]),
    ("revoked_tokens_by_expiry", "revoked_tokens", &["expires_at"]),
];

fn cascade(
    from_table: &'static str,
    column: &'static str,
    to: (&'static str, &'static str),
) -> ForeignKeyCreateStatement {
    ForeignKey::create().from(from_table, column).to(to.0, to.1).on_delete(ForeignKeyAction::Cascade).take()
}

fn tables() -> [TableCreateStatement; 6] {
    let person = ("people", "id");
    let client = ("clients", "client_id");
    let authorization = ("authorizations", "id");
    [
        Table::create()
            .table("grants")
            .col(pk_uuid("id"))
            .col(uuid("person_id"))
            .col(string("client_id"))
            .col(text("scope"))
            .col(text("declined"))
            .col(big_integer("created_at"))
            .col(big_integer("updated_at"))
            .col(big_integer("last_used_at"))
            .foreign_key(&mut cascade("grants", "person_id", person))
            .foreign_key(&mut cascade("grants", "client_id", client))
            .take(),
        Table::create()
            .table("authorizations")
            .col(pk_uuid("id"))
            .col(string("client_id"))
            .col(uuid("person_id"))
            .col(uuid("grant_id"))
            .col(uuid("sid"))
            .col(text("scope"))
            .col(json_binary("resources"))
            .col(text_null("nonce"))
            .col(string_null("acr"))
            .col(json_binary("amr"))
            .col(big_integer("auth_time"))
            .col(big_integer("created_at"))
            .col(big_integer("last_used_at"))
            .col(big_integer("expires_at"))
            .col(big_integer_null("revoked_at"))
            .col(string_null("revoked_because"))
            .foreign_key(&mut cascade("authorizations", "client_id", client))
            .foreign_key(&mut cascade("authorizations", "person_id", person))
            .foreign_key(&mut cascade("authorizations", "grant_id", ("grants", "id")))
            .take(),
        Table::create()
            .table("codes")
            .col(binary("hash").primary_key())
            .col(uuid("authorization_id"))
            .col(text("redirect_uri"))
            .col(boolean("redirect_uri_sent"))
            .col(string_null("code_challenge"))
            .col(big_integer("created_at"))
            .col(big_integer("expires_at"))
            .col(big_integer_null("used_at"))
            .foreign_key(&mut cascade("codes", "authorization_id", authorization))
            .take(),
        Table::create()
            .table("refresh_tokens")
            .col(binary("hash").primary_key())
            .col(uuid("authorization_id"))
            .col(text("scope"))
            .col(big_integer("created_at"))
            .col(big_integer("expires_at"))
            .col(big_integer_null("used_at"))
            .col(binary_null("successor_hash"))
            .col(big_integer_null("superseded_at"))
            .foreign_key(&mut cascade("refresh_tokens", "authorization_id", authorization))
            .take(),
        Table::create()
            .table("access_tokens")
            .col(binary("hash").primary_key())
            .col(uuid("jti"))
            .col(string("client_id"))
            .col(uuid_null("person_id"))
            .col(uuid_null("authorization_id"))
            .col(text("scope"))
            .col(json_binary("audience"))
            .col(big_integer("created_at"))
            .col(big_integer("expires_at"))
            .col(big_integer_null("revoked_at"))
            .foreign_key(&mut cascade("access_tokens", "client_id", client))
            .foreign_key(&mut cascade("access_tokens", "person_id", person))
            .foreign_key(&mut cascade("access_tokens", "authorization_id", authorization))
            .take(),
        Table::create().table("revoked_tokens").col(string("jti").primary_key()).col(big_integer("expires_at")).take(),
    ]
}
