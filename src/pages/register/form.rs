//! The form by which people make accounts of their own.
//!
//! No address is asked for here: whoever types one has not shown that it is theirs, and an app might take it for a proof. The
//! address of an account is that of the link which led to the form, if one did.

use actix_web::Error;
use actix_web::http::StatusCode;

use crate::domain::events::Actor;
use crate::domain::people::accounts::{self, NewPerson};
use crate::domain::people::guard::{HeldBack, Kind, Who};
use crate::domain::people::links::LinkOutcome;
use crate::domain::people::registration;
use crate::pages::admit::admit;
use crate::pages::entrance;
use crate::pages::new_account::{OpenLink, Typed, minimum_length, shown, terms};
use crate::pages::onward::Onward;
use crate::pages::session::Proved;
use crate::protocol::claims::StandardClaims;
use crate::protocol::params::Params;
use crate::web::limits;
use crate::web::page::{Problem, SetUp, SetUpKind, SetUpProblem};
use crate::web::posted::Posted;
use crate::web::visit::{PageResult, Visit};

/// By what somebody is led to the form, and where it leads them.
pub(super) struct Led {
    link: Option<OpenLink>,
    onward: Onward,
}

impl Led {
    /// Whoever comes by themselves.
    pub async fn uninvited(visit: &Visit, params: &Params) -> Result<Self, Error> {
        Ok(Self { link: None, onward: Onward::of(visit, params).await? })
    }

    /// Whoever comes by a link, if it still leads here.
    pub async fn by_link(visit: &Visit, params: &Params, link: OpenLink) -> Result<Self, Error> {
        if !registration::leads_in(&link.link, &visit.cx.config.people) {
            return Err(visit.refuse(Problem::LinkSpent));
        }
        Ok(Self { link: Some(link), onward: Onward::of_mail(visit, params, Onward::Welcome).await? })
    }

    fn address(&self) -> String {
        self.link.as_ref().and_then(|open| open.link.address.clone()).unwrap_or_default()
    }

    /// The address, if its link was mailed there.
    fn confirmed_address(&self) -> Option<&str> {
        let link = self.link.as_ref().map(|open| &open.link)?;
        link.address.as_deref().filter(|_| registration::shows_address(link))
    }

    fn is_invited(&self) -> bool {
        self.link.as_ref().is_some_and(|open| registration::is_invitation(&open.link))
    }
}

/// The form. Whoever only looks does not use a link: programs that look through mail open what they find there.
pub(super) fn show(visit: &Visit, led: &Led) -> PageResult {
    render(visit, led, Typed { email: led.address(), ..Typed::empty() }, Vec::new())
}

/// The form, sent.
pub(super) async fn submit(posted: &Posted, led: Led) -> PageResult {
    let visit = &posted.visit;
    let typed = Typed { email: led.address(), ..Typed::read(visit, &posted.fields)? };
    // What costs time, a hash and a row, nobody does without end: not even by passwords that will not do. An invitation makes
    // one account, and many who are invited may sit behind one address.
    let (guard, who) = (&visit.cx.guard, Who::anybody(visit.origin.address.as_deref()));
    let place = (!led.is_invited()).then(|| guard.take(Kind::Registration, &who, visit.now)).transpose();
    let place = match place {
        Ok(place) => place,
        Err(held) => return hold_back(visit, &led, typed, held).await,
    };
    let look = match guard.take(Kind::NewPassword, &who, visit.now) {
        Ok(look) => look,
        Err(held) => {
            if let Some(place) = place {
                place.was_not_made();
            }
            return hold_back(visit, &led, typed, held).await;
        }
    };
    let name = Some(typed.display_name.trim().to_owned()).filter(|name| !name.is_empty());
    let claims = StandardClaims { name, ..StandardClaims::default() };
    let terms = visit.cx.config.people.terms.clone();
    let new = NewPerson { username: typed.username.clone(), claims, terms, ..NewPerson::default() };
    let of_password = typed.password_problem(visit, &new.username).await;
    let of_username = accounts::problem_of_own_username(&new.username, led.confirmed_address());
    let mut problems: Vec<_> = new.problems().into_iter().chain(of_username).chain(of_password).map(shown).collect();
    problems.extend(typed.terms_problem(visit));
    if !problems.is_empty() {
        if let Some(place) = place {
            place.was_not_made();
        }
        return render(visit, &led, typed, problems);
    }
    look.was_right();
    create(posted, led, new, typed).await
}

async fn hold_back(visit: &Visit, led: &Led, typed: Typed, held: HeldBack) -> PageResult {
    limits::note(visit, &held).await;
    let problem = SetUpProblem::TooMany(limits::minutes(held.standing.reset));
    render(visit, led, typed, vec![problem]).map(|page| limits::too_many(page, &held.standing))
}

async fn create(posted: &Posted, led: Led, new: NewPerson, typed: Typed) -> PageResult {
    let visit = &posted.visit;
    let hash = typed.hash(visit).await?;
    let act = visit.act(Actor::Anonymous);
    let outcome = if let Some(open) = &led.link {
        registration::register(&act, &open.link, new, hash).await
    } else {
        let created = accounts::create(&act, new, Some(hash)).await;
        created.map(|created| created.map_or_else(LinkOutcome::Refused, |person| LinkOutcome::Done(person.into())))
    };
    match outcome.map_err(|error| visit.failed(&error))? {
        LinkOutcome::Done(person) => admit(posted, &person, Proved::by_password("registration"), led.onward).await,
        LinkOutcome::Spent => Err(visit.refuse(Problem::LinkSpent)),
        LinkOutcome::Refused(problem) => render(visit, &led, typed, vec![shown(problem)]),
    }
}

fn render(visit: &Visit, led: &Led, typed: Typed, problems: Vec<SetUpProblem>) -> PageResult {
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let proof = visit.proof_before_sign_in();
    let page = SetUp {
        t: visit.texts(),
        base: visit.base(),
        action: entrance::REGISTER.to_owned(),
        csrf: proof.token.clone(),
        kind: SetUpKind::Registration {
            link: led.link.as_ref().map(|open| open.token.clone()).unwrap_or_default(),
            request: led.onward.request(),
            onward: led.onward.page().cloned(),
            app: led.onward.app().map(Box::new),
            sign_in: led.onward.path(entrance::SIGN_IN),
        },
        username: typed.username,
        email: typed.email,
        display_name: typed.display_name,
        password_minimum: minimum_length(visit),
        terms: terms(visit, typed.accepts_terms),
        problems,
    };
    let headers = led.onward.headers(visit);
    visit.send(&page, status, &headers, Some(proof))
}
