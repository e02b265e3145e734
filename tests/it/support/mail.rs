//! Mail that is kept at the server instead of sent, and the links in it.

use claviger::domain::mail::Content;
use claviger::store::Mail;

use super::TestApp;

/// The settings by which mail is kept.
pub const MAILBOX: &str = "mail.mailbox = true\nmail.from = \"Harbour <id@harbour.example>\"\n";

/// A mail with what it says.
#[derive(Debug)]
pub struct ReadMail {
    pub mail: Mail,
    pub content: Content,
}

impl ReadMail {
    /// The link in it, as the path and query below the issuer.
    #[track_caller]
    pub fn link(&self, app: &TestApp) -> String {
        let line = self.content.text.lines().find(|line| line.starts_with(&app.issuer));
        line.unwrap_or_else(|| panic!("no link in {}", self.content.text)).replace(&app.issuer, "")
    }
}

impl TestApp {
    /// Does what the job does that sends mail.
    pub async fn post_mail(&self) {
        self.cx.post().await.unwrap();
    }

    /// Every mail that is kept, the first one first, after the job had its turn.
    pub async fn mails(&self) -> Vec<ReadMail> {
        self.post_mail().await;
        let mut mails = self.cx.store.latest_mails(1000).await.unwrap();
        mails.reverse();
        let read = |mail: Mail| self.cx.outbox.open(&mail).map(|content| ReadMail { mail, content });
        mails.into_iter().filter_map(read).collect()
    }

    /// The only mail of a kind that is kept.
    #[track_caller]
    pub fn only<'a>(mails: &'a [ReadMail], kind: &str) -> &'a ReadMail {
        let found: Vec<_> = mails.iter().filter(|read| read.mail.kind == kind).collect();
        assert_eq!(found.len(), 1, "{kind} in {mails:?}");
        found[0]
    }

    /// The path of the link that somebody is sent who says that they forgot their password.
    pub async fn recovery_link(&self, login: &str) -> String {
        self.mailed_link("/recover", "form#recover", login).await
    }

    /// The path of the link that somebody is sent who wants to sign in by one.
    pub async fn sign_in_link(&self, login: &str) -> String {
        self.mailed_link("/login/link", "form#sign-in-link", login).await
    }

    async fn mailed_link(&self, page: &str, form: &str, login: &str) -> String {
        let browser = self.browser();
        let question = browser.open(page).await;
        browser.submit(&question, form, &[("login", login)]).await;
        let before = self.cx.store.latest_mails(1000).await.unwrap();
        let mails = self.mails().await;
        let new = mails.iter().find(|read| !before.iter().any(|before| before.id == read.mail.id));
        new.expect("a mail was written").link(self)
    }
}
