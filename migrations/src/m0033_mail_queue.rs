//! Mail: what was asked for and is still to be written, what is to be sent, and what became of it; and the address to
//! which a one-time link was sent.
//!
//! `person_id` refers to no table, so that a mail can still be written to somebody in the transaction in which their account
//! goes. What was written before goes with the account: `Tx::delete_person` deletes it.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, binary, binary_null, integer, string, string_null, uuid, uuid_null,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(mails()).await?;
        manager.create_table(requests()).await?;
        for (name, table, column) in [
            ("mails_by_due", "mails", "due_at"),
            ("mails_by_creation", "mails", "created_at"),
            ("mails_by_person", "mails", "person_id"),
            ("mails_by_end", "mails", "forgotten_at"),
            ("mail_requests_by_creation", "mail_requests", "created_at"),
        ] {
            manager.create_index(Index::create().name(name).table(table).col(column).take()).await?;
        }
        manager.alter_table(Table::alter().table("one_time_links").add_column(string_null("address")).take()).await
    }
}

fn mails() -> TableCreateStatement {
    Table::create()
        .table("mails")
        .col(uuid("id").primary_key())
        .col(uuid_null("person_id"))
        .col(string("kind"))
        .col(string("recipient"))
        // Subject and text, encrypted: there are links in them. Gone when it was sent.
        .col(binary_null("sealed"))
        .col(string("state"))
        .col(integer("attempts"))
        // Whoever takes a mail puts this off, so that nobody else does; nothing once it has left the queue.
        .col(big_integer_null("due_at"))
        .col(big_integer("created_at"))
        .col(big_integer("expires_at"))
        .col(big_integer("forgotten_at"))
        .col(string_null("reason"))
        .take()
}

fn requests() -> TableCreateStatement {
    Table::create()
        .table("mail_requests")
        .col(uuid("id").primary_key())
        .col(string("kind"))
        .col(binary("sealed"))
        .col(big_integer("created_at"))
        .take()
}
