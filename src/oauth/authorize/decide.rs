//! What is next for a waiting request: the one place that decides. Pure.
//!
//! It is asked again after every page. What a page says to have achieved counts only in the browser session in which
//! it happened, so that a sealed request which somebody else has prepared gains nothing.

use std::time::Duration;

use super::level::Level;
use crate::clock::Timestamp;
use crate::domain::admission::Standing;
use crate::domain::consent::{Remembered, Wish, is_of_use};
use crate::domain::pending_request::PendingRequest;
use crate::domain::sessions::SignedIn;
use crate::error::{ErrorCode, OAuthError};
use crate::protocol::client_metadata::ConsentPolicy;
use crate::protocol::scope::Scope;

/// The next step.
#[derive(Debug)]
pub(super) enum Next<'a> {
    /// Ask for a sign-in, or for a fresh one.
    SignIn,
    /// Let them make an account.
    Register,
    /// Ask for a second factor.
    SecondFactor,
    /// Ask which account.
    SelectAccount,
    /// Tell the person what the admins withhold.
    Approval,
    /// Ask for consent.
    Consent,
    /// Give the client a code.
    Issue {
        /// Who allows it.
        who: &'a SignedIn,
        /// What they allow.
        scope: Scope,
        /// What they could have allowed, and left out.
        declined: Scope,
    },
    /// Tell the client that it gets none.
    Refuse(OAuthError),
}

/// How whoever sits at the browser fits the request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fit {
    /// Whether the app may mean them: it names nobody else.
    pub is_meant: bool,
    /// Whether they signed in as well as it wants.
    pub level: Level,
}

/// Decides, from who sits at the browser, how they fit, what the admins let them have, and what they have allowed the client before.
pub(super) fn decide<'a>(
    request: &PendingRequest,
    who: Option<&'a SignedIn>,
    fit: Fit,
    standing: &Standing,
    remembered: Option<&Remembered>,
    policy: ConsentPolicy,
    now: Timestamp,
) -> Next<'a> {
    let Some(who) = who else {
        return ask(request, if request.prompt.create() { Next::Register } else { Next::SignIn });
    };
    let is_fresh = is_fresh(request, who);
    // Initiating User Registration via OpenID Connect, section 4: also where somebody is signed in, who may go on as themselves.
    if request.prompt.create() && !is_fresh {
        return ask(request, Next::Register);
    }
    // OIDC Core §3.1.2.1: for anybody but whom the app means the answer is an error, also if somebody else has just
    // signed in.
    if !fit.is_meant {
        return if is_fresh { Next::Refuse(ErrorCode::LoginRequired.into()) } else { ask(request, Next::SignIn) };
    }
    // Whoever signed in in answer to this request has chosen, however old the proof of a provider is by which they did.
    let has_chosen = [request.signed_in, request.selected].contains(&Some(who.sid));
    if request.prompt.select_account() && !has_chosen {
        return ask(request, Next::SelectAccount);
    }
    if !is_fresh && needs_fresh_sign_in(request, who, now) {
        return ask(request, Next::SignIn);
    }
    match fit.level {
        Level::Reached => {}
        // RFC 9470 §5: whoever is signed in proves what is missing, and nothing else once more.
        Level::WithSecondFactor => return ask(request, Next::SecondFactor),
        Level::WithPassword if !is_fresh => return ask(request, Next::SignIn),
        // Or they were asked for the password, and came by something else.
        Level::WithPassword | Level::OutOfReach => {
            return Next::Refuse(ErrorCode::UnmetAuthenticationRequirements.into());
        }
    }
    let decision = request.decision.as_ref().filter(|decision| decision.sid == who.sid);
    if decision.is_some_and(|decision| decision.allowed.is_none()) {
        // RFC 6749 §4.1.2.1: the person said no.
        return Next::Refuse(denied());
    }
    if standing.stops(request.went_on == Some(who.sid)) {
        return stop(request, standing, who, remembered, policy);
    }
    let wanted = request.scope.without(&standing.withheld);
    if let Some(decision) = decision {
        return carry_out(&wanted, decision.allowed.as_ref(), who);
    }
    from_memory(request, &wanted, who, remembered, policy)
}

/// Tells the person what is withheld; where no page may be shown, an app that can do without gets the rest.
fn stop<'a>(
    request: &PendingRequest,
    standing: &Standing,
    who: &'a SignedIn,
    remembered: Option<&Remembered>,
    policy: ConsentPolicy,
) -> Next<'a> {
    if !request.prompt.none() {
        return Next::Approval;
    }
    if !standing.admitted {
        let text = "An administrator of this server does not let this person use this app.";
        return Next::Refuse(OAuthError::new(ErrorCode::AccessDenied, text));
    }
    if standing.indispensable {
        return ask(request, Next::Approval);
    }
    from_memory(request, &request.scope.without(&standing.withheld), who, remembered, policy)
}

/// What is next where the person has decided nothing in answer to this request.
fn from_memory<'a>(
    request: &PendingRequest,
    wanted: &Scope,
    who: &'a SignedIn,
    remembered: Option<&Remembered>,
    policy: ConsentPolicy,
) -> Next<'a> {
    let claims = request.claims.without(&request.scope);
    let wish = Wish { scope: wanted, claims: &claims, remembered, insists: request.prompt.consent() };
    if wish.needs_consent(policy) {
        return ask(request, Next::Consent);
    }
    let scope = if policy == ConsentPolicy::Skip { wanted.clone() } else { wish.without_asking() };
    Next::Issue { who, declined: wanted.without(&scope), scope }
}

/// Asks the person something, if that is allowed.
fn ask<'a>(request: &PendingRequest, question: Next<'a>) -> Next<'a> {
    if !request.prompt.none() {
        return question;
    }
    // OIDC Core §3.1.2.1: with prompt=none no page is ever shown. OIDC Core §3.1.2.6: the error says which it would be.
    let error = match question {
        Next::SignIn | Next::SecondFactor => ErrorCode::LoginRequired,
        Next::SelectAccount => ErrorCode::AccountSelectionRequired,
        Next::Consent => ErrorCode::ConsentRequired,
        Next::Register | Next::Approval | Next::Issue { .. } | Next::Refuse(_) => ErrorCode::InteractionRequired,
    };
    Next::Refuse(error.into())
}

/// Whether the person signed in in answer to this very request, in the session that the browser has now.
fn is_fresh(request: &PendingRequest, who: &SignedIn) -> bool {
    request.signed_in == Some(who.sid) && who.auth_time >= request.started_at
}

fn needs_fresh_sign_in(request: &PendingRequest, who: &SignedIn, now: Timestamp) -> bool {
    // OIDC Core §3.1.2.1: prompt=login asks again; max_age asks again when the sign-in is older, and max_age=0 always.
    let too_old = |max_age| max_age == 0 || now.since(who.auth_time) > Duration::from_secs(max_age);
    request.prompt.login() || request.max_age.is_some_and(too_old)
}

/// What the person allowed on the consent page.
fn carry_out<'a>(wanted: &Scope, allowed: Option<&Scope>, who: &'a SignedIn) -> Next<'a> {
    let scope = allowed.map(|allowed| wanted.intersection(allowed)).unwrap_or_default();
    if !is_of_use(wanted, &scope) {
        return Next::Refuse(denied());
    }
    Next::Issue { who, declined: wanted.without(&scope), scope }
}

fn denied() -> OAuthError {
    OAuthError::new(ErrorCode::AccessDenied, "The person did not allow it.")
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::pending_request::Decision;
    use crate::ids::{ClientId, PersonId, SessionId};
    use crate::protocol::claims_request::ClaimsRequest;
    use crate::protocol::prompt::{Prompt, PromptValue};
    use crate::protocol::redirect_uri::{ApplicationType, RedirectUri, TrustedRedirect};
    use crate::protocol::response::{ResponseMode, ResponseType};

    const STARTED: Timestamp = Timestamp::from_seconds(10_000);
    const NOW: Timestamp = Timestamp::from_seconds(10_060);
    const SID: SessionId = SessionId(Uuid::from_u128(1));
    const OTHER_SID: SessionId = SessionId(Uuid::from_u128(2));
    const FITS: Fit = Fit { is_meant: true, level: Level::Reached };
    const ADA: PersonId = PersonId(Uuid::from_u128(3));

    fn request(prompt: &str) -> PendingRequest {
        let uri = "https://app.example/cb";
        let registered = [RedirectUri::register(uri, ApplicationType::Web).unwrap()];
        PendingRequest {
            client_id: ClientId("app".to_owned()),
            redirect: TrustedRedirect::check(&registered, Some(uri), ResponseMode::Query, None).unwrap(),
            scope: Scope::parse("openid email").unwrap(),
            resources: Vec::new(),
            response_type: ResponseType::Code,
            claims: ClaimsRequest::default(),
            nonce: None,
            code_challenge: None,
            prompt: Prompt::parse(Some(prompt), PromptValue::ALL).unwrap(),
            max_age: None,
            login_hint: None,
            hinted_sub: None,
            acr_values: Vec::new(),
            ui_locales: None,
            started_at: STARTED,
            signed_in: None,
            selected: None,
            went_on: None,
            decision: None,
        }
    }

    /// Ada, signed in an hour before the request came.
    fn ada() -> SignedIn {
        SignedIn::by_password(SID, ADA, false, STARTED - Duration::from_hours(1))
    }

    /// Ada, signed in after the request came.
    fn ada_now() -> SignedIn {
        SignedIn::by_password(SID, ADA, false, NOW)
    }

    fn word(next: &Next<'_>) -> String {
        match next {
            Next::SignIn => "sign in".to_owned(),
            Next::Register => "register".to_owned(),
            Next::SecondFactor => "second factor".to_owned(),
            Next::SelectAccount => "select".to_owned(),
            Next::Approval => "approval".to_owned(),
            Next::Consent => "consent".to_owned(),
            Next::Issue { scope, .. } => format!("issue {scope}"),
            Next::Refuse(error) => error.code.wire().to_owned(),
        }
    }

    /// What is next where the person has allowed the client everything before.
    fn next(request: &PendingRequest, who: Option<&SignedIn>) -> String {
        let before = Remembered { allowed: request.scope.clone(), ..Remembered::default() };
        word(&decide(request, who, FITS, &Standing::free(), Some(&before), ConsentPolicy::Remember, NOW))
    }

    /// OIDC Core §3.1.2.1, OIDC Core §3.1.2.6: which page each `prompt` brings up, and which error in its place.
    #[test]
    fn asks_what_the_prompt_says() {
        for (prompt, nobody, somebody) in [
            ("", "sign in", "issue openid email"),
            ("none", "login_required", "issue openid email"),
            ("login", "sign in", "sign in"),
            ("consent", "sign in", "consent"),
            ("select_account", "sign in", "select"),
            ("login consent", "sign in", "sign in"),
            ("create", "register", "register"),
            ("create consent", "register", "register"),
            ("login select_account", "sign in", "select"),
        ] {
            assert_eq!(next(&request(prompt), None), nobody, "{prompt}, nobody signed in");
            assert_eq!(next(&request(prompt), Some(&ada())), somebody, "{prompt}, somebody signed in");
        }
    }

    /// OIDC Core §3.1.2.1: a sign-in in answer to the request satisfies `login` and `select_account`.
    #[test]
    fn takes_a_fresh_sign_in_in_the_same_session_only() {
        for prompt in ["login", "select_account", "login select_account", "create"] {
            let answered = PendingRequest { signed_in: Some(SID), ..request(prompt) };
            assert_eq!(next(&answered, Some(&ada_now())), "issue openid email", "{prompt}");
            let elsewhere = PendingRequest { signed_in: Some(OTHER_SID), ..request(prompt) };
            assert_ne!(next(&elsewhere, Some(&ada_now())), "issue openid email", "{prompt}, in another session");
            let is_choice = prompt == "select_account";
            let next = next(&answered, Some(&ada()));
            assert_eq!(next == "issue openid email", is_choice, "{prompt}, by an older proof of a provider");
        }
    }

    #[test]
    fn takes_a_choice_of_account_in_the_same_session_only() {
        let chosen = |sid| PendingRequest { selected: Some(sid), ..request("select_account") };
        assert_eq!(next(&chosen(SID), Some(&ada())), "issue openid email");
        assert_eq!(next(&chosen(OTHER_SID), Some(&ada())), "select");
        let with_login = PendingRequest { selected: Some(SID), ..request("login select_account") };
        assert_eq!(next(&with_login, Some(&ada())), "sign in");
    }

    /// OIDC Core §3.1.2.1: `max_age` in seconds since the sign-in; 0 is like `prompt=login`.
    #[test]
    fn asks_again_when_the_sign_in_is_older_than_max_age() {
        let elapsed = NOW.since(ada().auth_time).as_secs();
        for (max_age, prompt, expected) in [
            (elapsed, "", "issue openid email"),
            (elapsed - 1, "", "sign in"),
            (0, "", "sign in"),
            (u64::MAX, "", "issue openid email"),
            (elapsed - 1, "none", "login_required"),
        ] {
            let request = PendingRequest { max_age: Some(max_age), ..request(prompt) };
            assert_eq!(next(&request, Some(&ada())), expected, "max_age={max_age} prompt={prompt}");
        }
        let just_now = PendingRequest { max_age: Some(0), ..request("") };
        assert_eq!(next(&just_now, Some(&ada_now())), "sign in");
        let answered = PendingRequest { signed_in: Some(SID), ..just_now };
        assert_eq!(next(&answered, Some(&ada_now())), "issue openid email");
        // Somebody may read the consent page for longer than max_age.
        let a_minute_ago = SignedIn { auth_time: STARTED, ..ada() };
        assert_eq!(next(&answered, Some(&a_minute_ago)), "issue openid email");
    }

    /// OIDC Core §3.1.2.1: never an answer about anybody but whom the app means.
    #[test]
    fn answers_for_whom_the_app_means_only() {
        let for_another = |request: &PendingRequest, who: &SignedIn| {
            let before = Remembered { allowed: request.scope.clone(), ..Remembered::default() };
            word(&decide(
                request,
                Some(who),
                Fit { is_meant: false, ..FITS },
                &Standing::free(),
                Some(&before),
                ConsentPolicy::Remember,
                NOW,
            ))
        };
        assert_eq!(for_another(&request("none"), &ada()), "login_required");
        assert_eq!(for_another(&request(""), &ada()), "sign in");
        let answered = PendingRequest { signed_in: Some(SID), ..request("") };
        assert_eq!(for_another(&answered, &ada_now()), "login_required");
    }

    /// OIDC Core §5.5.1.1: a level that is demanded and not reached is a failure, also where somebody has just signed in.
    #[test]
    fn refuses_who_does_not_reach_the_level() {
        let short = Fit { level: Level::OutOfReach, ..FITS };
        let next = |request: &PendingRequest, who: Option<&SignedIn>| {
            word(&decide(request, who, short, &Standing::free(), None, ConsentPolicy::Skip, NOW))
        };
        let unmet = "unmet_authentication_requirements";
        assert_eq!(next(&request("none"), Some(&ada())), unmet);
        assert_eq!(next(&PendingRequest { signed_in: Some(SID), ..request("") }, Some(&ada_now())), unmet);
        assert_eq!(next(&request(""), None), "sign in");
    }

    /// OIDC Core §5.5.1.1, §3.1.2.6: the password, where that would reach the level; once.
    #[test]
    fn asks_for_the_password_once() {
        let short = Fit { level: Level::WithPassword, ..FITS };
        let next = |request: &PendingRequest, who: Option<&SignedIn>| {
            word(&decide(request, who, short, &Standing::free(), None, ConsentPolicy::Skip, NOW))
        };
        assert_eq!(next(&request(""), Some(&ada())), "sign in");
        assert_eq!(next(&request("none"), Some(&ada())), "login_required");
        let answered = PendingRequest { signed_in: Some(SID), ..request("") };
        assert_eq!(next(&answered, Some(&ada_now())), "unmet_authentication_requirements");
    }

    /// RFC 9470 §5, OIDC Core §3.1.2.6: a second factor of whoever is signed in, before anything else is asked of them; and the
    /// password first where that is too old.
    #[test]
    fn asks_for_a_second_factor_after_the_first() {
        let short = Fit { level: Level::WithSecondFactor, ..FITS };
        let next = |request: &PendingRequest, who: Option<&SignedIn>| {
            word(&decide(request, who, short, &Standing::free(), None, ConsentPolicy::Skip, NOW))
        };
        assert_eq!(next(&request(""), Some(&ada())), "second factor");
        assert_eq!(next(&request("consent"), Some(&ada())), "second factor");
        assert_eq!(next(&request("none"), Some(&ada())), "login_required");
        assert_eq!(next(&request("login"), Some(&ada())), "sign in");
        assert_eq!(next(&PendingRequest { max_age: Some(1), ..request("") }, Some(&ada())), "sign in");
        assert_eq!(next(&request(""), None), "sign in");
    }

    #[test]
    fn asks_for_consent_where_something_is_new() {
        let next = |prompt, remembered, policy| {
            let allowed = Scope::parse(remembered).unwrap();
            let remembered = Remembered { allowed, ..Remembered::default() };
            word(&decide(&request(prompt), Some(&ada()), FITS, &Standing::free(), Some(&remembered), policy, NOW))
        };
        assert_eq!(next("", "openid", ConsentPolicy::Remember), "consent");
        assert_eq!(next("none", "openid", ConsentPolicy::Remember), "consent_required");
        assert_eq!(next("none", "", ConsentPolicy::Skip), "issue openid email");
        assert_eq!(next("", "openid email", ConsentPolicy::Always), "consent");
    }

    /// RFC 6749 §4.1.2.1: a refusal is `access_denied`. Nothing is given that was not both asked for and allowed, and
    /// an answer counts only in the session in which it was given.
    #[test]
    fn gives_what_was_allowed_and_no_more() {
        let decided = |sid, allowed: Option<&str>| PendingRequest {
            decision: Some(Decision { sid, allowed: allowed.map(|text| Scope::parse(text).unwrap()) }),
            ..request("consent")
        };
        for (sid, allowed, expected) in [
            (SID, Some("openid email"), "issue openid email"),
            (SID, Some("openid"), "issue openid"),
            (SID, Some("openid email phone"), "issue openid email"),
            (SID, Some("email"), "access_denied"),
            (SID, Some(""), "access_denied"),
            (SID, None, "access_denied"),
            (OTHER_SID, Some("openid email"), "consent"),
            (OTHER_SID, None, "consent"),
        ] {
            assert_eq!(next(&decided(sid, allowed), Some(&ada())), expected, "{allowed:?} in {sid}");
        }
        assert_eq!(next(&decided(SID, Some("openid")), None), "sign in");
    }

    /// What is next for Ada, from whom the admins withhold `email`, and who has allowed the app everything before.
    fn next_without_email(request: &PendingRequest, standing: &Standing) -> String {
        let before = Remembered { allowed: request.scope.clone(), ..Remembered::default() };
        let ada = ada();
        let next = decide(request, Some(&ada), FITS, standing, Some(&before), ConsentPolicy::Remember, NOW);
        if let Next::Issue { declined, .. } = &next {
            assert!(declined.is_empty(), "what is withheld was not left out by the person");
        }
        word(&next)
    }

    /// RFC 6749 §3.3: the server may issue less than was asked for, by its own policy. OIDC Core §3.1.2.6: an app that
    /// allows no page is told that there would have to be one, if it can do nothing without what is withheld.
    #[test]
    fn gives_nothing_that_the_admins_withhold() {
        let email = || Standing { withheld: Scope::parse("email").unwrap(), ..Standing::free() };
        let all = Standing { indispensable: true, ..email() };
        let went_on = |prompt, sid| PendingRequest { went_on: Some(sid), ..request(prompt) };
        for (request, standing, expected) in [
            (request(""), email(), "approval"),
            (request("none"), email(), "issue openid"),
            (request("none"), all.clone(), "interaction_required"),
            (went_on("", SID), email(), "issue openid"),
            (went_on("", OTHER_SID), email(), "approval"),
            (went_on("", SID), all, "approval"),
        ] {
            assert_eq!(next_without_email(&request, &standing), expected, "{standing:?}");
        }
        let allowed = Some(Scope::parse("openid email").unwrap());
        let decided = PendingRequest { decision: Some(Decision { sid: SID, allowed }), ..went_on("", SID) };
        assert_eq!(next_without_email(&decided, &email()), "issue openid", "whatever the consent page sent");
    }

    /// RFC 6749 §4.1.2.1: an app that this person may not use gets `access_denied`, once they have been told.
    #[test]
    fn lets_nobody_in_whom_the_admins_shut_out() {
        let shut_out = Standing { admitted: false, ..Standing::free() };
        let back = |allowed| PendingRequest { decision: Some(Decision { sid: SID, allowed }), ..request("") };
        let everything = Some(Scope::parse("openid email").unwrap());
        for (request, expected) in [
            (request(""), "approval"),
            (request("none"), "access_denied"),
            (back(None), "access_denied"),
            (back(everything), "approval"),
        ] {
            assert_eq!(next_without_email(&request, &shut_out), expected);
        }
    }
}
