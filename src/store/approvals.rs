//! What admins have approved apps to ask for, and what people have asked them for.

use sea_orm::ActiveValue::Set;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ConnectionTrait, ExprTrait, QueryOrder, QuerySelect};

use super::groups::ids_of_person;
use super::only::Only;
use super::{Result, Store, StoreError, Tx, scope};
use crate::clock::Timestamp;
use crate::ids::{ApprovalId, ApprovalRequestId, ClientId, GroupId, PersonId};
use crate::protocol::scope::{Scope, ScopeToken};

/// Whom something is approved for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Holder {
    /// Whoever may use the app.
    Everyone,
    /// The members of a group.
    Group(GroupId),
    /// One person.
    Person(PersonId),
}

/// One scope that an app may ask somebody for.
#[derive(Clone, Debug)]
pub struct Approval {
    /// Its identifier.
    pub id: ApprovalId,
    /// The app.
    pub client_id: ClientId,
    /// The scope.
    pub scope: ScopeToken,
    /// Whom it may ask.
    pub holder: Holder,
    /// Since when.
    pub created_at: Timestamp,
}

/// What became of what a person asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestState {
    /// They went on without it, and need not be asked again.
    Passed,
    /// The admins have not answered.
    Waiting,
    /// An admin said yes.
    Approved,
    /// An admin said no.
    Refused,
}

/// What a person asks the admins for: one for each app, the latest.
#[derive(Clone, Debug)]
pub struct ApprovalRequest {
    /// Its identifier, another one each time that they ask.
    pub id: ApprovalRequestId,
    /// Who asks.
    pub person_id: PersonId,
    /// For which app.
    pub client_id: ClientId,
    /// What it wants that needs approval.
    pub scope: Scope,
    /// Why they need it.
    pub reason: String,
    /// What became of it.
    pub state: RequestState,
    /// What the admin who decided said.
    pub answer: Option<String>,
    /// When they asked.
    pub asked_at: Timestamp,
    /// When an admin decided.
    pub decided_at: Option<Timestamp>,
}

mod approval {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "approvals")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub client_id: String,
        pub scope: String,
        pub person_id: Option<Uuid>,
        pub group_id: Option<Uuid>,
        pub created_at: i64,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

mod request {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "approval_requests")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub person_id: Uuid,
        pub client_id: String,
        pub scope: String,
        pub reason: String,
        pub state: String,
        pub answer: Option<String>,
        pub asked_at: i64,
        pub decided_at: Option<i64>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

impl RequestState {
    const ALL: [Self; 4] = [Self::Passed, Self::Waiting, Self::Approved, Self::Refused];

    /// Its name in the database and in the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Waiting => "waiting",
            Self::Approved => "approved",
            Self::Refused => "refused",
        }
    }
}

impl Store {
    /// What an app may ask this person for, of what needs approval; without a person, what it may ask everyone for.
    pub async fn approved_scope(&self, client: &ClientId, person: Option<PersonId>) -> Result<Scope> {
        approved(&self.readers, client, person).await
    }

    /// The approval of this identifier, if it is this app's.
    pub async fn approval(&self, client: &ClientId, id: ApprovalId) -> Result<Option<Approval>> {
        let found = approval::Entity::find_by_id(id.0).filter(approval::Column::ClientId.eq(client.0.clone()));
        found.only(&self.readers).await?.map(approval_value).transpose()
    }

    /// Up to `limit` of what an app is approved for, those that follow `after`.
    pub async fn approvals_of_client(
        &self,
        client: &ClientId,
        after: Option<ApprovalId>,
        limit: u64,
    ) -> Result<Vec<Approval>> {
        let of_client = approval::Entity::find().filter(approval::Column::ClientId.eq(client.0.clone()));
        let mut query = of_client.order_by_asc(approval::Column::Id).limit(limit);
        if let Some(after) = after {
            query = query.filter(approval::Column::Id.gt(after.0));
        }
        query.all(&self.readers).await?.into_iter().map(approval_value).collect()
    }

    /// What a person has asked the admins for at this app, if anything.
    pub async fn approval_request(&self, person: PersonId, client: &ClientId) -> Result<Option<ApprovalRequest>> {
        let query = request::Entity::find()
            .filter(request::Column::PersonId.eq(person.0))
            .filter(request::Column::ClientId.eq(client.0.clone()));
        query.only(&self.readers).await?.map(request_value).transpose()
    }

    /// The request of this identifier.
    pub async fn approval_request_by_id(&self, id: ApprovalRequestId) -> Result<Option<ApprovalRequest>> {
        request::Entity::find_by_id(id.0).only(&self.readers).await?.map(request_value).transpose()
    }

    /// Everything that a person has asked the admins for, the latest first.
    pub async fn approval_requests_of(&self, person: PersonId) -> Result<Vec<ApprovalRequest>> {
        let theirs = request::Entity::find().filter(request::Column::PersonId.eq(person.0));
        let rows = theirs.order_by_desc(request::Column::AskedAt).all(&self.readers).await?;
        rows.into_iter().map(request_value).collect()
    }

    /// Up to `limit` of the requests that wait, the longest waiting first: those that follow the one that was asked at
    /// `after` and has that identifier.
    pub async fn waiting_requests(
        &self,
        after: Option<(Timestamp, ApprovalRequestId)>,
        limit: u64,
    ) -> Result<Vec<ApprovalRequest>> {
        let waiting = request::Entity::find().filter(request::Column::State.eq(RequestState::Waiting.word()));
        let mut query = waiting.order_by_asc(request::Column::AskedAt).order_by_asc(request::Column::Id).limit(limit);
        if let Some((at, id)) = after {
            let same = request::Column::AskedAt.eq(at.millis()).and(request::Column::Id.gt(id.0));
            query = query.filter(request::Column::AskedAt.gt(at.millis()).or(same));
        }
        query.all(&self.readers).await?.into_iter().map(request_value).collect()
    }
}

impl Tx {
    /// As [`Store::approved_scope`], as this transaction sees it.
    pub async fn approved_scope(&self, client: &ClientId, person: PersonId) -> Result<Scope> {
        approved(&self.0, client, Some(person)).await
    }

    /// Approves one scope for an app; `false` if it was.
    pub async fn insert_approval(&self, added: &Approval) -> Result<bool> {
        let (person, group) = match added.holder {
            Holder::Everyone => (None, None),
            Holder::Group(group) => (None, Some(group.0)),
            Holder::Person(person) => (Some(person.0), None),
        };
        let row = approval::ActiveModel {
            id: Set(added.id.0),
            client_id: Set(added.client_id.0.clone()),
            scope: Set(added.scope.to_string()),
            person_id: Set(person),
            group_id: Set(group),
            created_at: Set(added.created_at.millis()),
        };
        let once = OnConflict::new().do_nothing().to_owned();
        Ok(approval::Entity::insert(row).on_conflict(once).exec_without_returning(&self.0).await? == 1)
    }

    /// Takes an approval back; `false` if there is no such one.
    pub async fn delete_approval(&self, id: ApprovalId) -> Result<bool> {
        Ok(approval::Entity::delete_by_id(id.0).exec(&self.0).await?.rows_affected == 1)
    }

    /// Writes what a person asks for, in place of what they asked at this app before.
    pub async fn put_approval_request(&self, asked: &ApprovalRequest) -> Result<()> {
        use request::Column::{Answer, AskedAt, DecidedAt, Id, Reason, Scope, State};
        let row = request::ActiveModel {
            id: Set(asked.id.0),
            person_id: Set(asked.person_id.0),
            client_id: Set(asked.client_id.0.clone()),
            scope: Set(asked.scope.to_string()),
            reason: Set(asked.reason.clone()),
            state: Set(asked.state.word().to_owned()),
            answer: Set(asked.answer.clone()),
            asked_at: Set(asked.asked_at.millis()),
            decided_at: Set(asked.decided_at.map(Timestamp::millis)),
        };
        let unique = [request::Column::PersonId, request::Column::ClientId];
        let latest = OnConflict::columns(unique)
            .update_columns([Id, Scope, Reason, State, Answer, AskedAt, DecidedAt])
            .to_owned();
        request::Entity::insert(row).on_conflict(latest).exec_without_returning(&self.0).await?;
        Ok(())
    }

    /// Decides a request that waits, once: `false` if it does not wait any more.
    pub async fn decide_approval_request(
        &self,
        id: ApprovalRequestId,
        state: RequestState,
        answer: Option<&str>,
        now: Timestamp,
    ) -> Result<bool> {
        let update = request::Entity::update_many()
            .col_expr(request::Column::State, Expr::value(state.word()))
            .col_expr(request::Column::Answer, Expr::value(answer.map(str::to_owned)))
            .col_expr(request::Column::DecidedAt, Expr::value(now.millis()))
            .filter(request::Column::Id.eq(id.0))
            .filter(request::Column::State.eq(RequestState::Waiting.word()));
        Ok(update.exec(&self.0).await?.rows_affected == 1)
    }

    /// What this person waits for at this app, if for anything.
    pub async fn waiting_request(&self, person: PersonId, client: &ClientId) -> Result<Option<ApprovalRequest>> {
        let query = request::Entity::find()
            .filter(request::Column::PersonId.eq(person.0))
            .filter(request::Column::ClientId.eq(client.0.clone()))
            .filter(request::Column::State.eq(RequestState::Waiting.word()));
        query.only(&self.0).await?.map(request_value).transpose()
    }

    /// Every request at this app that waits.
    pub async fn waiting_requests_at(&self, client: &ClientId) -> Result<Vec<ApprovalRequest>> {
        let waiting = request::Entity::find()
            .filter(request::Column::ClientId.eq(client.0.clone()))
            .filter(request::Column::State.eq(RequestState::Waiting.word()));
        waiting.all(&self.0).await?.into_iter().map(request_value).collect()
    }
}

async fn approved(db: &impl ConnectionTrait, client: &ClientId, person: Option<PersonId>) -> Result<Scope> {
    let everyones = approval::Column::PersonId.is_null().and(approval::Column::GroupId.is_null());
    let holders = match person {
        None => everyones,
        Some(person) => everyones
            .or(approval::Column::PersonId.eq(person.0))
            .or(approval::Column::GroupId.in_subquery(ids_of_person(person))),
    };
    let query = approval::Entity::find().filter(approval::Column::ClientId.eq(client.0.clone())).filter(holders);
    query.all(db).await?.iter().map(token).collect()
}

fn token(row: &approval::Model) -> Result<ScopeToken> {
    ScopeToken::parse(&row.scope).map_err(|error| StoreError::inconsistent("approvals", row.id, error))
}

fn approval_value(row: approval::Model) -> Result<Approval> {
    let holder = match (row.person_id, row.group_id) {
        (None, None) => Holder::Everyone,
        (None, Some(group)) => Holder::Group(GroupId(group)),
        (Some(person), None) => Holder::Person(PersonId(person)),
        (Some(_), Some(_)) => return Err(StoreError::inconsistent("approvals", row.id, "a person and a group")),
    };
    Ok(Approval {
        id: ApprovalId(row.id),
        scope: token(&row)?,
        client_id: ClientId(row.client_id),
        holder,
        created_at: Timestamp::from_millis(row.created_at),
    })
}

fn request_value(row: request::Model) -> Result<ApprovalRequest> {
    let state = RequestState::ALL.into_iter().find(|state| state.word() == row.state);
    let state = state.ok_or_else(|| StoreError::inconsistent("approval_requests", row.id, "no such state"))?;
    Ok(ApprovalRequest {
        id: ApprovalRequestId(row.id),
        person_id: PersonId(row.person_id),
        client_id: ClientId(row.client_id),
        scope: scope("approval_requests", row.id, &row.scope)?,
        reason: row.reason,
        state,
        answer: row.answer,
        asked_at: Timestamp::from_millis(row.asked_at),
        decided_at: row.decided_at.map(Timestamp::from_millis),
    })
}
