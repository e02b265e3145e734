//! Every form of ours, and a scene of each in which another site makes ada's browser send it (`csrf`).

use claviger::domain::factors::recovery_codes::hash;

use super::scene::*;
use crate::support::{
    Answer, Browser, FakeProvider, PASSWORD, Page, REACH_LOOPBACK, TestApp, enter, person_with_phone,
};

/// Every form of ours: its page, its selector, and what somebody would send by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    SignIn,
    SignInForAnApp,
    SecondFactor,
    SelectAccount,
    Approval,
    Consent,
    Device,
    DeviceConsent,
    SignOut,
    SignOutAtHome,
    SignOutOfAll,
    SetUp,
    Invitation,
    Register,
    RegisterAddress,
    Recover,
    NewPassword,
    Providers,
    ProviderRegister,
    SignInLink,
    FollowSignInLink,
}

use Form::{
    Approval, Consent, Device, DeviceConsent, FollowSignInLink, Invitation, NewPassword, ProviderRegister, Providers,
    Recover, Register, RegisterAddress, SecondFactor, SelectAccount, SetUp, SignIn, SignInForAnApp, SignInLink,
    SignOut, SignOutAtHome, SignOutOfAll,
};

pub(super) const FORMS: [Form; 21] = [
    SignIn,
    SignInForAnApp,
    SecondFactor,
    SelectAccount,
    Approval,
    Consent,
    Device,
    DeviceConsent,
    SignOut,
    SignOutAtHome,
    SignOutOfAll,
    SetUp,
    Invitation,
    Register,
    RegisterAddress,
    Recover,
    NewPassword,
    Providers,
    ProviderRegister,
    SignInLink,
    FollowSignInLink,
];

/// The recovery code that ada has left.
const RECOVERY_CODE: &str = "1111-2222-3333";
/// The code that the device shows which waits in every scene.
const USER_CODE: &str = "BCDF-GHJK";

const NEEDS_APPROVAL: &str = "people.registration = \"open\"\npeople.sign_in_links = true\nmail.mailbox = true\nmail.from = \"id@example.com\"\n[[scopes]]\nname = \"boats\"\ntext = \"Boats\"\nneeds_approval = true\n";

impl Form {
    pub(super) fn selector(self) -> &'static str {
        match self {
            SignIn | SignInForAnApp => "form#login",
            SecondFactor => "form#totp",
            SelectAccount => "form#select-account",
            Approval => "form#approval",
            Consent | DeviceConsent => "form#consent",
            Device => "form#device",
            SignOut | SignOutAtHome => "form#logout",
            SignOutOfAll => "form#logout-all",
            SetUp | Invitation | Register | NewPassword => "form#set-up",
            RegisterAddress => "form#register-address",
            Recover => "form#recover",
            Providers => "form#providers",
            ProviderRegister => "form#provider-register",
            SignInLink => "form#sign-in-link",
            FollowSignInLink => "form#follow-link",
        }
    }

    fn fields(self) -> &'static [(&'static str, &'static str)] {
        match self {
            SignIn | SignInForAnApp => &[("username", "eve"), ("password", PASSWORD)],
            SecondFactor => &[("code", RECOVERY_CODE)],
            SelectAccount => &[("account", "another")],
            SignOutOfAll => &[("decision", "all")],
            Approval => &[("decision", "ask"), ("reason", "Eve needs it.")],
            Consent | DeviceConsent => &[("decision", "allow")],
            Device => &[("user_code", USER_CODE)],
            SignOut | SignOutAtHome => &[("decision", "logout")],
            SetUp => &[("username", "root"), ("email", "root@example.com"), ("password", "a password of eve's")],
            Register => &[("username", "eves"), ("password", "a password of eve's")],
            Recover | SignInLink => &[("login", "ada")],
            FollowSignInLink => &[],
            RegisterAddress => &[("email", "eves@example.com")],
            Invitation | NewPassword => &[("password", "a password of eve's")],
            Providers => &[("provider", "harbour")],
            ProviderRegister => &[("username", "eves")],
        }
    }

    /// Forms of which the proof belongs to a session, not only to a browser.
    pub(super) fn acts_for_somebody(self) -> bool {
        matches!(
            self,
            SelectAccount | Approval | Consent | Device | DeviceConsent | SignOut | SignOutAtHome | SignOutOfAll
        )
    }
}

/// Ada's browser, and a page with the form in it.
pub(super) struct Scene {
    pub(super) app: TestApp,
    pub(super) browser: Browser,
    pub(super) page: Page,
    form: Form,
    _provider: FakeProvider,
}

impl Scene {
    pub(super) async fn of(form: Form) -> Self {
        let provider = FakeProvider::start();
        provider.says_address("new@example.com", true);
        let address = if form == RegisterAddress { "people.registration_address = true\n" } else { "" };
        let settings = format!("{address}{REACH_LOOPBACK}{NEEDS_APPROVAL}{}", provider.section("harbour", ""));
        let app = TestApp::start_with(&settings).await;
        client_with(&app, serde_json::json!({ "scope": "openid profile email offline_access boats" })).await;
        app.device_that_shows(USER_CODE).await;
        let ada = app.person("ada").await;
        app.person("eve").await;
        let signs_in =
            matches!(form, SignIn | SignInForAnApp | SecondFactor | Providers | ProviderRegister | FollowSignInLink);
        let browser = if signs_in { app.browser() } else { signed_in(&app, "ada").await };
        let page = Self::open(&app, &browser, (form, &provider), ada).await;
        assert!(page.has(form.selector()), "{form:?}: {}", page.answer.body);
        Self { app, browser, page, form, _provider: provider }
    }

    async fn open(
        app: &TestApp,
        browser: &Browser,
        (form, provider): (Form, &FakeProvider),
        ada: claviger::ids::PersonId,
    ) -> Page {
        match form {
            SignIn | Providers => browser.open("/login").await,
            ProviderRegister => provider.sign_in(browser, "harbour").await,
            SignInForAnApp | Consent => browser.open(&path(&[])).await,
            Approval => browser.open(&path(&[("scope", "openid boats")])).await,
            SecondFactor => {
                person_with_phone(app, "ada").await;
                let code = (app.cx.entropy.uuid(), hash(&app.cx.hasher, ada, RECOVERY_CODE).unwrap());
                let now = app.cx.now();
                let give = app
                    .cx
                    .store
                    .write(move |tx| Box::pin(async move { tx.replace_recovery_codes(ada, vec![code], now).await }));
                give.await.unwrap();
                sign_in(browser, &browser.open("/login").await, "ada").await
            }
            SelectAccount => browser.open(&path(&[("prompt", "select_account")])).await,
            Device => browser.open("/device").await,
            DeviceConsent => enter(browser, USER_CODE).await,
            SignOut => browser.open("/logout").await,
            SignOutAtHome => browser.open("/").await,
            SignOutOfAll => {
                browser.sign_in_too("eve").await;
                let question = browser.open("/logout").await;
                browser.submit(&question, "form#logout", &[("decision", "logout")]).await;
                browser.open("/").await
            }
            SetUp => browser.open(&set_up_link(app).await).await,
            Register | RegisterAddress => browser.open("/register").await,
            Recover => browser.open("/recover").await,
            SignInLink => browser.open("/login/link").await,
            FollowSignInLink => {
                let link = app.sign_in_link("ada").await;
                browser.open(&link).await
            }
            NewPassword => browser.open(&app.recovery_link("ada").await).await,
            Invitation => browser.open(&invitation_link(app, ada).await).await,
        }
    }

    /// What the form would send, with the token of the page or another, and where to.
    pub(super) fn filled(&self, token: Option<&str>) -> (String, Vec<(String, String)>) {
        let (action, mut pairs) = self.page.form(self.form.selector(), self.form.fields());
        pairs.retain(|(name, _)| name != "csrf" || token != Some(""));
        if let Some(token) = token {
            pairs.iter_mut().filter(|(name, _)| name == "csrf").for_each(|(_, value)| token.clone_into(value));
        }
        (action, pairs)
    }

    /// Sends the form as the attacker's site makes ada's browser send it.
    pub(super) async fn forge(&self, token: Option<&str>, headers: &[(&str, &str)]) -> Answer {
        let (action, pairs) = self.filled(token);
        let pairs: Vec<_> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let cookies = cookies(&self.browser);
        let all = [&[("cookie", cookies.as_str()), ("accept", "text/html")], headers].concat();
        self.app.post_with(action.strip_prefix(&self.app.origin).unwrap(), &pairs, &all).await
    }

    /// Checks that the form as ada sends it would have done something.
    pub(super) async fn works_when_it_is_meant(&self) {
        let before = self.app.everything().await;
        let sent = self.browser.submit_only(&self.page, self.form.selector(), self.form.fields()).await;
        assert_eq!(sent.answer.status, 303, "{:?}: {}", self.form, sent.answer.body);
        let changed = self.app.everything().await != before;
        assert!(changed || matches!(self.form, SelectAccount | Device | Providers), "{:?}", self.form);
    }
}

pub(super) fn cookies(browser: &Browser) -> String {
    let cookie = |name: &str| browser.cookie(name).map(|value| format!("{name}={value}"));
    ["claviger-session", "claviger-csrf"].into_iter().filter_map(cookie).collect::<Vec<_>>().join("; ")
}

pub(super) fn token(page: &Page, form: Form) -> String {
    page.form(form.selector(), &[]).1.into_iter().find(|(name, _)| name == "csrf").unwrap().1
}

#[track_caller]
pub(super) fn refused(answer: &Answer, what: &str) {
    assert_eq!((answer.status, answer.header("location")), (403, ""), "{what}: {}", answer.body);
    assert_eq!(answer.header("set-cookie"), "", "{what}");
}
