//! Sign-in through other providers: the buttons, the account of one's own that begins so, the linked accounts, and what went
//! wrong on the way.

use askama::Template;

use super::{App, SetUpProblem, Terms};
use crate::web::own_path::OwnPath;
use crate::web::text::{ErrorWords, Texts};

/// A provider, as a button.
#[derive(Clone, Debug)]
pub struct ProviderButton {
    /// What the button posts.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// What keeps somebody from signing in through a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProviderProblem {
    /// They did not want to, or the provider did not let them.
    Denied,
    /// The provider cannot be asked, or what it says is not believed.
    Failed,
    /// Nobody began this here, or too long ago.
    Stale,
    /// Nobody here is meant, and nobody may come.
    NoAccount,
    /// Somebody here has their address.
    SignInFirst,
    /// The account there is linked with somebody else.
    OfSomebodyElse,
    /// They may not sign in here.
    Disabled,
}

/// What went wrong, and the way back.
#[derive(Template)]
#[template(path = "providers/problem.html")]
pub struct ProviderProblemPage {
    /// The language.
    pub t: &'static Texts,
    /// The issuer's path, before every link.
    pub base: String,
    /// What.
    pub problem: ProviderProblem,
    /// The way back, under the issuer's path.
    pub back: String,
    /// Whether they were about to link an account, rather than to sign in.
    pub linking: bool,
    /// The id under which the log says more.
    pub id: String,
}

impl ProviderProblemPage {
    fn words(&self) -> &'static ErrorWords {
        let words = &self.t.providers;
        match self.problem {
            ProviderProblem::Denied => &words.denied,
            ProviderProblem::Failed => &words.failed,
            ProviderProblem::Stale => &words.stale,
            ProviderProblem::NoAccount => &words.no_account,
            ProviderProblem::SignInFirst => &words.sign_in_first,
            ProviderProblem::OfSomebodyElse => &words.of_somebody_else,
            ProviderProblem::Disabled => &words.disabled,
        }
    }
}

/// `form#provider-register`: posts `username` and `display_name`.
#[derive(Template)]
#[template(path = "providers/register.html")]
pub struct ProviderRegister {
    /// The language.
    pub t: &'static Texts,
    /// The issuer's path, before every link.
    pub base: String,
    /// The token of [`crate::web::csrf::Csrf`].
    pub csrf: String,
    /// Who the provider says they are, sealed.
    pub account: String,
    /// The sealed request that waits; empty if there is none.
    pub request: String,
    /// Where to go on to; nowhere in particular if it is empty and no request waits.
    pub onward: Option<OwnPath>,
    /// The app that waits.
    pub app: Option<App>,
    /// The provider's name.
    pub provider: String,
    /// The name to sign in with, as proposed or typed.
    pub username: String,
    /// The name to be shown.
    pub display_name: String,
    /// The verified address.
    pub email: Option<String>,
    /// What has to be accepted, if anything.
    pub terms: Option<Terms>,
    /// What is wrong.
    pub problems: Vec<SetUpProblem>,
}

impl ProviderRegister {
    fn problem_with(&self, field: &str) -> Option<String> {
        self.problems.iter().find(|problem| problem.field() == Some(field)).map(|problem| self.words(*problem))
    }

    /// No password is chosen here: there is none that could be too short.
    fn words(&self, problem: SetUpProblem) -> String {
        problem.words(self.t, 0)
    }

    /// The cursor waits in the first field that is wrong, or else in the first one.
    fn is_first(&self, field: &str) -> bool {
        self.problems.first().map_or(Some("username"), |problem| problem.field()) == Some(field)
    }
}

/// `/account/providers`: each linked account has a form that posts `unlink`; `form#link-provider` posts `link`.
#[derive(Template)]
#[template(path = "account/providers.html")]
pub struct LinkedProviders {
    /// The language.
    pub t: &'static Texts,
    /// The issuer's path, before every link.
    pub base: String,
    /// The token of [`crate::web::csrf::Csrf`].
    pub csrf: String,
    /// What has just been done, in a sentence.
    pub news: Option<&'static str>,
    /// What could not be done, in a sentence.
    pub problem: Option<&'static str>,
    /// The accounts that are linked.
    pub accounts: Vec<LinkedAccount>,
    /// The providers at which another one could be.
    pub providers: Vec<ProviderButton>,
}

/// An account on that page.
#[derive(Clone, Debug)]
pub struct LinkedAccount {
    /// What the form posts.
    pub id: String,
    /// The provider's name.
    pub provider: String,
    /// What the account is called there.
    pub label: Option<String>,
    /// Since when it is linked, as a day.
    pub since: String,
    /// When it was last used, as a day.
    pub used: String,
}

#[cfg(test)]
impl super::tests::Sampled for ProviderProblemPage {
    fn samples() -> Vec<(&'static str, Self)> {
        use super::tests::HOSTILE;
        let sample = |problem, linking| Self {
            t: Texts::sample(),
            base: String::new(),
            problem,
            back: if linking { "/account/providers" } else { "/login" }.to_owned(),
            linking,
            id: "5f0c9d3e7a1b".to_owned(),
        };
        vec![
            ("provider_denied", sample(ProviderProblem::Denied, false)),
            ("provider_failed", sample(ProviderProblem::Failed, false)),
            ("provider_stale", sample(ProviderProblem::Stale, false)),
            ("provider_no_account", sample(ProviderProblem::NoAccount, false)),
            ("provider_sign_in_first", sample(ProviderProblem::SignInFirst, false)),
            ("provider_of_somebody_else", sample(ProviderProblem::OfSomebodyElse, true)),
            ("provider_disabled", Self { id: HOSTILE.to_owned(), ..sample(ProviderProblem::Disabled, false) }),
        ]
    }
}

#[cfg(test)]
impl super::tests::Sampled for ProviderRegister {
    fn samples() -> Vec<(&'static str, Self)> {
        use super::tests::{CSRF, HOSTILE, REQUEST, app, hostile_app};
        use url::Url;
        let sample = |app, name: &str, problems| Self {
            t: Texts::sample(),
            base: String::new(),
            csrf: CSRF.to_owned(),
            account: REQUEST.to_owned(),
            request: REQUEST.to_owned(),
            onward: None,
            app,
            provider: name.to_owned(),
            username: name.to_lowercase(),
            display_name: name.to_owned(),
            email: Some("ada@example.com".to_owned()),
            terms: Some(Terms { url: Url::parse("https://id.example/terms").unwrap(), accepted: false }),
            problems,
        };
        vec![
            ("provider_register", sample(Some(app()), "Harbour", vec![])),
            ("provider_register_too_many", sample(Some(app()), "Harbour", vec![SetUpProblem::TooMany(17)])),
            ("provider_register_plain", Self { email: None, terms: None, ..sample(None, "Harbour", vec![]) }),
            (
                "provider_register_hostile",
                sample(
                    Some(hostile_app()),
                    HOSTILE,
                    vec![SetUpProblem::UsernameTaken, SetUpProblem::DisplayNameMalformed],
                ),
            ),
        ]
    }
}

#[cfg(test)]
impl super::tests::Sampled for LinkedProviders {
    fn samples() -> Vec<(&'static str, Self)> {
        use super::tests::{CSRF, HOSTILE};
        let button = |name: &str| ProviderButton { id: name.to_lowercase(), name: name.to_owned() };
        let account = |name: &str| LinkedAccount {
            id: "5f0c9d3e".to_owned(),
            provider: name.to_owned(),
            label: Some(name.to_owned()),
            since: "2026-11-23".to_owned(),
            used: "2026-11-25".to_owned(),
        };
        let sample = |accounts, providers| Self {
            t: Texts::sample(),
            base: String::new(),
            csrf: CSRF.to_owned(),
            news: None,
            problem: None,
            accounts,
            providers,
        };
        let t = &Texts::sample().providers;
        vec![
            (
                "linked_none",
                Self { news: Some(t.unlinked), ..sample(vec![], vec![button("Harbour"), button("Tides")]) },
            ),
            (
                "linked",
                Self { problem: Some(t.last_way_in), ..sample(vec![account("Harbour")], vec![button("Tides")]) },
            ),
            ("linked_hostile", sample(vec![account(HOSTILE), account("Harbour")], vec![button(HOSTILE)])),
        ]
    }
}
