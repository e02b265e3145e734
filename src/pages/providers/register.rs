//! `/login/providers/new`: somebody new, for whom a provider vouches, confirms by what name they are known here.

use actix_web::Error;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::way::{self, way_back};
use super::{leaving, problem};
use crate::clock::Timestamp;
use crate::domain::counters::count_sign_in;
use crate::domain::events::Actor;
use crate::domain::people::accounts::{AccountProblem, NewPerson, problem_of_own_username};
use crate::domain::people::guard::{Kind, Who};
use crate::domain::upstream::account::{Proven, UpstreamAccount};
use crate::domain::upstream::accounts::{self, Link, RegisterProblem};
use crate::domain::upstream::beginning::{Aim, Beginning, LIFETIME};
use crate::domain::upstream::decide::may_register;
use crate::domain::upstream::providers::Provider;
use crate::pages::admit::admit;
use crate::pages::new_account::{accepts_terms, shown, terms, terms_problem};
use crate::pages::onward::Onward;
use crate::pages::session::Proved;
use crate::pages::{entrance, provider_buttons};
use crate::store::Person;
use crate::web::limits;
use crate::web::page::{Problem, ProviderProblem, ProviderRegister, SetUpProblem};
use crate::web::posted::{Entry, Posted};
use crate::web::visit::{PageResult, Visit};

/// The way in the word of the event.
const METHOD: &str = "provider_registration";
/// Browsers keep no cookie that is longer, with its name.
const LONGEST: usize = 4000;
/// What the proposal is sealed for.
const CONTEXT: &[u8] = b"somebody new from another provider";

/// Somebody new, as the provider tells of them, while they confirm it.
#[derive(Serialize, Deserialize)]
struct Proposal {
    provider: String,
    account: UpstreamAccount,
    /// Sealed, in base64url.
    tokens: Option<String>,
    told_at: Timestamp,
    auth_time: Timestamp,
}

impl Proposal {
    fn seal(&self, visit: &Visit) -> String {
        let plain = serde_json::to_vec(self).unwrap_or_default();
        URL_SAFE_NO_PAD.encode(visit.cx.provider_sealer.seal(&plain, CONTEXT))
    }

    fn open(visit: &Visit, text: &str) -> Option<Self> {
        let plain = visit.cx.provider_sealer.open(&URL_SAFE_NO_PAD.decode(text).ok()?, CONTEXT)?;
        let proposal: Self = serde_json::from_slice(&plain).ok()?;
        (visit.now.since(proposal.told_at) <= LIFETIME).then_some(proposal)
    }
}

/// The form, for whom this browser keeps what a provider tells.
pub(super) async fn show(visit: Visit) -> PageResult {
    let onward = Onward::of(&visit, &visit.query()?).await?;
    let kept = visit.request.cookie(cookie_name(&visit)).map(|cookie| cookie.value().to_owned()).unwrap_or_default();
    let proposal = Proposal::open(&visit, &kept);
    let provider = proposal.as_ref().and_then(|proposal| visit.cx.providers.find(&proposal.provider));
    let Some((proposal, provider)) = proposal.as_ref().zip(provider) else {
        return Ok(visit.redirect(&onward.path(entrance::SIGN_IN)));
    };
    let account = &proposal.account;
    let typed = Typed {
        username: account.proposed_username(),
        display_name: account.name.clone().unwrap_or_default(),
        accepts_terms: false,
    };
    render(&visit, (provider, &onward), (kept, account.verified_email.clone()), typed, &[])
}

/// What stands in the form.
struct Typed {
    username: String,
    display_name: String,
    accepts_terms: bool,
}

/// Leads to the form, and keeps what the provider tells in this browser: the answer of a provider is good once, a page can be opened
/// again.
pub(super) async fn propose(
    visit: &Visit,
    provider: &Provider,
    begun: &Beginning,
    (link, proven): (Link, &Proven),
) -> PageResult {
    let proposal = Proposal {
        provider: link.provider,
        account: link.account,
        tokens: link.tokens.map(|sealed| URL_SAFE_NO_PAD.encode(sealed)),
        told_at: visit.now,
        auth_time: proven.account.auth_time.map_or(visit.now, |told| begun.auth_time(told, visit.now)),
    };
    let sealed = proposal.seal(visit);
    // Tokens that are too long for a cookie are kept by the next sign-in.
    let sealed = if sealed.len() > LONGEST { Proposal { tokens: None, ..proposal }.seal(visit) } else { sealed };
    let onward = Onward::of(visit, &way::onward_of(visit, &begun.onward)?).await?;
    let mut answer = visit.redirect(&onward.path(entrance::REGISTER_BY_PROVIDER));
    answer.add_cookie(&cookie(visit, sealed)).map_err(|_| visit.refuse(Problem::Internal))?;
    leaving::remember(visit, provider, proven, &mut answer)?;
    Ok(answer)
}

/// `__Host-` makes browsers refuse it from a neighbouring subdomain, but needs https.
fn cookie_name(visit: &Visit) -> &'static str {
    if visit.cx.issuer().is_https() { "__Host-claviger-provider-new" } else { "claviger-provider-new" }
}

/// The cookie in which a proposal waits; it goes with an empty one.
fn cookie(visit: &Visit, sealed: String) -> Cookie<'static> {
    let lifetime = if sealed.is_empty() { 0 } else { i64::try_from(LIFETIME.as_secs()).unwrap_or_default() };
    Cookie::build(cookie_name(visit), sealed)
        .path("/")
        .http_only(true)
        .secure(visit.cx.issuer().is_https())
        .same_site(SameSite::Lax)
        .max_age(Duration::seconds(lifetime))
        .finish()
}

/// The form, sent.
pub(super) async fn submit(Entry(posted): Entry) -> PageResult {
    let visit = &posted.visit;
    let onward = Onward::of(visit, &posted.fields).await?;
    let back = way_back(Aim::SignIn, &onward.path(""));
    let sealed = posted.field("account")?.unwrap_or_default().to_owned();
    let proposal = Proposal::open(visit, &sealed);
    let provider = proposal.as_ref().and_then(|proposal| visit.cx.providers.find(&proposal.provider));
    let Some((proposal, provider)) = proposal.zip(provider) else {
        return problem::show(visit, "", (ProviderProblem::Stale, "nobody vouches for this account"), back).await;
    };
    let typed = Typed {
        username: posted.field("username")?.unwrap_or_default().to_owned(),
        display_name: posted.field("display_name")?.unwrap_or_default().trim().to_owned(),
        accepts_terms: accepts_terms(visit, &posted.fields)?,
    };
    let (account, people) = (&proposal.account, &visit.cx.config.people);
    if !may_register(&provider.config, people, account) {
        return problem::show(visit, &proposal.provider, (ProviderProblem::NoAccount, "nobody may come"), back).await;
    }
    let mut claims = account.claims();
    claims.name = Some(typed.display_name.clone()).filter(|name| !name.is_empty());
    let terms = people.terms.clone();
    let new = NewPerson { username: typed.username.clone(), claims, terms, ..NewPerson::default() };
    let of_username = problem_of_own_username(&new.username, account.verified_email.as_deref());
    let of_account: Vec<_> = new.problems().into_iter().chain(of_username).collect();
    let problems: Vec<_> = of_fields(&of_account).chain(terms_problem(visit, typed.accepts_terms)).collect();
    let email = account.verified_email.clone();
    if !problems.is_empty() {
        return render(visit, (provider, &onward), (sealed, email), typed, &problems);
    }
    // What leaves a row, nobody does without end.
    let who = Who::anybody(visit.origin.address.as_deref());
    if let Err(held) = visit.cx.guard.take(Kind::Registration, &who, visit.now) {
        limits::note(visit, &held).await;
        let problem = SetUpProblem::TooMany(limits::minutes(held.standing.reset));
        let page = render(visit, (provider, &onward), (sealed, email), typed, &[problem]);
        return page.map(|page| limits::too_many(page, &held.standing));
    }
    let tokens = proposal.tokens.as_deref().and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
    let link = Link { provider: proposal.provider.clone(), account: account.clone(), tokens };
    let registered = accounts::register(&visit.act(Actor::Anonymous), new, link).await;
    match registered.map_err(|error| visit.failed(&error))? {
        Ok(person) => welcome(&posted, onward, (provider, &proposal), &person).await,
        Err(RegisterProblem::Account(AccountProblem::EmailTaken)) => {
            let why = "somebody here has the address";
            problem::show(visit, &proposal.provider, (ProviderProblem::SignInFirst, why), back).await
        }
        Err(RegisterProblem::Account(problem)) => {
            let problems: Vec<_> = of_fields(&[problem]).collect();
            render(visit, (provider, &onward), (sealed, email), typed, &problems)
        }
        Err(RegisterProblem::LinkedMeanwhile) => {
            problem::show(visit, &proposal.provider, (ProviderProblem::Stale, "the account is linked"), back).await
        }
    }
}

async fn welcome(
    posted: &Posted,
    onward: Onward,
    (provider, proposal): (&Provider, &Proposal),
    person: &Person,
) -> PageResult {
    let visit = &posted.visit;
    let amr = proposal.account.methods(&provider.config);
    count_sign_in(&visit.cx.hourly, "verified");
    let proved =
        Proved { amr, remember: false, method: METHOD.into(), auth_time: Some(proposal.auth_time), anew: false };
    let mut answer = admit(posted, person, proved, onward).await?;
    answer.add_cookie(&cookie(visit, String::new())).map_err(|_| visit.refuse(Problem::Internal))?;
    Ok(answer)
}

/// Problems as the page tells them. What the provider tells was checked before.
fn of_fields(problems: &[AccountProblem]) -> impl Iterator<Item = SetUpProblem> {
    let is_typed = |problem: &&AccountProblem| {
        use AccountProblem::{DisplayNameMalformed, UsernameIsAddress, UsernameMalformed, UsernameTaken};
        matches!(problem, UsernameMalformed | UsernameTaken | UsernameIsAddress | DisplayNameMalformed)
    };
    problems.iter().filter(is_typed).copied().map(shown)
}

fn render(
    visit: &Visit,
    (provider, onward): (&Provider, &Onward),
    (sealed, email): (String, Option<String>),
    typed: Typed,
    problems: &[SetUpProblem],
) -> Result<actix_web::HttpResponse, Error> {
    let proof = visit.proof_before_sign_in();
    let page = ProviderRegister {
        t: visit.texts(),
        base: visit.base(),
        csrf: proof.token.clone(),
        account: sealed,
        request: onward.request(),
        onward: onward.page().cloned(),
        app: onward.app(),
        provider: provider.config.name.clone(),
        username: typed.username,
        display_name: typed.display_name,
        email,
        terms: terms(visit, typed.accepts_terms),
        problems: problems.to_vec(),
    };
    let headers = onward.headers(visit);
    let headers = provider_buttons::leading_there(visit, headers);
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    visit.send(&page, status, &headers, Some(proof))
}
