//! `/account/providers`: the accounts at other providers by which a person can sign in; each can be taken away, and others linked.

use actix_web::http::StatusCode;

use super::super::security::who::{by_all_they_have, changing};
use super::start;
use crate::domain::events::Actor;
use crate::domain::upstream::accounts::{self, Unlinked};
use crate::domain::upstream::beginning::Aim;
use crate::ids::ProviderAccountId;
use crate::pages::{entrance, provider_buttons};
use crate::store::ProviderAccount;
use crate::web::browser_session::Current;
use crate::web::letters::Factor;
use crate::web::own_path::OwnPath;
use crate::web::page::{LinkedAccount, LinkedProviders, Problem};
use crate::web::posted::Member;
use crate::web::visit::{PageResult, Visit};

/// The accounts.
pub(super) async fn show(visit: Visit) -> PageResult {
    let current = visit.current().await?.ok_or_else(|| visit.sign_in_first(&OwnPath::PROVIDERS))?;
    by_all_they_have(&visit, &current, &OwnPath::PROVIDERS).await?;
    render(&visit, &current, None).await
}

async fn render(visit: &Visit, current: &Current, problem: Option<&'static str>) -> PageResult {
    let t = &visit.texts().providers;
    let query = visit.query()?;
    let said = |name: &str| visit.value(&query, name).map(|value| value.is_some());
    let (linked, unlinked) = (said("linked")?, said("unlinked")?);
    let news = linked.then_some(t.linked).or_else(|| unlinked.then_some(t.unlinked)).filter(|_| problem.is_none());
    let accounts = visit.cx.store.provider_accounts_of(current.person.id).await;
    let accounts = accounts.map_err(|error| visit.failed(&error))?;
    let proof = visit.proof_for(current);
    let page = LinkedProviders {
        t: visit.texts(),
        base: visit.base(),
        csrf: proof.token.clone(),
        news,
        problem,
        accounts: accounts.iter().map(|account| shown(visit, account)).collect(),
        providers: provider_buttons::buttons(visit),
    };
    let status = if problem.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
    visit.send(&page, status, &provider_buttons::leading_there(visit, visit.headers()), Some(proof))
}

fn shown(visit: &Visit, account: &ProviderAccount) -> LinkedAccount {
    let provider = visit.cx.providers.find(&account.provider);
    LinkedAccount {
        id: account.id.to_string(),
        // One that the settings do not name any more.
        provider: provider.map_or_else(|| account.provider.clone(), |provider| provider.config.name.clone()),
        label: account.label.clone(),
        since: account.linked_at.day(),
        used: account.last_used_at.day(),
    }
}

/// Links an account, or takes one away: who does has proved a short while ago who they are, by as much as they have.
pub(super) async fn submit(Member(posted): Member) -> PageResult {
    let (visit, current) = posted.member(&OwnPath::PROVIDERS)?;
    changing(visit, current, &OwnPath::PROVIDERS).await?;
    if let Some(provider) = posted.field("link")? {
        return start::begin(visit, provider, (Aim::Link(current.signed_in.sid), String::new()), None).await;
    }
    let id: Option<ProviderAccountId> = posted.field("unlink")?.and_then(|id| id.parse().ok());
    let id = id.ok_or_else(|| visit.refuse(Problem::Malformed))?;
    let act = visit.act(Actor::Person(current.person.id));
    let theirs = visit.cx.store.provider_accounts_of(current.person.id).await.map_err(|error| visit.failed(&error))?;
    match accounts::unlink(&act, current.person.id, id, visit.cx.providers.ids())
        .await
        .map_err(|error| visit.failed(&error))?
    {
        Unlinked::Done | Unlinked::NotTheirs => {
            if let Some(account) = theirs.iter().find(|account| account.id == id) {
                let name = shown(visit, account).provider;
                visit.cx.tell(|| visit.letters().factor_removed(&current.person, Factor::Provider(&name))).await;
            }
            Ok(visit.redirect(&format!("{}?unlinked=yes", entrance::LINKED_PROVIDERS)))
        }
        Unlinked::LastWayIn => render(visit, current, Some(visit.texts().providers.last_way_in)).await,
    }
}
