//! Finding the issuer of somebody of whom only an address is known (OIDC Discovery §2, RFC 7033).

use url::{Host, Url};

use super::issuer::Issuer;

/// OIDC Discovery §2: the relation that leads to the issuer.
pub const ISSUER: &str = "http://openid.net/specs/connect/1.0/issuer";

/// Whether this is somebody, or something, at the issuer's own host: `acct:ada@id.example`, `https://id.example/ada`. Nobody is
/// told whether there is an account of that name.
#[must_use]
pub fn is_at(resource: &str, issuer: &Issuer) -> bool {
    let Ok(own) = Url::parse(issuer.as_str()) else { return false };
    match resource.split_once(':') {
        // RFC 7565 §7: acct:userpart@host, the host in any case; it may have a port in OIDC Discovery §2.1.4.
        Some((scheme, address)) if scheme.eq_ignore_ascii_case("acct") => {
            let Some((user, host)) = address.rsplit_once('@') else { return false };
            let named = Url::parse(&format!("{}://{host}/", own.scheme()));
            !user.is_empty() && named.is_ok_and(|named| is_same_host(&named, &own))
        }
        Some((scheme, _)) if scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case(own.scheme()) => {
            Url::parse(resource).is_ok_and(|named| is_same_host(&named, &own))
        }
        _ => false,
    }
}

fn is_same_host(named: &Url, own: &Url) -> bool {
    let is_bare = named.username().is_empty() && named.password().is_none();
    let is_name = named.host().map(|host: Host<&str>| host.to_owned()) == own.host().map(|host| host.to_owned());
    is_bare && is_name && (named.port().is_none() || named.port() == own.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// OIDC Discovery §2.1.4, RFC 7565 §7: whatever is at the host, and nothing elsewhere.
    #[test]
    fn knows_what_is_at_its_own_host() {
        let issuer = Issuer::parse("https://id.example:8443/one").unwrap();
        for here in [
            "acct:ada@id.example",
            "ACCT:ada@ID.example",
            "acct:ada@id.example:8443",
            "acct:ada%40home.example@id.example",
            "https://id.example/ada",
            "https://id.example:8443/one",
            "https://id.example",
        ] {
            assert!(is_at(here, &issuer), "{here}");
        }
        for elsewhere in [
            "",
            "ada",
            "ada@id.example",
            "acct:ada",
            "acct:@id.example",
            "acct:ada@",
            "acct:ada@id.example.evil.example",
            "acct:ada@evil.example",
            "acct:ada@id.example:444",
            "acct:ada@id.example/x@evil.example",
            "https://evil.example/id.example",
            "https://id.example@evil.example/",
            "https://ada@id.example/",
            "http://id.example/ada",
            "mailto:ada@id.example",
            "https://",
        ] {
            assert!(!is_at(elsewhere, &issuer), "{elsewhere}");
        }
    }
}
