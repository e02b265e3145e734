//! Who decides each member of a client that registers itself: one list, of which a test holds that none is missing.

/// Who decides a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decider {
    /// The client itself.
    Client,
    /// The client itself, as far as [`bounds`](super::bounds) lets it.
    ClientWithinBounds,
    /// An administrator. What the client sends is passed over, and what an administrator has set stays.
    Admin,
}

use Decider::{Admin, Client, ClientWithinBounds};

/// Every member that can be registered.
const MEMBERS: &[(&str, Decider)] = &[
    ("client_name", Client),
    ("client_uri", Client),
    ("logo_uri", Client),
    ("policy_uri", Client),
    ("tos_uri", Client),
    ("contacts", Client),
    ("application_type", Client),
    ("redirect_uris", Client),
    ("post_logout_redirect_uris", Client),
    ("backchannel_logout_uri", Client),
    ("backchannel_logout_session_required", Client),
    ("frontchannel_logout_uri", Client),
    ("frontchannel_logout_session_required", Client),
    ("initiate_login_uri", Client),
    // What it asks for a person still has to allow, and an administrator what needs an approval.
    ("scope", ClientWithinBounds),
    ("grant_types", ClientWithinBounds),
    ("response_types", Client),
    ("resources", ClientWithinBounds),
    ("default_resource", Client),
    // About the tokens of an API only its own server may ask.
    ("resource_server_of", Admin),
    // Only those who run the server can say that people need not be asked.
    ("consent", Admin),
    ("token_endpoint_auth_method", Client),
    ("jwks", Client),
    ("jwks_uri", Client),
    ("token_endpoint_auth_signing_alg", Client),
    ("client_secret_lifetime", Admin),
    ("tls_client_auth_subject_dn", Client),
    ("tls_client_auth_san_dns", Client),
    ("tls_client_auth_san_uri", Client),
    ("tls_client_auth_san_ip", Client),
    ("tls_client_auth_san_email", Client),
    ("require_pkce", ClientWithinBounds),
    ("request_uris", Client),
    ("request_object_signing_alg", Client),
    ("request_object_encryption_alg", Client),
    ("request_object_encryption_enc", Client),
    ("require_signed_request_object", Client),
    ("subject_type", Client),
    ("sector_identifier_uri", Client),
    ("id_token_signed_response_alg", Client),
    ("userinfo_signed_response_alg", Client),
    ("introspection_signed_response_alg", Client),
    ("id_token_encrypted_response_alg", Client),
    ("id_token_encrypted_response_enc", Client),
    ("userinfo_encrypted_response_alg", Client),
    ("userinfo_encrypted_response_enc", Client),
    ("introspection_encrypted_response_alg", Client),
    ("introspection_encrypted_response_enc", Client),
    ("access_token_lifetime", Admin),
    ("tls_client_certificate_bound_access_tokens", Client),
    ("rate_limit", Admin),
    ("quota", Admin),
    // People are told of lasting access where an app asks for offline_access.
    ("always_issue_refresh_token", Admin),
    ("default_max_age", Client),
    ("require_auth_time", Client),
    ("require_second_factor", Admin),
    ("accent_color", Client),
    ("default_acr_values", Client),
    ("software_id", Client),
    ("software_version", Client),
];

/// Who decides the member. One that stands in no list is not the client's to decide.
pub(super) fn decider(name: &str) -> Decider {
    MEMBERS.iter().find(|(member, _)| *member == name).map_or(Admin, |(_, decider)| *decider)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::domain::clients::members::members;

    /// A new member is not registered before somebody has decided here whose it is.
    #[test]
    fn decides_every_member_that_there_is() {
        let known: BTreeSet<_> = members().map(|member| member.name).collect();
        let decided: BTreeSet<_> = MEMBERS.iter().map(|(name, _)| *name).collect();
        assert_eq!(decided, known, "say in MEMBERS who decides it");
        assert_eq!(decided.len(), MEMBERS.len(), "once each");
    }

    #[test]
    fn leaves_to_a_client_nothing_that_it_does_not_know() {
        for name in ["client_id", "client_secret", "managed_by", "access", "registration_access_token", ""] {
            assert_eq!(decider(name), Admin, "{name}");
        }
    }
}
