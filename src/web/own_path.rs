//! A page of ours to go on to after a sign-in, as it stands in an address. Whatever it says, it cannot lead away from
//! here: it begins with a folder of ours, and is appended to the issuer's path.

use std::borrow::Cow;
use std::fmt;

/// The folders whose pages ask for a sign-in by themselves.
const FOLDERS: [&str; 3] = ["/admin", "/account", "/device"];
/// Longer than any address of ours.
const LONGEST: usize = 2000;

/// A path and query under the issuer's path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnPath(Cow<'static, str>);

impl OwnPath {
    /// The first page of the console.
    pub const CONSOLE: Self = Self(Cow::Borrowed("/admin"));
    /// The apps that a person has allowed something.
    pub const APPS: Self = Self(Cow::Borrowed("/account/apps"));
    /// A person's API keys.
    pub const API_KEYS: Self = Self(Cow::Borrowed("/account/api-keys"));
    /// Where a person is signed in.
    pub const SESSIONS: Self = Self(Cow::Borrowed("/account/sessions"));

    /// What happened to a person's account.
    pub const ACTIVITY: Self = Self(Cow::Borrowed("/account/activity"));
    /// A copy of what is known about a person.
    pub const DATA: Self = Self(Cow::Borrowed("/account/data"));
    /// The end of a person's account.
    pub const DELETE: Self = Self(Cow::Borrowed("/account/delete"));
    /// A person's picture.
    pub const PICTURE: Self = Self(Cow::Borrowed("/account/picture"));
    /// A person's name and what else is told of them.
    pub const PROFILE: Self = Self(Cow::Borrowed("/account/profile"));
    /// How a person signs in.
    pub const SECURITY: Self = Self(Cow::Borrowed("/account/security"));

    /// A person's passkeys.
    pub const PASSKEYS: Self = Self(Cow::Borrowed("/account/security/passkeys"));
    /// Where a person adds a passkey.
    pub const NEW_PASSKEY: Self = Self(Cow::Borrowed("/account/security/passkeys/new"));
    /// The accounts at other providers that are linked with a person.
    pub const PROVIDERS: Self = Self(Cow::Borrowed("/account/providers"));

    /// Where the code of a device is entered.
    pub const DEVICE: Self = Self(Cow::Borrowed("/device"));

    /// RFC 9700 §4.11.2: what would make us an open redirector is no path of ours.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let folder = FOLDERS.iter().find_map(|folder| text.strip_prefix(folder))?;
        let ends_there = folder.is_empty() || folder.starts_with(['/', '?']);
        let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\' && byte != b'#');
        (ends_there && is_plain && text.len() <= LONGEST && !text.contains("//"))
            .then(|| Self(Cow::Owned(text.to_owned())))
    }

    /// The path, for [`super::visit::Visit::redirect`] and hidden fields.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address, under the issuer's path, of the sign-in that leads on to it.
    #[must_use]
    pub fn behind_sign_in(&self) -> String {
        format!("/login?continue={}", self.encoded())
    }

    /// The same of the second factor.
    #[must_use]
    pub fn behind_second_factor(&self) -> String {
        format!("/login/second?continue={}", self.encoded())
    }

    fn encoded(&self) -> String {
        url::form_urlencoded::byte_serialize(self.0.as_bytes()).collect()
    }
}

impl fmt::Display for OwnPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 9700 §4.11.2
    #[test]
    fn leads_to_pages_of_ours_only() {
        for path in
            ["/admin", "/admin/clients?after=a%2Fb", "/account", "/admin?q=x&y=z", "/device?user_code=BCDF-GHJK"]
        {
            assert!(OwnPath::parse(path).is_some(), "{path}");
        }
        for path in [
            "",
            "/",
            "//evil.example",
            "/admin//evil.example",
            "/administrator",
            "/devices",
            "/admin.evil.example",
            "https://evil.example",
            "/\\evil.example",
            "/admin\\x",
            "/admin#x",
            "/admin\r\nSet-Cookie: a=b",
            "/admin é",
            "admin",
            "/login",
            "/admin@evil",
        ] {
            assert_eq!(OwnPath::parse(path), None, "{path:?}");
        }
        assert_eq!(OwnPath::parse(&format!("/admin/{}", "a".repeat(LONGEST))), None);
    }

    #[test]
    fn survives_the_address_of_the_sign_in() {
        let path = OwnPath::parse("/admin/clients?after=a%26b&x=y").unwrap();
        assert_eq!(path.behind_sign_in(), "/login?continue=%2Fadmin%2Fclients%3Fafter%3Da%2526b%26x%3Dy");
    }
}
