//! `[[acr_levels]]`: how well somebody signed in, by the names by which apps ask for it (`acr`, OIDC Core §2).

use super::providers::ProviderConfig;
use super::reader::Reader;

/// The methods by which people can sign in here (`amr`, RFC 8176 §2), beside those that a provider is believed.
pub const METHODS: [&str; 7] = ["pwd", "otp", "mfa", "pop", "swk", "user", "email"];
/// What a sign-in by password is called where nothing is declared.
const BY_PASSWORD: &str = "urn:claviger:acr:password";
/// The same of one by more than one factor.
const BY_SEVERAL: &str = "urn:claviger:acr:mfa";
const LONGEST: usize = 255;

/// One of the `[[acr_levels]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct AcrLevel {
    name: String,
    methods: Vec<String>,
}

/// All of them, the weakest first. There is at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcrLevels(Vec<AcrLevel>);

impl Default for AcrLevels {
    fn default() -> Self {
        let level = |name: &str, method: &str| AcrLevel { name: name.to_owned(), methods: vec![method.to_owned()] };
        Self(vec![level(BY_PASSWORD, "pwd"), level(BY_SEVERAL, "mfa")])
    }
}

impl AcrLevels {
    pub(super) fn read(reader: &mut Reader, providers: &[ProviderConfig]) -> Self {
        let mut known: Vec<&str> = METHODS.to_vec();
        known.extend(providers.iter().flat_map(ProviderConfig::methods));
        let mut levels: Vec<AcrLevel> = Vec::new();
        for section in reader.sections("acr_levels") {
            let (name_key, methods_key) = (format!("{section}.name"), format!("{section}.methods"));
            let name = reader.required::<String>(&name_key, &section);
            let methods = reader.required::<Vec<String>>(&methods_key, &section).unwrap_or_default();
            if let Some(method) = methods.iter().find(|method| !known.contains(&method.as_str())) {
                let problem = format!("names {method:?}, by which nobody signs in here");
                let remedy = format!("Choose among {}, or what a provider's amr or acr names.", METHODS.join(", "));
                reader.refuse(&methods_key, &problem, &remedy);
            }
            let Some(name) = name else { continue };
            // OIDC Core §3.1.2.1: acr_values is a list parted by spaces.
            if name.is_empty() || name.len() > LONGEST || !name.bytes().all(|byte| byte.is_ascii_graphic()) {
                let problem = format!("is no word of 1 to {LONGEST} visible ASCII characters");
                reader.refuse(&name_key, &problem, "Write it as apps send it in acr_values.");
            }
            if levels.iter().any(|level| level.name == name) {
                reader.refuse(&name_key, "is declared twice", "Keep one of the declarations.");
            }
            levels.push(AcrLevel { name, methods });
        }
        if levels.is_empty() { Self::default() } else { Self(levels) }
    }

    /// Their names, the weakest first: `acr_values_supported`.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|level| level.name.as_str())
    }

    /// Those that a sign-in by these methods reaches, the strongest first: the strongest of which it has all methods, and
    /// every weaker one.
    pub fn reached(&self, amr: &[String]) -> impl Iterator<Item = &str> {
        let has_all = |level: &AcrLevel| level.methods.iter().all(|method| amr.contains(method));
        let reached = self.0.iter().rposition(has_all).map_or(0, |strongest| strongest + 1);
        self.0.iter().take(reached).rev().map(|level| level.name.as_str())
    }

    /// What is told of a sign-in by these methods to an app that wants these levels, the most wanted first: the first of them
    /// that it reaches, else the strongest that it does.
    #[must_use]
    pub fn told<'a>(&self, amr: &[String], mut wanted: impl Iterator<Item = &'a str>) -> Option<String> {
        let asked_for = wanted.find(|wanted| self.reached(amr).any(|reached| reached == *wanted));
        asked_for.or_else(|| self.reached(amr).next()).map(ToOwned::to_owned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn levels(toml: &str) -> AcrLevels {
        Config::from_toml(toml, []).unwrap().acr_levels
    }

    const TWO: &str = "[[acr_levels]]\nname = \"0\"\nmethods = []\n[[acr_levels]]\nname = \"1\"\nmethods = [\"pwd\"]\n\
                       [[acr_levels]]\nname = \"silver\"\nmethods = [\"pwd\"]\n";

    /// OIDC Core §3.1.2.1: what an app prefers, where the sign-in reaches it.
    #[test]
    fn tells_the_level_that_is_wanted_and_reached() {
        let password = ["pwd".to_owned()];
        let several = ["pwd", "otp", "mfa"].map(str::to_owned);
        let key_alone = ["mfa".to_owned()];
        for (toml, amr, wanted, expected) in [
            ("", &password[..], &[][..], Some(BY_PASSWORD)),
            ("", &password, &["urn:mfa"], Some(BY_PASSWORD)),
            ("", &password, &[BY_SEVERAL], Some(BY_PASSWORD)),
            ("", &several, &[], Some(BY_SEVERAL)),
            ("", &several, &["urn:mfa", BY_PASSWORD], Some(BY_PASSWORD)),
            ("", &key_alone, &[BY_PASSWORD, BY_SEVERAL], Some(BY_PASSWORD)),
            ("", &[], &[BY_PASSWORD], None),
            (TWO, &password, &[], Some("silver")),
            (TWO, &password, &["1"], Some("1")),
            (TWO, &password, &["urn:mfa", "0", "1"], Some("0")),
            (TWO, &[], &["silver"], Some("0")),
        ] {
            assert_eq!(levels(toml).told(amr, wanted.iter().copied()).as_deref(), expected, "{amr:?} {wanted:?}");
        }
        assert_eq!(levels(TWO).names().collect::<Vec<_>>(), ["0", "1", "silver"]);
    }

    /// RFC 8176 §2: a level that takes what a provider alone can tell of, where its section believes that.
    #[test]
    fn takes_the_methods_of_providers() {
        let level = "[[acr_levels]]\nname = \"phr\"\nmethods = [\"hwk\"]\n";
        let provider = |believed: &str| {
            format!(
                "{level}[[providers]]\nid = \"a\"\nname = \"A\"\nissuer = \"https://a.example\"\nclient_id = \"c\"\n{believed}\n"
            )
        };
        for believed in ["amr = [\"hwk\"]", "acr = [\"gold = hwk user\"]"] {
            let told = levels(&provider(believed)).told(&["hwk".to_owned()], std::iter::empty());
            assert_eq!(told.as_deref(), Some("phr"), "{believed}");
        }
        assert!(Config::from_toml(&provider("amr = [\"otp\"]"), []).is_err());
    }

    #[test]
    fn refuses_levels_that_nobody_could_ask_for_or_reach() {
        for (name, methods) in
            [("a b", "[\"pwd\"]"), ("", "[\"pwd\"]"), ("é", "[\"pwd\"]"), ("a", "[\"retina\"]"), ("a", "7")]
        {
            let toml = format!("[[acr_levels]]\nname = {name:?}\nmethods = {methods}\n");
            assert!(Config::from_toml(&toml, []).is_err(), "{toml}");
        }
        let twice = "[[acr_levels]]\nname = \"a\"\nmethods = []\n".repeat(2);
        assert!(Config::from_toml(&twice, []).is_err());
        assert!(Config::from_toml("[[acr_levels]]\nname = \"a\"\n", []).is_err());
    }
}
