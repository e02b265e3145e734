//! What attackers do, told from their side: every attack of RFC 9700 §4, RFC 6819, RFC 8725 and the `OAuch` list that
//! applies, made against a real server. A test's name is what the attacker does; it passes where that gains nothing.

mod algorithm_confusion;
mod api_keys;
mod clickjacking;
mod client_assertion;
mod client_certificate;
mod code_injection;
mod cookies;
mod credentials;
mod csrf;
mod csrf_console;
mod device;
mod disclosure;
mod foreign_grants;
mod forgery;
mod forward_auth;
mod header_injection;
mod leaked_keys;
mod malformed_tokens;
mod mix_up;
mod oversized;
mod parameter_smuggling;
mod pkce_downgrade;
mod program;
mod races;
mod redirect_uri;
mod redirects;
mod registration;
mod replay;
mod request_smuggling;
mod scene;
mod script_injection;
mod timing;
mod token_exchange;
mod token_substitution;
mod wire;
