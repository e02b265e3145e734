//! Words and pure rules of the specifications: no HTTP, no database, no clock, no I/O.
//!
//! Text from outside becomes a type here, or an [`OAuthError`](crate::error::OAuthError) that says what to change.
//! Whether a valid value is *allowed* (is this client known, may it ask for that scope) is decided above.

pub mod algorithm; // the signature algorithms of ID tokens
pub mod allowance; // how many requests a key or a client may make
pub mod attributes; // what is known of people beside the standard claims
pub mod basic_auth; // `Authorization: Basic`, as clients authenticate
pub mod bearer; // `Authorization: Bearer`, as access tokens arrive
pub mod cache_control; // for how long an answer may be kept
pub mod certificate; // the certificates of clients
pub mod claim_rules; // claims beyond the standard ones, and which rule tells which
mod claim_values; // what the values of standard claims look like
pub mod claims; // the standard claims about a person, and which scope releases which

pub mod claims_request; // the claims that an app asks for one by one
pub mod client_assertion; // the JWTs by which clients authenticate
pub mod client_id_url; // the addresses at which clients describe themselves
pub mod client_metadata; // what a client registers
pub mod colour; // colours of a brand, and whether they can be read
pub mod encryption; // the algorithms that encrypt
pub mod form; // decoding of application/x-www-form-urlencoded
pub mod forward_auth; // what reverse proxies ask
pub mod grant_type; // the grants by name
pub mod issuer; // this server's name
pub mod jwe; // what comes encrypted
pub mod key_mode; // what an API key is for
pub mod languages; // claims in several languages
pub mod leak_report; // secrets that were found in public
pub mod mail_address; // addresses of mail, as they are compared
pub mod network; // addresses from which something may be used
pub mod params; // the parameters of a request
pub mod pkce; // code challenge and verifier
pub mod prompt; // what a client asks us to ask
pub mod provider_url; // where another provider is
pub mod redirect_uri; // where answers may be sent
pub mod request_object; // requests that travel in a JWT
pub mod resource; // the name of an API that a token is for
pub mod response; // response_type and response_mode
pub mod scope; // scope tokens and sets of them
pub mod session_state; // what an app watches a session by
pub mod subject; // what a client calls a person
pub mod token_exchange; // what is given for what, and its types
pub mod token_format; // how the secrets look that we mint
mod unique_members; // JSON objects with each member once
pub mod uri; // what all kinds of URI have in common
pub mod user_agent; // what a browser says of itself
pub mod user_code; // what a person types for a device
pub mod webfinger; // finding the issuer of somebody at this host
mod wire; // the table that ties an enum to its names on the wire
