//! Whether somebody has proved who they are as well as a request, its app and the settings want. Pure.

use crate::config::AcrLevels;
use crate::domain::passkeys::sign_in::AMR as AMR_PASSKEY;
use crate::domain::pending_request::PendingRequest;
use crate::domain::sessions::{AMR_CODE, AMR_PASSWORD, AMR_SEVERAL};

/// How a sign-in stands to what is wanted of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    /// It is good enough.
    Reached,
    /// It will be with a second factor.
    WithSecondFactor,
    /// It will be by a new sign-in, with the password.
    WithPassword,
    /// It cannot be.
    OutOfReach,
}

/// What a person is held to.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Demand {
    /// Whether the settings or the app want a second factor.
    pub second_factor: bool,
    /// What the person has that they can be asked for.
    pub has: Means,
}

/// What somebody can prove who they are by.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Means {
    /// A password.
    pub password: bool,
    /// An authenticator app.
    pub app: bool,
    /// A passkey.
    pub passkey: bool,
}

impl Means {
    /// Whether there is one that they can be asked for once they are signed in.
    const fn is_any_second(self) -> bool {
        self.app || self.passkey
    }

    /// The methods that a sign-in by `amr` would have with each second factor, and with all of them.
    fn raising(self, amr: &[String]) -> impl Iterator<Item = Vec<String>> {
        let code: &[&str] = if self.app { &[AMR_CODE, AMR_SEVERAL] } else { &[] };
        let passkey: &[&str] = if self.passkey { &AMR_PASSKEY } else { &[] };
        let all = [code, passkey].concat();
        let with = |methods: &[&str]| amr.iter().cloned().chain(methods.iter().map(ToString::to_string)).collect();
        [with(code), with(passkey), with(&all)].into_iter()
    }
}

/// Whether what the person has matters: something is asked for that the sign-in does not reach by itself.
pub(super) fn asks_for_more(levels: &AcrLevels, request: &PendingRequest, amr: &[String]) -> bool {
    let preferred = request.wanted_levels().next();
    let is_met = preferred.is_none_or(|wanted| levels.reached(amr).any(|reached| reached == wanted));
    !is_met || !request.claims.is_satisfied_by(levels.reached(amr))
}

/// Judges a sign-in by the methods `amr`.
pub(super) fn judge(levels: &AcrLevels, request: &PendingRequest, amr: &[String], demand: Demand) -> Level {
    // OIDC Core §5.5.1.1: where an acr is essential, a sign-in that reaches none of its values has failed; but it may be tried by
    // more factors first, or anew by the password. Whoever has no second factor sets an app up.
    let satisfies = |amr: &[String]| request.claims.is_satisfied_by(levels.reached(amr));
    if !satisfies(amr) {
        let has = demand.has;
        let to_be = if has.is_any_second() { has } else { Means { app: true, ..has } };
        let helps = |means: Means, amr: &[String]| means.raising(amr).any(|raised| satisfies(&raised));
        let password = [AMR_PASSWORD.to_owned()];
        return if helps(has, amr) {
            Level::WithSecondFactor
        } else if has.password && satisfies(&password) {
            Level::WithPassword
        } else if helps(to_be, amr) {
            Level::WithSecondFactor
        } else if has.password && helps(to_be, &password) {
            Level::WithPassword
        } else {
            Level::OutOfReach
        };
    }
    if demand.second_factor && !amr.iter().any(|method| method == AMR_SEVERAL) {
        return Level::WithSecondFactor;
    }
    // RFC 9470 §5, OIDC Core §3.1.2.1: levels in order of preference are a wish. It is met where the person can meet it; where no
    // page may be shown, it is not.
    let reaches = |amr: &[String], wanted: &str| levels.reached(amr).any(|reached| reached == wanted);
    let raised: Vec<_> = demand.has.raising(amr).collect();
    let wanted = request
        .wanted_levels()
        .find(|wanted| reaches(amr, wanted) || raised.iter().any(|raised| reaches(raised, wanted)));
    let is_short = wanted.is_some_and(|wanted| !reaches(amr, wanted));
    if is_short && !request.prompt.none() { Level::WithSecondFactor } else { Level::Reached }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Timestamp;
    use crate::config::Config;
    use crate::ids::ClientId;
    use crate::protocol::claims_request::ClaimsRequest;
    use crate::protocol::prompt::{Prompt, PromptValue};
    use crate::protocol::redirect_uri::{ApplicationType, RedirectUri, TrustedRedirect};
    use crate::protocol::response::{ResponseMode, ResponseType};
    use crate::protocol::scope::Scope;

    const PASSWORD: &str = "urn:claviger:acr:password";
    const SEVERAL: &str = "urn:claviger:acr:mfa";

    fn request(prompt: &str, claims: &str, acr_values: &[&str]) -> PendingRequest {
        let uri = "https://app.example/cb";
        let registered = [RedirectUri::register(uri, ApplicationType::Web).unwrap()];
        PendingRequest {
            client_id: ClientId("app".to_owned()),
            redirect: TrustedRedirect::check(&registered, Some(uri), ResponseMode::Query, None).unwrap(),
            scope: Scope::parse("openid").unwrap(),
            resources: Vec::new(),
            response_type: ResponseType::Code,
            claims: ClaimsRequest::parse(claims, |_| None).unwrap(),
            nonce: None,
            code_challenge: None,
            prompt: Prompt::parse(Some(prompt), PromptValue::ALL).unwrap(),
            max_age: None,
            login_hint: None,
            hinted_sub: None,
            acr_values: acr_values.iter().map(|&value| value.to_owned()).collect(),
            ui_locales: None,
            started_at: Timestamp::from_seconds(0),
            signed_in: None,
            selected: None,
            went_on: None,
            decision: None,
        }
    }

    fn judged(request: &PendingRequest, amr: &[&str], second_factor: bool, app: bool) -> Level {
        let amr: Vec<_> = amr.iter().map(|&method| method.to_owned()).collect();
        let has = Means { app, ..Means::default() };
        judge(&Config::default().acr_levels, request, &amr, Demand { second_factor, has })
    }

    /// RFC 9470 §5, OIDC Core §3.1.2.1: a wish is met by who can meet it, and stops nobody else.
    #[test]
    fn meets_a_wish_where_the_person_can() {
        use Level::{Reached, WithSecondFactor};
        for (prompt, wanted, amr, has_one, expected) in [
            ("", &[][..], &["pwd"][..], true, Reached),
            ("", &[SEVERAL], &["pwd"], true, WithSecondFactor),
            ("", &[SEVERAL], &["pwd"], false, Reached),
            ("none", &[SEVERAL], &["pwd"], true, Reached),
            ("", &["urn:unheard:of", SEVERAL], &["pwd"], true, WithSecondFactor),
            ("", &[PASSWORD, SEVERAL], &["pwd"], true, Reached),
            ("", &["urn:unheard:of"], &["pwd"], true, Reached),
            ("", &[SEVERAL], &["pwd", "otp", "mfa"], true, Reached),
        ] {
            let judged = judged(&request(prompt, "{}", wanted), amr, false, has_one);
            assert_eq!(judged, expected, "{prompt} {wanted:?} {amr:?} {has_one}");
        }
    }

    /// OIDC Core §5.5.1.1: a demand is met by a second factor where that helps, also by who still has to set one up.
    #[test]
    fn demands_what_is_essential() {
        let essential = |values: &str| {
            request("", &format!(r#"{{"id_token": {{"acr": {{"essential": true, "values": [{values}]}}}}}}"#), &[])
        };
        let several = essential(&format!("{SEVERAL:?}"));
        for has_one in [false, true] {
            assert_eq!(judged(&several, &["pwd"], false, has_one), Level::WithSecondFactor);
        }
        assert_eq!(judged(&several, &["pwd", "otp", "mfa"], false, true), Level::Reached);
        assert_eq!(judged(&essential(&format!("{PASSWORD:?}")), &["pwd"], false, true), Level::Reached);
        for amr in [&["pwd"][..], &["pwd", "otp", "mfa"]] {
            assert_eq!(judged(&essential("\"phr\""), amr, true, true), Level::OutOfReach);
        }
    }

    /// RFC 9470 §5, OIDC Core §5.5.1.1: what only a passkey reaches, a passkey is asked for, also of who has typed a code already;
    /// and the other way about.
    #[test]
    fn asks_for_what_would_help() {
        use Level::{OutOfReach, Reached, WithSecondFactor};
        let toml =
            "[[acr_levels]]\nname = \"pw\"\nmethods = []\n[[acr_levels]]\nname = \"code\"\nmethods = [\"otp\"]\n";
        let codes = Config::from_toml(toml, []).unwrap().acr_levels;
        let toml = toml.replace("code", "phr").replace("otp", "pop");
        let keys = Config::from_toml(&toml, []).unwrap().acr_levels;
        let none = Means::default();
        let (app, passkey) = (Means { app: true, ..none }, Means { passkey: true, ..none });
        let by_code = &["pwd", "otp", "mfa"][..];
        let by_passkey = &["pop", "user", "mfa"][..];
        for (levels, level, has, amr, demanded, wished) in [
            (&keys, "phr", passkey, &["pwd"][..], WithSecondFactor, WithSecondFactor),
            (&keys, "phr", passkey, by_code, WithSecondFactor, WithSecondFactor),
            (&keys, "phr", passkey, by_passkey, Reached, Reached),
            (&keys, "phr", app, &["pwd"], OutOfReach, Reached),
            (&keys, "phr", Means::default(), by_code, OutOfReach, Reached),
            (&codes, "code", app, by_passkey, WithSecondFactor, WithSecondFactor),
            (&codes, "code", passkey, &["pwd"], OutOfReach, Reached),
            (&codes, "code", Means::default(), &["pwd"], WithSecondFactor, Reached),
        ] {
            let amr: Vec<_> = amr.iter().map(|&method| method.to_owned()).collect();
            let demand = Demand { second_factor: false, has };
            let essential = format!(r#"{{"id_token": {{"acr": {{"essential": true, "value": {level:?}}}}}}}"#);
            assert_eq!(judge(levels, &request("", &essential, &[]), &amr, demand), demanded, "{level} {has:?} {amr:?}");
            assert_eq!(judge(levels, &request("", "{}", &[level]), &amr, demand), wished, "{level} {has:?} {amr:?}");
            let reached = demanded == Reached;
            assert_eq!(asks_for_more(levels, &request("", "{}", &[level]), &amr), !reached);
        }
    }

    /// OIDC Core §5.5.1.1: what takes the password, and what takes all that somebody has, is in reach of who came by something else.
    #[test]
    fn asks_for_the_password_where_that_would_help() {
        use Level::{OutOfReach, Reached, WithPassword, WithSecondFactor};
        let level = |methods: &str| {
            let toml = format!(
                "[[acr_levels]]\nname = \"0\"\nmethods = []\n[[acr_levels]]\nname = \"gold\"\nmethods = [{methods}]\n"
            );
            Config::from_toml(&toml, []).unwrap().acr_levels
        };
        let essential = r#"{"id_token": {"acr": {"essential": true, "value": "gold"}}}"#;
        let none = Means::default();
        let password = Means { password: true, ..none };
        let all = Means { password: true, app: true, passkey: true };
        let by_passkey = &["pop", "user", "mfa"][..];
        for (methods, has, amr, expected) in [
            ("\"pwd\"", password, &["email"][..], WithPassword),
            ("\"pwd\"", none, &["email"], OutOfReach),
            ("\"pwd\", \"otp\"", all, by_passkey, WithPassword),
            ("\"pwd\", \"otp\"", Means { password: false, ..all }, by_passkey, OutOfReach),
            ("\"pwd\", \"otp\"", password, by_passkey, WithPassword),
            ("\"pwd\", \"otp\"", all, &["pwd"], WithSecondFactor),
            ("\"otp\", \"pop\"", all, &["pwd"], WithSecondFactor),
            ("\"otp\", \"pop\"", all, &["pwd", "otp", "mfa"], WithSecondFactor),
            ("\"otp\", \"pop\"", Means { app: true, ..password }, &["pwd"], OutOfReach),
            ("\"otp\", \"pop\"", all, &["pwd", "otp", "pop", "mfa"], Reached),
        ] {
            let amr: Vec<_> = amr.iter().map(|&method| method.to_owned()).collect();
            let demand = Demand { second_factor: false, has };
            let judged = judge(&level(methods), &request("", essential, &[]), &amr, demand);
            assert_eq!(judged, expected, "{methods} {has:?} {amr:?}");
        }
    }

    #[test]
    fn holds_people_to_what_settings_and_apps_want() {
        for prompt in ["", "none"] {
            assert_eq!(judged(&request(prompt, "{}", &[]), &["pwd"], true, false), Level::WithSecondFactor);
            assert_eq!(judged(&request(prompt, "{}", &[]), &["mfa"], true, false), Level::Reached);
        }
    }
}
