//! The parameters of a request, from a query or a form body.
//!
//! A request that is too big fails as a whole. Any other fault waits until somebody asks for that parameter, because
//! the authorization endpoint has to find `client_id` and `redirect_uri` first, and can then report the fault of
//! another parameter by redirect.

use std::collections::BTreeSet;
use std::fmt;

use zeroize::Zeroizing;

use super::form::{self, FormFault};
use crate::error::{ErrorCode, OAuthError, Result};

/// The most bytes of a query or body that are looked at.
pub const MAX_BYTES: usize = 64 * 1024;
/// The most parameters in one request.
pub const MAX_PARAMETERS: usize = 100;
/// The longest name, in bytes.
pub const MAX_NAME_BYTES: usize = 128;
/// The longest value, in bytes.
pub const MAX_VALUE_BYTES: usize = 8 * 1024;

/// How much of a request is looked at.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The most bytes of all of it.
    pub bytes: usize,
    /// The most parameters.
    pub parameters: usize,
    /// The longest value, in bytes.
    pub value_bytes: usize,
}

impl Limits {
    /// Those of every request that has no larger ones.
    pub const USUAL: Self = Self { bytes: MAX_BYTES, parameters: MAX_PARAMETERS, value_bytes: MAX_VALUE_BYTES };
}

/// The parameters of one request, in the order sent. Values can be secrets: they are wiped on drop and never printed.
pub struct Params {
    params: Vec<Param>,
    /// The first name that could not be read. Nobody can ask for it, so only [`Params::check_all`] reports it.
    unreadable_name: Option<OAuthError>,
}

struct Param {
    name: String,
    /// May have several lines, which only [`Params::lines`] hands out.
    value: Result<Zeroizing<String>, FormFault>,
}

impl Params {
    /// Reads `application/x-www-form-urlencoded`. Fails only where there is too much of it.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        Self::parse_within(bytes, Limits::USUAL)
    }

    /// The same, where more is to be expected than usual.
    pub fn parse_within(bytes: &[u8], limits: Limits) -> Result<Self> {
        if bytes.len() > limits.bytes {
            return Err(invalid(format!("The request is longer than {} bytes.", limits.bytes)));
        }
        let pieces = bytes.split(|byte| *byte == b'&').filter(|piece| !piece.is_empty());
        if pieces.clone().nth(limits.parameters).is_some() {
            return Err(invalid(format!("The request has more than {} parameters.", limits.parameters)));
        }
        let mut parsed = Self { params: Vec::new(), unreadable_name: None };
        pieces.for_each(|piece| parsed.push(piece, limits.value_bytes));
        Ok(parsed)
    }

    fn push(&mut self, piece: &[u8], value_bytes: usize) {
        let mut halves = piece.splitn(2, |byte| *byte == b'=');
        let (name, value) = (halves.next().unwrap_or_default(), halves.next().unwrap_or_default());
        match form::decode(name, MAX_NAME_BYTES) {
            // RFC 6749 §3.1: a parameter without a value counts as omitted.
            Ok(_) if value.is_empty() => {}
            Ok(name) => {
                let value = form::decode_lines(value, value_bytes).map(Zeroizing::new);
                self.params.push(Param { name, value });
            }
            Err(fault) => {
                // This text reaches the log, where a line break would begin a line of the sender's own. And a body that
                // is JSON reads as one long name: of that, no member may be quoted.
                let is_of_names = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
                let start: String = name.iter().copied().map(char::from).take_while(is_of_names).take(40).collect();
                let named = if start.is_empty() { "a parameter".to_owned() } else { format!("the parameter {start}") };
                self.unreadable_name.get_or_insert_with(|| invalid(format!("The name of {named} {fault}.")));
            }
        }
    }

    /// The value of a parameter that may be sent once.
    pub fn one(&self, name: &str) -> Result<Option<&str>> {
        let mut found = self.params.iter().filter(|param| param.name == name);
        match (found.next(), found.next()) {
            (None, _) => Ok(None),
            (Some(param), None) => param.value().map(Some),
            // RFC 6749 §3.2: a parameter must not be sent twice; picking one would let two readers disagree.
            (Some(_), Some(_)) => Err(repeated(name)),
        }
    }

    /// Like [`Params::one`], for a parameter that must be there.
    pub fn required(&self, name: &str) -> Result<&str> {
        self.one(name)?.ok_or_else(|| invalid(format!("The parameter {name} is missing.")))
    }

    /// All values of a parameter that may be repeated.
    pub fn all(&self, name: &str) -> Result<Vec<&str>> {
        self.params.iter().filter(|param| param.name == name).map(Param::value).collect()
    }

    /// The lines of everything that was sent under a name, without blanks around them and without empty ones: what was
    /// typed into a field of several lines, or ticked in a list.
    pub fn lines(&self, name: &str) -> Result<Vec<&str>> {
        let mut lines = Vec::new();
        for param in self.params.iter().filter(|param| param.name == name) {
            let text = param.value.as_ref().map_err(|fault| param.refused(*fault))?;
            lines.extend(text.split(form::LINE_BREAKS).map(str::trim).filter(|line| !line.is_empty()));
        }
        Ok(lines)
    }

    /// Everything that was sent, in order, or the first fault of any value.
    pub fn pairs(&self) -> Result<Vec<(&str, &str)>> {
        self.params.iter().map(|param| Ok((param.name.as_str(), param.value()?))).collect()
    }

    /// The names sent, in order, repeated ones repeatedly.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.params.iter().map(|param| param.name.as_str())
    }

    /// Refuses a request that repeats any parameter, known or not, except those that may be repeated.
    pub fn refuse_duplicates(&self, except: &[&str]) -> Result<()> {
        let mut seen = BTreeSet::new();
        // RFC 6749 §3.1: no parameter more than once, and the rule makes no difference for unknown ones.
        match self.names().find(|name| !seen.insert(*name) && !except.contains(name)) {
            Some(name) => Err(repeated(name)),
            None => Ok(()),
        }
    }

    /// The first fault of any parameter, asked for or not, or the first that is repeated and may not be.
    pub fn check_all(&self, repeatable: &[&str]) -> Result<()> {
        if let Some(fault) = &self.unreadable_name {
            return Err(fault.clone());
        }
        self.params.iter().try_for_each(|param| param.value().map(drop))?;
        self.refuse_duplicates(repeatable)
    }
}

impl Param {
    fn value(&self) -> Result<&str> {
        match &self.value {
            Ok(value) if value.contains(form::LINE_BREAKS) => Err(self.refused(FormFault::ControlCharacter)),
            Ok(value) => Ok(value),
            Err(fault) => Err(self.refused(*fault)),
        }
    }

    fn refused(&self, fault: FormFault) -> OAuthError {
        invalid(format!("The value of the parameter {} {fault}.", self.name))
    }
}

impl fmt::Debug for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}

fn invalid(text: String) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidRequest, text)
}

fn repeated(name: &str) -> OAuthError {
    invalid(format!("The parameter {name} is sent more than once."))
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::proptest;
    use url::form_urlencoded::Serializer;

    use super::*;

    fn parse(text: &str) -> Params {
        Params::parse(text.as_bytes()).unwrap()
    }

    fn refused<T: fmt::Debug>(result: Result<T>, what: &str) {
        let error = result.unwrap_err();
        assert_eq!(error.code, ErrorCode::InvalidRequest);
        assert!(error.text.contains(what), "{error} should speak of {what}");
    }

    #[test]
    fn reads_names_and_values() {
        let params = parse("client_id=a%20b&state=x%26y&&flag&scope=openid+email&q=a=b");
        assert_eq!(params.one("client_id").unwrap(), Some("a b"));
        assert_eq!(params.one("state").unwrap(), Some("x&y"));
        assert_eq!(params.one("scope").unwrap(), Some("openid email"));
        assert_eq!(params.one("q").unwrap(), Some("a=b"));
        assert_eq!(params.one("nonce").unwrap(), None);
        assert_eq!(params.required("state").unwrap(), "x&y");
        refused(params.required("nonce"), "nonce is missing");
        assert_eq!(params.names().collect::<Vec<_>>(), ["client_id", "state", "scope", "q"]);
        assert_eq!(params.pairs().unwrap()[1..3], [("state", "x&y"), ("scope", "openid email")]);
    }

    #[test]
    fn hands_out_lines_only_to_whoever_asks_for_lines() {
        let params = parse("uris=a%0D%0A%0D%0A+b+%0Ac&uris=d&bad=a%00%0Ab");
        assert_eq!(params.lines("uris").unwrap(), ["a", "b", "c", "d"]);
        assert!(params.lines("none").unwrap().is_empty());
        refused(params.all("uris"), "uris holds a control character");
        refused(params.lines("bad"), "bad holds a control character");
        refused(params.check_all(&["uris", "bad"]), "uris holds a control character");
    }

    /// RFC 6749 §3.1: a parameter without a value counts as omitted.
    #[test]
    fn takes_an_empty_parameter_as_omitted() {
        let params = parse("scope=&state&scope=openid");
        assert_eq!(params.one("scope").unwrap(), Some("openid"));
        assert_eq!(params.one("state").unwrap(), None);
        params.check_all(&[]).unwrap();
    }

    /// RFC 6749 §3.1, RFC 6749 §3.2: no parameter more than once, known or unknown.
    #[test]
    fn refuses_a_parameter_sent_twice() {
        let params = parse("state=a&state=b&x=1");
        refused(params.one("state"), "state is sent more than once");
        refused(params.required("state"), "state is sent more than once");
        assert_eq!(params.one("x").unwrap(), Some("1"));
        refused(params.check_all(&[]), "state");
        refused(parse("unknown=a&unknown=a").refuse_duplicates(&["resource"]), "unknown");
        // An escaped name is the same name.
        refused(parse("state=a&st%61te=b").one("state"), "state");
    }

    /// RFC 8707 §2: `resource` may be repeated.
    #[test]
    fn collects_a_repeatable_parameter() {
        let params = parse("resource=https%3A%2F%2Fa.example&resource=https%3A%2F%2Fb.example&x=1");
        assert_eq!(params.all("resource").unwrap(), ["https://a.example", "https://b.example"]);
        assert!(params.all("y").unwrap().is_empty());
        params.check_all(&["resource"]).unwrap();
        refused(params.check_all(&[]), "resource");
    }

    #[test]
    fn keeps_a_fault_with_its_parameter() {
        let long = format!("client_id=app&state={}", "x".repeat(MAX_VALUE_BYTES + 1));
        let cases = [
            ("client_id=app&state=%C3%28", "state is not valid UTF-8"),
            ("client_id=app&state=100%", "state has a percent sign"),
            ("client_id=app&state=a%0Ab", "state holds a control character"),
            (long.as_str(), "state is too long"),
        ];
        for (request, problem) in cases {
            let params = parse(request);
            assert_eq!(params.one("client_id").unwrap(), Some("app"));
            refused(params.one("state"), problem);
            refused(params.all("state"), problem);
            refused(params.check_all(&["state"]), problem);
        }
    }

    #[test]
    fn reports_an_unreadable_name_only_when_all_are_checked() {
        let long = format!("{}=1&client_id=app", "n".repeat(MAX_NAME_BYTES + 1));
        for request in ["%FF=1&client_id=app", "a%00b=&client_id=app", long.as_str()] {
            let params = parse(request);
            assert_eq!(params.one("client_id").unwrap(), Some("app"));
            refused(params.check_all(&[]), "The name of ");
        }
    }

    #[test]
    fn bounds_the_whole_request() {
        refused(Params::parse(&vec![b'a'; MAX_BYTES + 1]), "longer than");
        let many = |count: usize| "a=1&".repeat(count).into_bytes();
        assert!(Params::parse(&many(MAX_PARAMETERS)).is_ok());
        refused(Params::parse(&many(MAX_PARAMETERS + 1)), "more than 100 parameters");
        assert_eq!(parse(&format!("s={}", "x".repeat(MAX_VALUE_BYTES))).required("s").unwrap().len(), MAX_VALUE_BYTES);
    }

    #[test]
    fn prints_no_value() {
        assert_eq!(format!("{:?}", parse("client_secret=hush&code=hush")), r#"["client_secret", "code"]"#);
    }

    #[test]
    fn quotes_no_more_of_an_unreadable_name_than_a_name_can_hold() {
        let json = format!("{{\"client_secret\":\"hush\",\"x\":\"{}\"}}", "x".repeat(MAX_NAME_BYTES));
        for (request, quoted) in
            [("scope\nINFO forged\0=1", "parameter scope holds"), (&json, "name of a parameter is too long")]
        {
            let error = Params::parse(request.as_bytes()).unwrap().check_all(&[]).unwrap_err();
            assert!(error.text.contains(quoted), "{}", error.text);
            assert!(!error.text.contains("forged") && !error.text.contains("hush"), "{}", error.text);
        }
    }

    proptest! {
        #[test]
        fn reads_whatever_pairs_are_sent(pairs in vec(("[a-z]\\PC{0,20}", "\\PC{1,99}"), 0..MAX_PARAMETERS)) {
            let sent = Serializer::new(String::new()).extend_pairs(&pairs).finish();
            let params = parse(&sent);
            for (name, value) in &pairs {
                assert!(params.all(name).unwrap().contains(&value.as_str()));
            }
            assert!(params.names().eq(pairs.iter().map(|(name, _)| name.as_str())));
        }
    }
}
