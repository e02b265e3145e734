//! Groups of people, who is in them, and who may use which app. A membership goes with its group or its person; an app
//! that is limited to groups of which none is left admits nobody.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, pk_uuid, string, text, uuid};

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
            // How names are compared: without regard to case.
            "CREATE UNIQUE INDEX groups_by_name ON groups (name_key)",
            "CREATE INDEX group_members_by_person ON group_members (person_id, group_id)",
            "CREATE INDEX client_groups_by_group ON client_groups (group_id)",
            "ALTER TABLE clients ADD COLUMN access varchar NOT NULL DEFAULT 'everyone'",
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

fn tables() -> [TableCreateStatement; 3] {
    let group = ("groups", "id");
    [
        Table::create()
            .table("groups")
            .col(pk_uuid("id"))
            .col(string("name"))
            .col(string("name_key"))
            .col(text("description"))
            .col(big_integer("created_at"))
            .col(big_integer("updated_at"))
            .take(),
        Table::create()
            .table("group_members")
            .col(uuid("group_id"))
            .col(uuid("person_id"))
            .col(big_integer("added_at"))
            .primary_key(Index::create().col("group_id").col("person_id"))
            .foreign_key(&mut cascade("group_members", "group_id", group))
            .foreign_key(&mut cascade("group_members", "person_id", ("people", "id")))
            .take(),
        Table::create()
            .table("client_groups")
            .col(string("client_id"))
            .col(uuid("group_id"))
            .primary_key(Index::create().col("client_id").col("group_id"))
            .foreign_key(&mut cascade("client_groups", "client_id", ("clients", "client_id")))
            .foreign_key(&mut cascade("client_groups", "group_id", group))
            .take(),
    ]
}
