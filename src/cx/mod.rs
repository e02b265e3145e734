//! The bundle that features are handed. What lies below is given just the parts that it uses, never the bundle.

mod open;

use std::sync::Arc;

use crate::clock::{Clock, Entropy, Timestamp};
use crate::config::Config;
use crate::domain::api_keys::{KeyDesk, KeyUses};
use crate::domain::catalogue::Catalogue;
use crate::domain::clients::authorities::ClientAuthorities;
use crate::domain::clients::directory::ClientDirectory;
use crate::domain::clients::documents::{Askers, Documents};
use crate::domain::clients::dynamic::Bounds;
use crate::domain::clients::origins::OriginDirectory;
use crate::domain::clients::recipient::Recipient;
use crate::domain::clients::remote_keys::RemoteKeys;
use crate::domain::clients::secrets::SecretKeeper;
use crate::domain::device::polls::Polls;
use crate::domain::event_chain::EventChain;
use crate::domain::factors::FactorDesk;
use crate::domain::hourly::HourlyCounts;
use crate::domain::jobs::Tallies;
use crate::domain::keys::hashing::TokenHasher;
use crate::domain::keys::keeper::Keeper;
use crate::domain::keys::key_set::KeyRing;
use crate::domain::keys::sealing::Sealer;
use crate::domain::limits::{Limiter, PerAddress};
use crate::domain::logout::delivery::Courier;
use crate::domain::mail::delivery::Carrier;
use crate::domain::mail::{Letter, Outbox, Sender};
use crate::domain::outbound::Outbound;
use crate::domain::overview::SessionCount;
use crate::domain::passkeys::{Ceremonies, PasskeyDesk};
use crate::domain::people::guard::Guard;
use crate::domain::people::mail_desk::{MailDesk, Wanted};
use crate::domain::people::password_rules::PasswordRules;
use crate::domain::people::passwords::PasswordHasher;
use crate::domain::resources::live::LiveCatalogue;
use crate::domain::signed_answer::Signer;
use crate::domain::subjects::Subjects;
use crate::domain::tokens::ended::EndedUses;
use crate::domain::tokens::inspect::Inspector;
use crate::domain::tokens::issue::Mint;
use crate::domain::tokens::verified::VerifiedTokens;
use crate::domain::trial::Trials;
use crate::domain::upstream::providers::{Desk, Providers};
use crate::error::OAuthError;
use crate::protocol::encryption::Encryption;
use crate::protocol::issuer::Issuer;
use crate::store::{self, Client, Mail, Person, Store, login_key};
use crate::web::brand::Brand;
use crate::web::csrf::Csrf;
use crate::web::letters::Letters;
use crate::web::text::Texts;

pub use open::{StartError, store_settings};

/// Everything a request may need.
pub struct Cx {
    /// Every setting.
    pub config: Config,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Random bytes.
    pub entropy: Arc<dyn Entropy>,
    /// Whose pages these are.
    pub brand: Arc<Brand>,
    /// The database.
    pub store: Store,
    /// The signing keys, parsed.
    pub keys: KeyRing,
    /// How opaque secrets are stored.
    pub hasher: TokenHasher,
    /// What seals the event log.
    pub event_chain: EventChain,
    /// JWT access tokens that were verified lately.
    pub verified_tokens: VerifiedTokens,
    /// Whose tokens were lately used after their end.
    pub ended_uses: EndedUses,
    /// What clients call people.
    pub subjects: Subjects,
    /// Who was wrong lately, or made accounts.
    pub guard: Arc<Guard>,
    /// What seals what browsers tell of who has signed in there before.
    pub device_sealer: Sealer,
    /// Where mail begins its way.
    pub outbox: Outbox,
    /// What hands mail to a mail server, if there is one.
    pub mail_sender: Option<Sender>,
    /// What seals waiting authorization requests.
    pub request_sealer: Sealer,
    /// What seals second factors.
    pub factor_sealer: Sealer,
    /// What seals answers that are kept for a repetition.
    pub answer_sealer: Sealer,
    /// What seals the secrets of clients that sign with them.
    pub secret_sealer: Sealer,
    /// What seals the tokens of other providers.
    pub provider_sealer: Sealer,
    /// The other providers at which people can sign in.
    pub providers: Providers,
    /// Signing keys at rest.
    pub keeper: Keeper,
    /// What the session cookie is encrypted with.
    pub cookie_key: [u8; 32],
    /// What asks for passkeys, where the issuer has a name that they can be bound to.
    pub passkeys: Option<Ceremonies>,
    /// Passwords, off the async threads.
    pub passwords: PasswordHasher,
    /// Which passwords people may choose.
    pub password_rules: PasswordRules,
    /// What was counted by the hour.
    pub hourly: Arc<HourlyCounts>,
    /// What was counted against limits.
    pub limiter: Arc<Limiter>,
    /// When devices last asked.
    pub device_polls: Polls,
    /// When API keys were used.
    pub key_uses: Arc<KeyUses>,
    /// Who has reported leaked API keys lately.
    pub key_reports: PerAddress,
    /// How many sessions live.
    pub sessions: SessionCount,
    /// Clients, found quickly.
    pub clients: ClientDirectory,
    /// What asks the servers of clients.
    pub outbound: Arc<Outbound>,
    /// The documents in which clients describe themselves.
    pub documents: Documents,
    /// The keys that clients publish.
    pub remote_keys: RemoteKeys,
    /// Who vouches for the certificates of clients.
    pub client_authorities: Option<ClientAuthorities>,
    /// From which origins the browser code of clients calls.
    pub origins: OriginDirectory,
    /// Scopes and resources.
    pub live_catalogue: LiveCatalogue,
    /// Proof against forged forms.
    pub csrf: Csrf,
}

impl Cx {
    /// The present instant.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Who we are.
    #[must_use]
    pub fn issuer(&self) -> &Issuer {
        &self.config.server.issuer
    }

    /// What people's devices call this server: the name that it was given, or its host.
    #[must_use]
    pub fn known_as(&self) -> &str {
        self.config.branding.name.as_deref().unwrap_or_else(|| self.issuer().host())
    }

    /// Scopes and resources, as they are now: take it once for a request, so that all of the request sees the same.
    #[must_use]
    pub fn catalogue(&self) -> Arc<Catalogue> {
        self.live_catalogue.current()
    }

    /// How the secrets of clients are kept.
    #[must_use]
    pub fn secrets(&self) -> SecretKeeper<'_> {
        SecretKeeper { hasher: &self.hasher, sealer: &self.secret_sealer }
    }

    /// What minting tokens needs.
    #[must_use]
    pub fn mint(&self) -> Mint<'_> {
        Mint {
            issuer: self.issuer(),
            settings: &self.config.tokens,
            catalogue: self.catalogue(),
            hasher: &self.hasher,
            entropy: &*self.entropy,
            keys: &self.keys,
            certificate: None,
            id_token_recipient: None,
        }
    }

    /// What signs and encrypts answers for a client, the key found to which it wants this one encrypted.
    pub async fn signer<'a>(
        &'a self,
        client: &'a Client,
        encryption: Option<Encryption>,
    ) -> Result<Signer<'a>, OAuthError> {
        let now = self.now();
        let recipient = match encryption {
            Some(encryption) => Some(Recipient::find(client, encryption, &self.remote_keys, now).await?),
            None => None,
        };
        let (keys, issuer, entropy) = (self.keys.current(), self.issuer(), &*self.entropy);
        Ok(Signer { keys, issuer, client, recipient, entropy, now })
    }

    /// What is counted and noted in memory.
    #[must_use]
    pub fn tallies(&self) -> Tallies {
        Tallies {
            hourly: Arc::clone(&self.hourly),
            limiter: Arc::clone(&self.limiter),
            guard: Arc::clone(&self.guard),
            key_uses: Arc::clone(&self.key_uses),
        }
    }

    /// What looks after second factors.
    #[must_use]
    pub fn factor_desk(&self) -> FactorDesk<'_> {
        FactorDesk {
            store: &self.store,
            hasher: &self.hasher,
            sealer: &self.factor_sealer,
            guard: &self.guard,
            with_passkeys: self.passkeys.is_some(),
        }
    }

    /// What begins and recognizes trials of clients.
    #[must_use]
    pub fn trials(&self, now: Timestamp) -> Trials<'_> {
        let lifetime = self.config.sessions.pending_lifetime;
        Trials { issuer: self.issuer(), sealer: &self.request_sealer, now, lifetime }
    }

    /// What looking into access tokens needs.
    #[must_use]
    pub fn inspector(&self) -> Inspector<'_> {
        Inspector {
            issuer: self.issuer(),
            store: &self.store,
            clients: &self.clients,
            keys: &self.keys,
            verified: &self.verified_tokens,
            hasher: &self.hasher,
        }
    }

    /// What finds out who asks.
    #[must_use]
    pub fn askers(&self) -> Askers<'_> {
        Askers {
            by_document: self.config.registration.metadata_documents,
            store: &self.store,
            clients: &self.clients,
            documents: &self.documents,
            keys: self.keys.current(),
            bounds: self.bounds(),
            clock: &*self.clock,
        }
    }

    /// How far the wishes of a client go that nobody has looked at.
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        Bounds { catalogue: self.catalogue(), require_pkce: self.config.registration.require_pkce }
    }

    /// What tells apps that sessions ended.
    #[must_use]
    pub fn courier(&self) -> Courier<'_> {
        Courier {
            issuer: self.issuer(),
            store: &self.store,
            clients: &self.clients,
            keys: &self.keys,
            subjects: &self.subjects,
            outbound: &self.outbound,
            clock: &*self.clock,
            entropy: &*self.entropy,
        }
    }

    /// Who writes to people whose language is not known.
    #[must_use]
    pub fn letters(&self) -> Letters<'_> {
        self.letters_in(None)
    }

    /// The same, where they were seen to read this one.
    fn letters_in(&self, language: Option<&str>) -> Letters<'_> {
        let fallback = language.and_then(Texts::preferring).unwrap_or_else(Texts::english);
        Letters { issuer: self.issuer(), brand: &self.brand, fallback }
    }

    /// The mail that a letter becomes, to be inserted with what it tells; none where there is no mail.
    #[must_use]
    pub fn mail(&self, letter: impl FnOnce() -> Option<Letter>) -> Option<Mail> {
        let letter = self.config.mail.is_on().then(letter).flatten()?;
        Some(self.outbox.draft(&letter, &*self.entropy, self.now()))
    }

    /// Sends a mail that belongs to no other write. A database that fails is logged, not reported: what the mail tells has been
    /// done already.
    pub async fn tell(&self, letter: impl FnOnce() -> Option<Letter>) {
        let Some(mail) = self.mail(letter) else { return };
        let written = self.store.write(move |tx| Box::pin(async move { tx.insert_mail(&mail).await })).await;
        if let Err(error) = written {
            tracing::error!(%error, "a mail could not be written");
        }
    }

    /// Tells the address that a person had, where somebody else has given them another.
    pub async fn tell_of_address(&self, before: &Person, after: &Person) {
        let key = |person: &Person| person.claims.email.as_deref().map(login_key);
        if key(before) != key(after) {
            self.tell(|| self.letters().email_changed(before, None)).await;
        }
    }

    /// Writes the mail that was asked for, and sends all that is due; nothing where there is no mail.
    pub async fn post(&self) -> store::Result<()> {
        if !self.config.mail.is_on() {
            return Ok(());
        }
        let links = &self.config.links;
        let desk = MailDesk {
            store: &self.store,
            hasher: &self.hasher,
            outbox: &self.outbox,
            links,
            clock: &*self.clock,
            entropy: &*self.entropy,
            letter: &|wanted, person, token, asked| {
                let letters = self.letters_in(asked.language.as_deref());
                match wanted {
                    Wanted::Recovery => letters.recovery(person, token, links.recovery_lifetime),
                    Wanted::SignIn => letters.sign_in_link(person, token, &asked.onward, links.sign_in_lifetime),
                }
            },
            registration: &|token, asked, person| {
                let (letters, address) = (self.letters_in(asked.language.as_deref()), asked.login.as_str());
                match token {
                    Some(token) => letters.registration(address, token, &asked.onward, links.registration_lifetime),
                    None => letters.account_exists(address, person),
                }
            },
        };
        let answered = desk.answer_waiting().await;
        let Some(sender) = &self.mail_sender else { return answered };
        let (clock, entropy) = (&*self.clock, &*self.entropy);
        let carrier = Carrier { store: &self.store, outbox: &self.outbox, sender, clock, entropy };
        carrier.deliver_due().await.and(answered)
    }

    /// What adding and using passkeys needs, where there can be any.
    #[must_use]
    pub fn passkey_desk(&self) -> Option<PasskeyDesk<'_>> {
        let ceremonies = self.passkeys.as_ref()?;
        Some(PasskeyDesk { ceremonies, hasher: &self.hasher, hourly: &self.hourly, guard: &self.guard })
    }

    /// What asking other providers needs.
    #[must_use]
    pub fn provider_desk(&self, now: Timestamp) -> Desk<'_> {
        Desk { issuer: self.issuer(), outbound: &self.outbound, entropy: &*self.entropy, now }
    }

    /// What looking into API keys needs.
    #[must_use]
    pub fn key_desk(&self) -> KeyDesk<'_> {
        KeyDesk {
            store: &self.store,
            clients: &self.clients,
            hasher: &self.hasher,
            limiter: &self.limiter,
            uses: &self.key_uses,
        }
    }
}
