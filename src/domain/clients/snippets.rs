//! The lines that an app's developer pastes, by library: those of `docs/clients.md`, which the tests with other people's
//! clients write from what they ran, with a client's own values in place of the variables. Pure.
//!
//! A secret is never among them: it stays in the environment.

use super::kind::ClientKind;
use crate::protocol::client_metadata::{AuthMethod, ClientMetadata};

/// What the tests wrote.
const TESTED: &str = include_str!("../../../docs/clients.md");
/// Libraries whose test was of a public client.
const PUBLIC: [&str; 2] = ["oauth4webapi", "oidc-client-ts"];
const MACHINE: &str = "curl -u \"$CLIENT_ID:$CLIENT_SECRET\" \"$ISSUER/oauth2/token\" -d grant_type=client_credentials";

const SIGNING_MACHINE: &str = "curl \"$ISSUER/oauth2/token\" -d grant_type=client_credentials \\
  -d client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer -d client_assertion=\"$ASSERTION\"";

const CERTIFIED_MACHINE: &str = "# where discovery has mtls_endpoint_aliases, to the token_endpoint that stands there:
curl --cert client.crt.pem --key client.key.pem \"$ISSUER/oauth2/token\" \\
  -d grant_type=client_credentials -d client_id=\"$CLIENT_ID\"";

const DEVICE: &str = "curl \"$ISSUER/oauth2/device_authorization\" -d client_id=\"$CLIENT_ID\" -d scope=openid
# show user_code and verification_uri, then ask every `interval` seconds:
curl \"$ISSUER/oauth2/token\" -d client_id=\"$CLIENT_ID\" -d device_code=\"$DEVICE_CODE\" \\
  -d grant_type=urn:ietf:params:oauth:grant-type:device_code";

/// The lines for one library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snippet {
    /// The library, and its language.
    pub library: String,
    /// The version with which it was tested.
    pub version: String,
    /// The lines.
    pub lines: String,
}

/// A client's own values.
#[derive(Clone, Copy, Debug)]
pub struct Values<'a> {
    /// The issuer.
    pub issuer: &'a str,
    /// Its identifier.
    pub client_id: &'a str,
    /// Where it receives people, if anywhere.
    pub redirect_uri: Option<&'a str>,
}

/// The lines for a client, for each library that fits its kind.
#[must_use]
pub fn of(metadata: &ClientMetadata, values: Values<'_>) -> Vec<Snippet> {
    let by_hand = |lines| vec![Snippet { library: "curl".to_owned(), version: String::new(), lines }];
    if ClientKind::of(metadata) == ClientKind::Machine {
        let lines = match metadata.token_endpoint_auth_method {
            AuthMethod::PrivateKeyJwt | AuthMethod::ClientSecretJwt => {
                values.exported_without_secret() + SIGNING_MACHINE
            }
            method if method.is_by_certificate() => values.exported_without_secret() + CERTIFIED_MACHINE,
            _ => values.exported() + MACHINE,
        };
        return by_hand(lines);
    }
    if ClientKind::of(metadata) == ClientKind::Device {
        return by_hand(values.exported_without_secret() + DEVICE);
    }
    let fits = |library: &str| PUBLIC.contains(&library) != metadata.is_confidential();
    let sections = TESTED.split("\n## ").skip(1).filter_map(|section| section.split_once('\n'));
    let snippet = |(title, body): (&str, &str)| {
        let (library, version) = row(title).unwrap_or((title, ""));
        let lines: Vec<_> = body.lines().map(|line| line.strip_prefix("    ").unwrap_or(line)).collect();
        let lines = values.fill(lines.join("\n").trim());
        Snippet { library: library.to_owned(), version: version.to_owned(), lines }
    };
    sections.filter(|(title, _)| fits(title)).map(snippet).collect()
}

/// The row of the table that begins with the title of a section: the library with its language, and the version.
fn row(title: &str) -> Option<(&'static str, &'static str)> {
    let row = TESTED.lines().find(|line| line.strip_prefix("| ").is_some_and(|row| row.starts_with(title)))?;
    let mut cells = row.trim_matches('|').split('|').map(str::trim);
    Some((cells.next()?, cells.next()?))
}

impl Values<'_> {
    /// As variables of a shell.
    #[must_use]
    pub fn exported(&self) -> String {
        self.exported_without_secret() + "export CLIENT_SECRET='…' # as it was shown, once\n"
    }

    fn exported_without_secret(&self) -> String {
        let quoted = |(name, value): (&str, &str)| format!("export {name}='{}'\n", value.replace('\'', "'\\''"));
        self.all().into_iter().map(quoted).collect()
    }

    fn all(&self) -> Vec<(&'static str, &str)> {
        let mut all = vec![("ISSUER", self.issuer), ("CLIENT_ID", self.client_id)];
        all.extend(self.redirect_uri.map(|uri| ("REDIRECT_URI", uri)));
        all
    }

    /// Puts the values where the lines read them from the environment.
    fn fill(&self, lines: &str) -> String {
        let mut filled = lines.to_owned();
        // What could end a literal of some language stays a variable.
        for (name, value) in self.all().into_iter().filter(|(_, value)| value.chars().all(is_harmless)) {
            for (variable, literal) in [
                (format!("${{env.{name}}}"), value.to_owned()),
                (format!("{{env['{name}']}}"), value.to_owned()),
                (format!("${{{name}}}"), value.to_owned()),
                (format!("env[\"{name}\"]"), format!("\"{value}\"")),
                (format!("os.Getenv(\"{name}\")"), format!("\"{value}\"")),
                (format!("env::var(\"{name}\")?"), format!("\"{value}\".to_owned()")),
                (format!("env.{name}"), format!("'{value}'")),
            ] {
                filled = filled.replace(&variable, &literal);
            }
        }
        filled
    }
}

/// Whether a character means nothing in any of the languages, be it in a string, a template or a comment.
fn is_harmless(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '~' | ':' | '/' | '?' | '&' | '=' | '+' | ',' | '@')
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES: Values<'_> =
        Values { issuer: "https://id.example", client_id: "harbour", redirect_uri: Some("https://harbour.example/cb") };

    fn snippets(kind: ClientKind, values: Values<'_>) -> Vec<Snippet> {
        let draft = kind.draft("Harbour", &["https://harbour.example/cb"], "openid");
        of(&ClientMetadata::parse(draft.to_string().as_bytes()).unwrap(), values)
    }

    #[test]
    fn has_lines_for_every_library_that_was_tested() {
        let (web, page) = (snippets(ClientKind::Web, VALUES), snippets(ClientKind::SinglePage, VALUES));
        let rows = TESTED.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| client")).count();
        assert_eq!(web.len() + page.len(), rows);
        for snippet in web.iter().chain(&page) {
            assert!(!snippet.version.is_empty() && !snippet.lines.is_empty(), "{snippet:?}");
            for name in ["ISSUER", "CLIENT_ID", "REDIRECT_URI"] {
                assert!(!snippet.lines.contains(&format!("{name}\"]")), "{name} in {}", snippet.lines);
                assert!(!snippet.lines.contains(&format!("env.{name}")), "{name} in {}", snippet.lines);
                assert!(!snippet.lines.contains(&format!("(\"{name}\")")), "{name} in {}", snippet.lines);
            }
        }
        assert!(page.iter().all(|snippet| PUBLIC.iter().any(|library| snippet.library.starts_with(library))));
        let machine = &snippets(ClientKind::Machine, VALUES)[0].lines;
        assert!(machine.contains("export CLIENT_ID='harbour'") && machine.contains("client_credentials"), "{machine}");
        let device = &snippets(ClientKind::Device, VALUES)[0].lines;
        assert!(device.contains("device_authorization") && !device.contains("SECRET"), "{device}");
        let mut signing = ClientKind::Machine.draft("Harbour", &[], "");
        signing["token_endpoint_auth_method"] = "private_key_jwt".into();
        signing["jwks_uri"] = "https://harbour.example/jwks".into();
        let signing = &of(&ClientMetadata::parse(signing.to_string().as_bytes()).unwrap(), VALUES)[0].lines;
        assert!(signing.contains("client_assertion=") && !signing.contains("SECRET"), "{signing}");
    }

    #[test]
    fn puts_values_where_the_language_has_them() {
        for (lines, filled) in [
            ("clientID: env.CLIENT_ID,", "clientID: 'harbour',"),
            ("`${env.ISSUER}/oauth2/token`", "`https://id.example/oauth2/token`"),
            ("f\"{env['ISSUER']}/oauth2\"", "f\"https://id.example/oauth2\""),
            ("client_id=env[\"CLIENT_ID\"],", "client_id=\"harbour\","),
            ("os.Getenv(\"REDIRECT_URI\")", "\"https://harbour.example/cb\""),
            ("env::var(\"ISSUER\")?", "\"https://id.example\".to_owned()"),
            ("OIDCClientID ${CLIENT_ID}", "OIDCClientID harbour"),
            ("client-secret: ${CLIENT_SECRET}", "client-secret: ${CLIENT_SECRET}"),
        ] {
            assert_eq!(VALUES.fill(lines), filled);
        }
    }

    #[test]
    fn lets_no_value_break_out_of_the_lines() {
        for hostile in ["a'b", "a\"b", "a`b", "a${b}", "a\\b", "a;b", "a#b", "a{b"] {
            let values = Values { client_id: hostile, ..VALUES };
            let lines = snippets(ClientKind::Web, values).into_iter().map(|snippet| snippet.lines).collect::<String>();
            assert!(!lines.contains(hostile), "{hostile}");
        }
        let exported = Values { client_id: "a'; rm -rf /; '", ..VALUES }.exported();
        assert!(exported.contains(r"export CLIENT_ID='a'\''; rm -rf /; '\'''"), "{exported}");
    }
}
