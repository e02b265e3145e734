//! `/login/providers/…/callback`: the answer of another provider.

use actix_web::Error;
use actix_web::web::Path;

use super::start::cookie;
use super::way::{onward_of, posted, way_back};
use super::{leaving, problem, register};
use crate::domain::counters::count_sign_in;
use crate::domain::events::Actor;
use crate::domain::people::guard::{Kind, Who};
use crate::domain::sessions::AMR_SEVERAL;
use crate::domain::upstream::UpstreamFault;
use crate::domain::upstream::account::{Proven, UpstreamAccount};
use crate::domain::upstream::accounts::{self, Link};
use crate::domain::upstream::beginning::{Aim, Beginning, LIFETIME};
use crate::domain::upstream::decide::{Known, Verdict, decide};
use crate::domain::upstream::providers::Provider;
use crate::pages::admit::admit;
use crate::pages::entrance;
use crate::pages::onward::Onward;
use crate::pages::session::Proved;
use crate::protocol::params::Params;
use crate::store::{Person, ProviderAccount};
use crate::web::letters::Factor;
use crate::web::limits;
use crate::web::page::{Problem, ProviderProblem};
use crate::web::visit::{PageResult, Visit};

/// The way in the word of the event.
const METHOD: &str = "provider";

/// The answer.
pub(super) async fn show(visit: Visit, path: Path<String>) -> PageResult {
    let query = visit.query()?;
    let id = path.into_inner();
    let Some(provider) = visit.cx.providers.find(&id) else { return Err(visit.refuse(Problem::NotFound)) };
    let state = visit.value(&query, "state")?.unwrap_or_default().to_owned();
    let Some(begun) = opened(&visit, provider, &state).await? else {
        return problem::show(
            &visit,
            &id,
            (ProviderProblem::Stale, "nobody began this sign-in here"),
            entrance::SIGN_IN.to_owned(),
        )
        .await;
    };
    // Whatever is shown from here on is in the language that the app asks for.
    Onward::of(&visit, &onward_of(&visit, &begun.onward)?).await?;
    let mut answer = answered(&visit, provider, (&query, &begun)).await?;
    let gone = cookie(&visit, &state, String::new());
    answer.add_cookie(&gone).map_err(|_| visit.refuse(Problem::Internal))?;
    Ok(answer)
}

/// What this browser began with this state, once: RFC 6749 §10.12, RFC 9700 §4.7.
async fn opened(visit: &Visit, provider: &Provider, state: &str) -> Result<Option<Beginning>, Error> {
    let cx = &visit.cx;
    let name = cookie(visit, state, String::new()).name().to_owned();
    let Some(cookie) = visit.request.cookie(&name) else { return Ok(None) };
    let begun = Beginning::open(cookie.value(), &cx.provider_sealer, &provider.config.id, state, visit.now);
    let Some(begun) = begun else { return Ok(None) };
    let (id, until) = (cx.hasher.hash(&format!("provider state {state}")), begun.started_at + LIFETIME);
    let used = cx.store.write(move |tx| Box::pin(async move { tx.use_assertion(&id, until).await }));
    Ok(used.await.map_err(|error| visit.failed(&error))?.then_some(begun))
}

async fn answered(visit: &Visit, provider: &Provider, (query, begun): (&Params, &Beginning)) -> PageResult {
    let id = &provider.config.id;
    let back = way_back(begun.aim, &begun.onward);
    let desk = visit.cx.provider_desk(visit.now);
    let failed = async |fault: &dyn std::fmt::Display, back: String| {
        problem::show(visit, id, (ProviderProblem::Failed, &fault.to_string()), back).await
    };
    if let Err(fault) = provider.check_issuer(&desk, visit.value(query, "iss")?).await {
        return failed(&fault, back).await;
    }
    if let Some(error) = visit.value(query, "error")? {
        // RFC 6749 §4.1.2.1: what else the provider says of it is a stranger's text, which nobody is shown.
        let denied = error == "access_denied";
        let problem = if denied { ProviderProblem::Denied } else { ProviderProblem::Failed };
        let why = if denied { "the provider denies it" } else { "the provider answers with an error" };
        return problem::show(visit, id, (problem, why), back).await;
    }
    let Some(code) = visit.value(query, "code")? else { return failed(&"the answer holds no code", back).await };
    // Codes that nobody gave are not carried to the provider without end, nor is what it says of them written down.
    let who = Who::anybody(visit.origin.address.as_deref());
    if let Err(held) = visit.cx.guard.judge(Kind::Link, &who, true, visit.now) {
        return Err(limits::refuse(visit, &held).await);
    }
    match provider.finish(&desk, code, begun).await {
        Ok(proven) => welcome(visit, provider, begun, proven).await,
        Err(fault) => {
            // What the provider itself refused was somebody's guess; that it cannot be asked is nobody's.
            let was_wrong = matches!(fault, UpstreamFault::Refused(_));
            if let Err(held) = visit.cx.guard.judge(Kind::Link, &who, !was_wrong, visit.now) {
                return Err(limits::refuse(visit, &held).await);
            }
            failed(&fault, back).await
        }
    }
}

/// What is known here of who comes.
struct Found {
    account: Option<ProviderAccount>,
    linked: Option<Person>,
    linking: Option<Person>,
    of_address: Option<Person>,
    of_address_is_another_there: bool,
    of_address_has_more_to_prove: bool,
}

impl Found {
    /// `None` if somebody wanted to link an account and is not signed in any more.
    async fn of(
        visit: &Visit,
        provider: &Provider,
        begun: &Beginning,
        account: &UpstreamAccount,
    ) -> Result<Option<Self>, Error> {
        let store = &visit.cx.store;
        let failed = |error| visit.failed(&error);
        let linking = match begun.aim {
            Aim::SignIn => None,
            Aim::Link(sid) => match visit.current().await?.filter(|current| current.signed_in.sid == sid) {
                Some(current) => Some(current.person),
                None => return Ok(None),
            },
        };
        let known = store.provider_account(&begun.provider, &account.subject).await.map_err(failed)?;
        let linked = match &known {
            Some(known) => store.person(known.person_id).await.map_err(failed)?,
            None => None,
        };
        let of_address = match &account.verified_email {
            Some(email) => store.person_by_login(email).await.map_err(failed)?,
            None => None,
        };
        let accounts = match &of_address {
            Some(person) => store.provider_accounts_of(person.id).await.map_err(failed)?,
            None => Vec::new(),
        };
        let of_address_is_another_there = accounts.iter().any(|account| account.provider == begun.provider);
        let has_proved_all = account.methods(&provider.config).iter().any(|method| method == AMR_SEVERAL);
        let of_address_has_more_to_prove = match &of_address {
            Some(person) if !has_proved_all => {
                visit.cx.factor_desk().held_by(person.id).await.map_err(failed)?.is_any()
            }
            _ => false,
        };
        Ok(Some(Self {
            account: known,
            linked,
            linking,
            of_address,
            of_address_is_another_there,
            of_address_has_more_to_prove,
        }))
    }
}

async fn welcome(visit: &Visit, provider: &Provider, begun: &Beginning, proven: Proven) -> PageResult {
    let (cx, config) = (&visit.cx, &provider.config);
    let back = way_back(begun.aim, &begun.onward);
    let Some(found) = Found::of(visit, provider, begun, &proven.account).await? else {
        return problem::show(visit, &config.id, (ProviderProblem::Stale, "who wanted to link is not signed in"), back)
            .await;
    };
    let known = Known {
        linked: found.linked.as_ref(),
        linking: found.linking.as_ref(),
        of_address: found.of_address.as_ref(),
        of_address_is_another_there: found.of_address_is_another_there,
        of_address_has_more_to_prove: found.of_address_has_more_to_prove,
    };
    let link = Link::new(config, proven.account.clone(), &proven.tokens, &cx.provider_sealer);
    let verdict = decide(config, &cx.config.people, &proven.account, known);
    let refused = match (verdict, &found) {
        (Verdict::SignIn(_), Found { account: Some(account), linked: Some(person), .. }) => {
            let act = visit.act(Actor::Person(person.id));
            if accounts::note_use(&act, account, link).await.map_err(|error| visit.failed(&error))? {
                return sign_in(visit, provider, begun, (person, &proven)).await;
            }
            (ProviderProblem::Stale, "the account was unlinked meanwhile")
        }
        (Verdict::LinkAndSignIn(_), Found { of_address: Some(person), .. }) => {
            let act = visit.act(Actor::Person(person.id));
            if accounts::link(&act, person.id, link).await.map_err(|error| visit.failed(&error))? {
                tell(visit, provider, person).await;
                return sign_in(visit, provider, begun, (person, &proven)).await;
            }
            (ProviderProblem::Stale, "the account was linked meanwhile")
        }
        (Verdict::Link(_), Found { linking: Some(person), .. }) => {
            let act = visit.act(Actor::Person(person.id));
            if accounts::link(&act, person.id, link).await.map_err(|error| visit.failed(&error))? {
                tell(visit, provider, person).await;
                return Ok(visit.redirect(&format!("{}?linked=yes", entrance::LINKED_PROVIDERS)));
            }
            (ProviderProblem::OfSomebodyElse, "the account was linked meanwhile")
        }
        (Verdict::Linked, _) => return Ok(visit.redirect(entrance::LINKED_PROVIDERS)),
        (Verdict::Register, _) => return register::propose(visit, provider, begun, (link, &proven)).await,
        (Verdict::OfSomebodyElse, _) => (ProviderProblem::OfSomebodyElse, "the account is linked with somebody else"),
        (Verdict::SignInFirst, _) => (ProviderProblem::SignInFirst, "somebody here has the address"),
        (Verdict::Disabled, _) => (ProviderProblem::Disabled, "person disabled"),
        _ => (ProviderProblem::NoAccount, "nobody here is meant"),
    };
    problem::show(visit, &config.id, refused, back).await
}

/// Tells a person that they have one more way to sign in.
async fn tell(visit: &Visit, provider: &Provider, person: &Person) {
    visit.cx.tell(|| visit.letters().factor_added(person, Factor::Provider(&provider.config.name))).await;
}

/// Lets the person in, and leads on to where they wanted to go.
async fn sign_in(
    visit: &Visit,
    provider: &Provider,
    begun: &Beginning,
    (person, proven): (&Person, &Proven),
) -> PageResult {
    let amr = proven.account.methods(&provider.config);
    // An old sign-in there is no new one here.
    let auth_time = proven.account.auth_time.map(|told| begun.auth_time(told, visit.now));
    let proof = Proved { amr, remember: false, method: METHOD.into(), auth_time, anew: false };
    let posted = posted(visit, &begun.onward).await?;
    let onward = Onward::of(visit, &posted.fields).await?;
    count_sign_in(&visit.cx.hourly, "verified");
    let mut answer = admit(&posted, person, proof, onward).await?;
    leaving::remember(visit, provider, proven, &mut answer)?;
    Ok(answer)
}
