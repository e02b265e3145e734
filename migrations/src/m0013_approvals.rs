//! What admins have approved apps to ask for, and what people have asked them for. Both go with their client, person or
//! group; a person has one request for each app, so that asking again and again fills nothing.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, pk_uuid, string, text, text_null, uuid, uuid_null};

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
        let db = manager.get_connection();
        for statement in [
            // A column that is NULL makes no row the same as another, so that each kind of holder has its own index.
            "CREATE UNIQUE INDEX approvals_of_everyone ON approvals (client_id, scope) \
             WHERE person_id IS NULL AND group_id IS NULL",
            "CREATE UNIQUE INDEX approvals_of_person ON approvals (person_id, client_id, scope) \
             WHERE person_id IS NOT NULL",
            "CREATE UNIQUE INDEX approvals_of_group ON approvals (group_id, client_id, scope) WHERE group_id IS NOT NULL",
            "CREATE INDEX approvals_by_client ON approvals (client_id, id)",
            "CREATE UNIQUE INDEX approval_requests_of_person ON approval_requests (person_id, client_id)",
            "CREATE INDEX approval_requests_waiting ON approval_requests (asked_at, id) WHERE state = 'waiting'",
            "CREATE INDEX approval_requests_by_client ON approval_requests (client_id)",
        ] {
            db.execute_unprepared(statement).await?;
        }
        Ok(())
    }
}

fn cascade(
    from_table: &'static str,
    column: &'static str,
    to: (&'static str, &'static str),
) -> ForeignKeyCreateStatement {
    ForeignKey::create().from(from_table, column).to(to.0, to.1).on_delete(ForeignKeyAction::Cascade).take()
}

fn tables() -> [TableCreateStatement; 2] {
    let person = ("people", "id");
    let client = ("clients", "client_id");
    [
        Table::create()
            .table("approvals")
            .col(pk_uuid("id"))
            .col(string("client_id"))
            // One scope token a row.
            .col(string("scope"))
            // Whom it is for: one of these, or everybody if neither is set.
            .col(uuid_null("person_id"))
            .col(uuid_null("group_id"))
            .col(big_integer("created_at"))
            .foreign_key(&mut cascade("approvals", "client_id", client))
            .foreign_key(&mut cascade("approvals", "person_id", person))
            .foreign_key(&mut cascade("approvals", "group_id", ("groups", "id")))
            .take(),
        Table::create()
            .table("approval_requests")
            .col(pk_uuid("id"))
            .col(uuid("person_id"))
            .col(string("client_id"))
            .col(text("scope"))
            .col(text("reason"))
            .col(string("state"))
            .col(text_null("answer"))
            .col(big_integer("asked_at"))
            .col(big_integer_null("decided_at"))
            .foreign_key(&mut cascade("approval_requests", "person_id", person))
            .foreign_key(&mut cascade("approval_requests", "client_id", client))
            .take(),
    ]
}
