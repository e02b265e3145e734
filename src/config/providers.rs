//! `[[providers]]`: other servers at which people can sign in, to be signed in here.

use secrecy::SecretString;
use serde_json::Value as Json;

use super::choice::choice;
use super::readable::{HIDDEN, Readable};
use super::reader::Reader;
use super::source::Value;
use crate::protocol::provider_url::ProviderUrl;

/// What a provider speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProviderKind {
    /// OpenID Connect, described by its discovery document.
    OpenId,
    /// OAuth 2.0 alone, with a document about who signed in.
    OAuth2,
}

choice!(ProviderKind { OpenId = "openid", OAuth2 = "oauth2" }, "\"openid\" or \"oauth2\"");

/// How this server proves to a provider's token endpoint which client it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProviderClientAuth {
    /// As the provider's discovery document says; in the form where it says nothing.
    Automatic,
    /// In the `Authorization` header.
    Basic,
    /// In the form.
    Post,
}

choice!(
    ProviderClientAuth { Automatic = "automatic", Basic = "basic", Post = "post" },
    "\"automatic\", \"basic\" or \"post\""
);

/// Whether an account there may be linked by its address with a person who is here already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkRule {
    /// Never: the person signs in here, and links it themselves.
    Never,
    /// If the provider says that the address was verified, and this server has verified the person's.
    VerifiedEmail,
}

choice!(LinkRule { Never = "never", VerifiedEmail = "verified_email" }, "\"never\" or \"verified_email\"");

/// Whether who comes from a provider for the first time can be made an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProviderRegistration {
    /// No.
    Off,
    /// Where everybody can make one (`people.registration`).
    AsPeople,
    /// Yes, also where nobody else can.
    Open,
}

choice!(ProviderRegistration { Off = "off", AsPeople = "as_people", Open = "open" }, "\"off\", \"as_people\" or \"open\"");

/// The secret that this server has at a provider.
#[derive(Clone, Debug)]
pub struct ProviderSecret(pub SecretString);

impl Readable for ProviderSecret {
    const EXPECTED: &'static str = "the client secret that the provider has given you";
    const SECRET: bool = true;

    fn parse(value: &Value) -> Result<Self, String> {
        String::parse(value).map(|text| Self(SecretString::from(text)))
    }

    fn show(&self) -> Json {
        Json::from(HIDDEN)
    }
}

impl Readable for ProviderUrl {
    const EXPECTED: &'static str = "an https address (http on localhost only)";

    fn parse(value: &Value) -> Result<Self, String> {
        Self::parse(value.text()?)
    }

    fn show(&self) -> Json {
        Json::from(self.as_str())
    }
}

/// What a level that a provider tells of (`acr`) means in methods (`amr`), written `level = method method`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcrMeaning {
    /// The provider's word.
    pub acr: String,
    /// The methods that it stands for.
    pub methods: Vec<String>,
}

impl Readable for AcrMeaning {
    const EXPECTED: &'static str = "a level of the provider, an equals sign and methods, such as \"phr = hwk user\"";

    fn parse(value: &Value) -> Result<Self, String> {
        let (acr, methods) = value.text()?.rsplit_once('=').ok_or_else(|| "has no equals sign".to_owned())?;
        let methods: Vec<String> = methods.split_whitespace().map(ToOwned::to_owned).collect();
        if acr.trim().is_empty() || methods.is_empty() {
            return Err("names no level, or no method".to_owned());
        }
        Ok(Self { acr: acr.trim().to_owned(), methods })
    }

    fn show(&self) -> Json {
        Json::from(format!("{} = {}", self.acr, self.methods.join(" ")))
    }
}

/// Which members of a provider's document are which claims; a dot leads into a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderClaims {
    /// What never changes: the identifier.
    pub sub: String,
    /// The name.
    pub name: Option<String>,
    /// Given names.
    pub given_name: Option<String>,
    /// Surnames.
    pub family_name: Option<String>,
    /// The name to sign in with.
    pub preferred_username: Option<String>,
    /// The address.
    pub email: Option<String>,
    /// Whether the provider has seen that the person reads mail there. Without it, no address counts as verified.
    pub email_verified: Option<String>,
    /// The address of a picture.
    pub picture: Option<String>,
}

/// One of the `[[providers]]`.
#[derive(Clone, Debug)]
pub struct ProviderConfig {
    /// Its name in addresses and in the database.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// What it speaks.
    pub kind: ProviderKind,
    /// Its issuer, which an OpenID provider has.
    pub issuer: Option<ProviderUrl>,
    /// Where people are sent, if it has no discovery document.
    pub authorization_endpoint: Option<ProviderUrl>,
    /// Where codes are redeemed, if it has no discovery document.
    pub token_endpoint: Option<ProviderUrl>,
    /// The document about who signed in, if it has no discovery document.
    pub userinfo_endpoint: Option<ProviderUrl>,
    /// The list of their addresses, if the document leaves open which is verified (as GitHub's does).
    pub emails_endpoint: Option<ProviderUrl>,
    /// What is what in that document.
    pub claims: ProviderClaims,
    /// This server's name there.
    pub client_id: String,
    /// Its secret there.
    pub client_secret: Option<ProviderSecret>,
    /// How it sends that.
    pub client_auth: ProviderClientAuth,
    /// What is asked for.
    pub scopes: Vec<String>,
    /// Whether accounts are linked by their address.
    pub link: LinkRule,
    /// Whether new people may come.
    pub register: ProviderRegistration,
    /// The domains of the verified addresses that new people must have; any, if there are none.
    pub register_domains: Vec<String>,
    /// Whether its tokens are kept, sealed.
    pub keep_tokens: bool,
    /// Whether a sign-out here is passed on.
    pub sign_out: bool,
    /// The methods (`amr`) that are believed if it tells of them.
    pub amr: Vec<String>,
    /// What its levels (`acr`) mean in methods.
    pub acr: Vec<AcrMeaning>,
}

/// The registered methods (RFC 8176 §2), which alone can be told of a sign-in.
const REGISTERED_METHODS: [&str; 19] = [
    "face", "fpt", "geo", "hwk", "iris", "kba", "mca", "mfa", "otp", "pin", "pop", "pwd", "rba", "retina", "sc", "sms",
    "swk", "tel", "user",
];
const LONGEST_ID: usize = 32;

impl ProviderConfig {
    pub(super) fn read_all(reader: &mut Reader) -> Vec<Self> {
        let mut providers: Vec<Self> = Vec::new();
        for section in reader.sections("providers") {
            let Some(provider) = Self::read(reader, &section) else { continue };
            if providers.iter().any(|other| other.id == provider.id) {
                reader.refuse(&format!("{section}.id"), "is declared twice", "Give each provider an id of its own.");
            }
            providers.push(provider);
        }
        providers
    }

    /// The methods that it is believed (`amr`, RFC 8176 §2).
    pub(super) fn methods(&self) -> impl Iterator<Item = &str> {
        self.amr.iter().chain(self.acr.iter().flat_map(|meaning| &meaning.methods)).map(String::as_str)
    }

    fn read(reader: &mut Reader, section: &str) -> Option<Self> {
        let key = |name: &str| format!("{section}.{name}");
        let id = reader.required::<String>(&key("id"), section);
        let name = reader.required::<String>(&key("name"), section);
        let kind = reader.value(&key("kind"), ProviderKind::OpenId);
        let client_id = reader.required::<String>(&key("client_id"), section);
        let usual = if kind == ProviderKind::OpenId { &["openid", "profile", "email"][..] } else { &[] };
        let provider = Self {
            id: id.unwrap_or_default(),
            name: name.unwrap_or_default(),
            kind,
            issuer: reader.optional(&key("issuer")),
            authorization_endpoint: reader.optional(&key("authorization_endpoint")),
            token_endpoint: reader.optional(&key("token_endpoint")),
            userinfo_endpoint: reader.optional(&key("userinfo_endpoint")),
            emails_endpoint: reader.optional(&key("emails_endpoint")),
            claims: ProviderClaims::read(reader, section),
            client_id: client_id.unwrap_or_default(),
            client_secret: reader.optional_secret(&key("client_secret")),
            client_auth: reader.value(&key("client_auth"), ProviderClientAuth::Automatic),
            scopes: reader.value(&key("scopes"), usual.iter().map(|&scope| scope.to_owned()).collect()),
            link: reader.value(&key("link"), LinkRule::Never),
            register: reader.value(&key("register"), ProviderRegistration::AsPeople),
            register_domains: reader.value(&key("register_domains"), Vec::new()),
            keep_tokens: reader.value(&key("keep_tokens"), false),
            sign_out: reader.value(&key("sign_out"), false),
            amr: reader.value(&key("amr"), Vec::new()),
            acr: reader.value(&key("acr"), Vec::new()),
        };
        provider.check(reader, section);
        (!provider.id.is_empty()).then_some(provider)
    }

    fn check(&self, reader: &mut Reader, section: &str) {
        let key = |name: &str| format!("{section}.{name}");
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if self.id.len() > LONGEST_ID || !self.id.chars().all(fits) {
            reader.refuse(&key("id"), "is no short word", "Write up to 32 lower-case letters, digits and hyphens.");
        }
        let (openid, endpoints) = (
            [("issuer", self.issuer.is_some())],
            [
                ("authorization_endpoint", self.authorization_endpoint.is_some()),
                ("token_endpoint", self.token_endpoint.is_some()),
                ("userinfo_endpoint", self.userinfo_endpoint.is_some()),
            ],
        );
        let needed: &[(&str, bool)] = if self.kind == ProviderKind::OpenId { &openid } else { &endpoints };
        for (name, _) in needed.iter().filter(|(_, is_set)| !is_set) {
            let problem = format!("is missing, which kind = {:?} needs", self.kind.as_str());
            reader.refuse(&key(name), &problem, "Write the address that the provider's documentation names.");
        }
        if self.kind == ProviderKind::OpenId
            && let Some((name, _)) = endpoints.iter().find(|(_, is_set)| *is_set)
        {
            reader.refuse(&key(name), "is of no use beside an issuer", "Take it out, or write kind = \"oauth2\".");
        }
        if self.kind == ProviderKind::OpenId && !self.scopes.iter().any(|scope| scope == "openid") {
            reader.refuse(
                &key("scopes"),
                "lacks openid",
                "Add it: without it the provider tells nobody who signed in.",
            );
        }
        if self.kind == ProviderKind::OAuth2 && self.sign_out {
            reader.refuse(&key("sign_out"), "is known to OpenID providers only", "Take it out.");
        }
        for (name, methods) in [
            ("amr", self.amr.iter().collect::<Vec<_>>()),
            ("acr", self.acr.iter().flat_map(|meaning| &meaning.methods).collect()),
        ] {
            if let Some(method) = methods.iter().find(|method| !REGISTERED_METHODS.contains(&method.as_str())) {
                let remedy = format!("Choose among {}.", REGISTERED_METHODS.join(", "));
                reader.refuse(&key(name), &format!("names {method:?}, which is no registered method"), &remedy);
            }
        }
    }
}

impl ProviderClaims {
    fn read(reader: &mut Reader, section: &str) -> Self {
        let key = |name: &str| format!("{section}.claims.{name}");
        Self {
            sub: reader.value(&key("sub"), "id".to_owned()),
            name: reader.optional(&key("name")),
            given_name: reader.optional(&key("given_name")),
            family_name: reader.optional(&key("family_name")),
            preferred_username: reader.optional(&key("preferred_username")),
            email: reader.optional(&key("email")),
            email_verified: reader.optional(&key("email_verified")),
            picture: reader.optional(&key("picture")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    const OPENID: &str = "[[providers]]\nid = \"a\"\nname = \"A\"\nclient_id = \"c\"\nissuer = \"https://a.example\"\n";
    const OAUTH2: &str = "[[providers]]\nid = \"b\"\nname = \"B\"\nkind = \"oauth2\"\nclient_id = \"c\"\n\
                          authorization_endpoint = \"https://b.example/a\"\ntoken_endpoint = \"https://b.example/t\"\n\
                          userinfo_endpoint = \"https://b.example/u\"\n";

    fn providers(toml: &str) -> Vec<ProviderConfig> {
        Config::from_toml(toml, []).unwrap().providers
    }

    #[test]
    fn asks_an_openid_provider_for_what_a_sign_in_needs() {
        let provider = &providers(OPENID)[0];
        assert_eq!(provider.scopes, ["openid", "profile", "email"]);
        assert_eq!((provider.link, provider.register), (LinkRule::Never, ProviderRegistration::AsPeople));
        assert!(!provider.keep_tokens && !provider.sign_out && provider.amr.is_empty());
    }

    #[test]
    fn reads_what_the_members_of_a_document_are() {
        let toml = format!("{OAUTH2}claims.sub = \"user.id\"\nclaims.preferred_username = \"login\"\n");
        let claims = &providers(&toml)[0].claims;
        assert_eq!((claims.sub.as_str(), claims.preferred_username.as_deref()), ("user.id", Some("login")));
    }

    /// RFC 8176 §2: methods by their registered names.
    #[test]
    fn refuses_what_could_not_work() {
        for (toml, key) in [
            (format!("{OPENID}{OPENID}"), "providers[1].id"),
            (OPENID.replace("issuer", "#issuer"), "providers[0].issuer"),
            (OPENID.replace("https://a", "http://a"), "providers[0].issuer"),
            (OPENID.replace("id = \"a\"", "id = \"A b\""), "providers[0].id"),
            (format!("{OPENID}token_endpoint = \"https://a.example\"\n"), "providers[0].token_endpoint"),
            (format!("{OPENID}scopes = [\"email\"]\n"), "providers[0].scopes"),
            (format!("{OPENID}amr = [\"magic\"]\n"), "providers[0].amr"),
            (format!("{OPENID}acr = [\"gold = magic\"]\n"), "providers[0].acr"),
            (format!("{OPENID}acr = [\"gold\"]\n"), "providers[0].acr"),
            (format!("{OAUTH2}sign_out = true\n"), "providers[0].sign_out"),
            (OAUTH2.replace("token_endpoint", "#token_endpoint"), "providers[0].token_endpoint"),
        ] {
            let faults = Config::from_toml(&toml, []).unwrap_err();
            let keys: Vec<_> = faults.faults().iter().map(|fault| fault.key.as_str()).collect();
            assert_eq!(keys, [key], "{toml}: {faults}");
        }
    }

    #[test]
    fn shows_no_secret() {
        let config = Config::from_toml(&format!("{OPENID}client_secret = \"hunter2\"\n"), []).unwrap();
        assert!(!format!("{config:?}").contains("hunter2"));
        assert!(!format!("{:?}", config.show()).contains("hunter2"));
    }
}
