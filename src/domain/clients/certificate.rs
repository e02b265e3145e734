//! Authentication by a certificate (RFC 8705 §2). That the client has its key, the connection has shown; here is whether it
//! is the client's.

use std::sync::Arc;

use super::authentication::{AuthenticatedClient, admit, refused};
use super::authorities::ClientAuthorities;
use super::remote_keys::RemoteKeys;
use crate::clock::Timestamp;
use crate::error::Result;
use crate::protocol::certificate::ClientCertificate;
use crate::protocol::client_metadata::AuthMethod;
use crate::store::Client;

/// What checking certificates needs.
pub struct CertificateCheck<'a> {
    /// Who vouches for clients with `tls_client_auth`.
    pub authorities: Option<&'a ClientAuthorities>,
    /// The certificates that clients publish.
    pub remote_keys: &'a RemoteKeys,
    /// The present instant.
    pub now: Timestamp,
}

impl CertificateCheck<'_> {
    /// Authenticates a client that is registered for a certificate by the one that it came with.
    pub async fn authenticate(
        &self,
        certificate: Option<&ClientCertificate>,
        client: Arc<Client>,
    ) -> Result<AuthenticatedClient> {
        let method = client.metadata.token_endpoint_auth_method;
        let client = admit(Some(client), method)?;
        let certificate = certificate.ok_or_else(|| refused("no client certificate came with the request"))?;
        if !certificate.is_timely(self.now) {
            return Err(refused("the certificate is not valid yet, or no longer"));
        }
        match method {
            AuthMethod::TlsClientAuth => self.check_issued(certificate, &client)?,
            _ => self.check_registered(certificate, &client).await?,
        }
        Ok(AuthenticatedClient::proven(client))
    }

    /// RFC 8705 §2.1: an authority vouches for the certificate, and it bears the client's name.
    fn check_issued(&self, certificate: &ClientCertificate, client: &Client) -> Result<()> {
        let authorities = self.authorities.ok_or_else(|| refused("server.mtls.ca_file names no authority"))?;
        authorities
            .vouch_for(certificate, self.now)
            .map_err(|problem| refused(format_args!("no authority vouches for the certificate: {problem}")))?;
        let name = client.metadata.certificate_name.as_ref();
        if name.is_some_and(|name| name.is_borne_by(certificate)) {
            return Ok(());
        }
        Err(refused("the certificate bears another name than the registered one"))
    }

    /// RFC 8705 §2.2: the certificate is one of those that are registered or published for the client.
    async fn check_registered(&self, certificate: &ClientCertificate, client: &Client) -> Result<()> {
        let is_registered = match (&client.metadata.jwks, &client.metadata.jwks_uri) {
            (Some(keys), _) => keys.holds_certificate(&certificate.der),
            (None, Some(uri)) => self.is_published(uri.as_str(), certificate, client).await?,
            (None, None) => false,
        };
        if is_registered { Ok(()) } else { Err(refused("the certificate is none of those registered")) }
    }

    async fn is_published(&self, uri: &str, certificate: &ClientCertificate, client: &Client) -> Result<bool> {
        let keys = self.remote_keys.find_certificate(&client.id, uri, &certificate.der, self.now).await;
        Ok(keys.map_err(|problem| refused(format_args!("jwks_uri: {problem}")))?.holds_certificate(&certificate.der))
    }
}
