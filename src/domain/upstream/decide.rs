//! Who somebody is here that another provider vouches for. Pure, so that it can be tested as a table: what must never happen is
//! that an address which nobody has verified opens an account.

use super::account::UpstreamAccount;
use crate::config::{LinkRule, PeopleConfig, ProviderConfig, ProviderRegistration};
use crate::ids::PersonId;
use crate::store::{Person, login_key};

/// What is known here.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known<'a> {
    /// With whom the account is linked.
    pub linked: Option<&'a Person>,
    /// Who is signed in and wants it linked.
    pub linking: Option<&'a Person>,
    /// Who signs in here by the verified address, as username or address.
    pub of_address: Option<&'a Person>,
    /// Whether that person is known at this provider already, as somebody else there.
    pub of_address_is_another_there: bool,
    /// Whether that person has a second factor here which the provider's proof does not stand for.
    pub of_address_has_more_to_prove: bool,
}

/// What follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is this person.
    SignIn(PersonId),
    /// It is this person, and the account is to be linked.
    LinkAndSignIn(PersonId),
    /// The person who is signed in wants it linked.
    Link(PersonId),
    /// It is linked with the person who is signed in already.
    Linked,
    /// It is linked with somebody else.
    OfSomebodyElse,
    /// Somebody new, who may have an account made.
    Register,
    /// Somebody has the address here: they sign in first, and link it.
    SignInFirst,
    /// Nobody, and nobody may come.
    NoAccount,
    /// Somebody who may not sign in.
    Disabled,
}

/// Decides.
#[must_use]
pub fn decide(
    provider: &ProviderConfig,
    people: &PeopleConfig,
    account: &UpstreamAccount,
    known: Known<'_>,
) -> Verdict {
    if let Some(linking) = known.linking {
        return match known.linked {
            None => Verdict::Link(linking.id),
            Some(linked) if linked.id == linking.id => Verdict::Linked,
            Some(_) => Verdict::OfSomebodyElse,
        };
    }
    if let Some(linked) = known.linked {
        return if linked.disabled_at.is_some() { Verdict::Disabled } else { Verdict::SignIn(linked.id) };
    }
    if let Some(person) = known.of_address {
        // An address that has moved on to somebody else there leads to nobody here. And one more way to sign in takes as much as
        // its person has, as everywhere.
        let may_link = provider.link == LinkRule::VerifiedEmail
            && has_verified(person, account)
            && !known.of_address_is_another_there
            && !known.of_address_has_more_to_prove;
        return match (may_link, person.disabled_at) {
            (true, None) => Verdict::LinkAndSignIn(person.id),
            (true, Some(_)) => Verdict::Disabled,
            (false, _) => Verdict::SignInFirst,
        };
    }
    if may_register(provider, people, account) { Verdict::Register } else { Verdict::NoAccount }
}

/// Whether both sides have verified the same address. A person whose username looks like the address has not.
fn has_verified(person: &Person, account: &UpstreamAccount) -> bool {
    let own = person.claims.email.as_deref().filter(|_| person.claims.email_verified == Some(true));
    own.zip(account.verified_email.as_deref()).is_some_and(|(own, theirs)| login_key(own) == login_key(theirs))
}

/// Whether somebody new may come from this provider. Whoever comes as people do shows an address as people do: there the
/// provider has seen that they read mail at it.
#[must_use]
pub fn may_register(provider: &ProviderConfig, people: &PeopleConfig, account: &UpstreamAccount) -> bool {
    let is_open = match provider.register {
        ProviderRegistration::Off => false,
        ProviderRegistration::AsPeople => people.lets_in(account.verified_email.as_deref()),
        ProviderRegistration::Open => true,
    };
    let domain = account.verified_email.as_deref().and_then(|email| email.rsplit_once('@')).map(|(_, domain)| domain);
    let is_of_domain = provider.register_domains.is_empty()
        || domain
            .is_some_and(|domain| provider.register_domains.iter().any(|known| known.eq_ignore_ascii_case(domain)));
    is_open && is_of_domain
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;
    use crate::clock::Timestamp;
    use crate::config::Config;
    use crate::protocol::attributes::Attributes;

    fn provider(more: &str) -> ProviderConfig {
        let toml = format!(
            "[[providers]]\nid = \"a\"\nname = \"A\"\nclient_id = \"c\"\nissuer = \"https://a.example\"\n{more}"
        );
        Config::from_toml(&toml, []).unwrap().providers.remove(0)
    }

    fn people(more: &str) -> PeopleConfig {
        let toml = format!("mail.mailbox = true\nmail.from = \"id@example.com\"\n{more}");
        Config::from_toml(&toml, []).unwrap().people
    }

    fn person(number: u128, username: &str, email: Option<(&str, bool)>) -> Person {
        let claims = match email {
            Some((email, verified)) => json!({ "email": email, "email_verified": verified }),
            None => json!({}),
        };
        let now = Timestamp::from_seconds(1);
        Person {
            id: PersonId(Uuid::from_u128(number)),
            username: username.to_owned(),
            claims: serde_json::from_value(claims).unwrap(),
            attributes: Attributes::default(),
            password_hash: None,
            role: None,
            created_at: now,
            updated_at: now,
            disabled_at: None,
        }
    }

    fn account(email: Option<&str>) -> UpstreamAccount {
        let verified_email = email.map(str::to_owned);
        UpstreamAccount { subject: "1".to_owned(), verified_email, ..UpstreamAccount::default() }
    }

    fn verdict(more: &str, email: Option<&str>, known: Known<'_>) -> Verdict {
        decide(&provider(more), &people(""), &account(email), known)
    }

    const BY_ADDRESS: &str = "link = \"verified_email\"\n";

    /// RFC 9700 §4.4: nobody gets into an account by an address alone that one of both sides has not verified.
    #[test]
    fn links_by_an_address_only_where_both_sides_have_verified_it() {
        let address = Some("Ada@example.com");
        let ada = person(1, "ada", Some(("ada@example.com", true)));
        let unverified = person(2, "ada", Some(("ada@example.com", false)));
        let by_name = person(3, "ada@example.com", None);
        let by_name_with_another = person(4, "ada@example.com", Some(("eve@example.com", true)));
        let of = |person| Known { of_address: Some(person), ..Known::default() };
        assert_eq!(verdict(BY_ADDRESS, address, of(&ada)), Verdict::LinkAndSignIn(ada.id));
        for other in [&unverified, &by_name, &by_name_with_another] {
            assert_eq!(verdict(BY_ADDRESS, address, of(other)), Verdict::SignInFirst, "{}", other.id);
        }
        assert_eq!(verdict("", address, of(&ada)), Verdict::SignInFirst);
        let another = Known { of_address_is_another_there: true, ..of(&ada) };
        assert_eq!(verdict(BY_ADDRESS, address, another), Verdict::SignInFirst);
        assert_eq!(verdict(BY_ADDRESS, None, of(&ada)), Verdict::SignInFirst);
    }

    #[test]
    fn lets_a_linked_account_in_whatever_its_address_is() {
        let (ada, eve) = (person(1, "ada", None), person(2, "eve", Some(("x@example.com", true))));
        let known = Known { linked: Some(&ada), of_address: Some(&eve), ..Known::default() };
        assert_eq!(verdict(BY_ADDRESS, Some("x@example.com"), known), Verdict::SignIn(ada.id));
        let disabled = Person { disabled_at: Some(Timestamp::from_seconds(2)), ..ada.clone() };
        assert_eq!(verdict("", None, Known { linked: Some(&disabled), ..Known::default() }), Verdict::Disabled);
        let gone = Person { disabled_at: Some(Timestamp::from_seconds(2)), ..eve };
        let known = Known { of_address: Some(&gone), ..Known::default() };
        assert_eq!(verdict(BY_ADDRESS, Some("x@example.com"), known), Verdict::Disabled);
    }

    #[test]
    fn links_for_who_is_signed_in_what_is_nobody_elses() {
        let (ada, eve) = (person(1, "ada", None), person(2, "eve", None));
        let linking = Known { linking: Some(&ada), ..Known::default() };
        assert_eq!(verdict("", None, linking), Verdict::Link(ada.id));
        assert_eq!(verdict("", None, Known { linked: Some(&ada), ..linking }), Verdict::Linked);
        assert_eq!(verdict("", None, Known { linked: Some(&eve), ..linking }), Verdict::OfSomebodyElse);
        assert_eq!(verdict("", None, Known { of_address: Some(&eve), ..linking }), Verdict::Link(ada.id));
    }

    #[test]
    fn lets_new_people_in_where_the_settings_do() {
        let domains = "register = \"open\"\nregister_domains = [\"Example.com\"]\n";
        let (off, open) = ("", "people.registration = \"open\"\n");
        let invited = "people.registration = \"invitation\"\n";
        let shown = "people.registration = \"open\"\npeople.registration_address = true\n\
                     people.registration_domains = [\"example.com\"]\n";
        for (more, people, email, expected) in [
            ("", off, None, Verdict::NoAccount),
            ("", open, None, Verdict::Register),
            ("", invited, Some("a@example.com"), Verdict::NoAccount),
            ("", shown, None, Verdict::NoAccount),
            ("", shown, Some("a@example.com"), Verdict::Register),
            ("", shown, Some("a@example.com.evil.example"), Verdict::NoAccount),
            ("register = \"off\"\n", open, None, Verdict::NoAccount),
            ("register = \"open\"\n", off, None, Verdict::Register),
            ("register = \"open\"\n", shown, None, Verdict::Register),
            (domains, off, Some("a@example.com"), Verdict::Register),
            (domains, off, Some("a@example.com.evil.example"), Verdict::NoAccount),
            (domains, off, Some("a@sub.example.com"), Verdict::NoAccount),
            (domains, off, None, Verdict::NoAccount),
        ] {
            let verdict = decide(&provider(more), &self::people(people), &account(email), Known::default());
            assert_eq!(verdict, expected, "{more} {people} {email:?}");
        }
    }
}
