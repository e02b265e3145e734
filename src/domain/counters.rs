//! What is counted besides requests: the whole list, by the names that dashboards rely on. Who counts into what is up
//! to `web::metrics`; where nobody reads, counting costs next to nothing. Some of it is also counted for the console,
//! by the hour.

use metrics::counter;

use super::hourly::{Counted, HourlyCounts};

/// Each counter and what it tells.
pub const ALL: [(&str, &str); 4] = [
    (TOKENS, "Answers of the token endpoint to authenticated clients, by grant and outcome (issued, or the error)."),
    (SIGN_INS, "Attempts to sign in by password, by outcome (verified, refused, held_back, busy, failed)."),
    (CLIENT_LOOKUPS, "Look-ups of clients in memory, by outcome (hit, miss)."),
    (CERTIFICATE_RENEWALS, "New certificates of this server that were found, by outcome (renewed, refused)."),
];

const TOKENS: &str = "claviger_tokens_total";
const SIGN_INS: &str = "claviger_sign_ins_total";
const CLIENT_LOOKUPS: &str = "claviger_client_cache_total";
const CERTIFICATE_RENEWALS: &str = "claviger_certificate_renewals_total";

/// Counts an answer of the token endpoint.
pub fn count_token(hourly: &HourlyCounts, grant: &'static str, outcome: &'static str) {
    match outcome {
        "issued" => hourly.count(Counted::Token),
        // A device that waits for its person is refused nothing.
        "authorization_pending" | "slow_down" => {}
        _ => hourly.count(Counted::TokenRefused),
    }
    counter!(TOKENS, "grant" => grant, "outcome" => outcome).increment(1);
}

/// Counts an attempt to sign in.
pub fn count_sign_in(hourly: &HourlyCounts, outcome: &'static str) {
    hourly.count(if outcome == "verified" { Counted::SignIn } else { Counted::SignInRefused });
    counter!(SIGN_INS, "outcome" => outcome).increment(1);
}

/// Counts a new certificate of the server that was found in its files.
pub fn count_certificate_renewal(outcome: &'static str) {
    counter!(CERTIFICATE_RENEWALS, "outcome" => outcome).increment(1);
}

/// Counts a look-up of a client.
pub fn count_client_lookup(outcome: &'static str) {
    counter!(CLIENT_LOOKUPS, "outcome" => outcome).increment(1);
}
