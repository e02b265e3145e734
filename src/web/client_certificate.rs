//! The certificate of the client that a request comes from (RFC 8705): the one that the connection to `server.mtls.listen`
//! brought, or the one that a trusted proxy passes on in `server.mtls.proxy_header`. What anybody else writes into that
//! header is ignored.

use std::any::Any;
use std::sync::Arc;

use actix_tls::accept::rustls_0_23::TlsStream;
use actix_web::HttpRequest;
use actix_web::dev::Extensions;
use actix_web::rt::net::TcpStream;

use crate::cx::Cx;
use crate::domain::tokens::inspect::AccessToken;
use crate::error::{ErrorCode, OAuthError, Result};
use crate::protocol::certificate::{self, ClientCertificate, Thumbprint};
use crate::web::origin;

/// What a connection brought: a certificate, or why it cannot be read.
struct OfConnection(Result<Arc<ClientCertificate>, String>);

/// Keeps the certificate that a new connection has brought, for its requests.
pub fn keep(connection: &dyn Any, data: &mut Extensions) {
    let Some(stream) = connection.downcast_ref::<TlsStream<TcpStream>>() else { return };
    let Some([own, others @ ..]) = stream.get_ref().1.peer_certificates() else { return };
    let intermediates = others.iter().map(|certificate| certificate.to_vec()).collect();
    data.insert(OfConnection(ClientCertificate::parse(own, intermediates).map(Arc::new)));
}

/// The certificate that `request` came with, if any: at `server.mtls.listen` that of the connection, elsewhere what a
/// trusted proxy passes on. Each place knows one way, so that nobody who connects himself has a header believed.
pub fn presented(request: &HttpRequest, cx: &Cx) -> Result<Option<Arc<ClientCertificate>>> {
    if cx.config.server.mtls.listen == Some(request.app_config().local_addr()) {
        of_connection(request)
    } else {
        passed_on(request, cx)
    }
}

fn of_connection(request: &HttpRequest) -> Result<Option<Arc<ClientCertificate>>> {
    let Some(OfConnection(certificate)) = request.conn_data::<OfConnection>() else { return Ok(None) };
    certificate.clone().map(Some).map_err(|problem| unreadable("The client's certificate", &problem))
}

/// RFC 8705 §6.5: the header counts only from a trusted proxy.
fn passed_on(request: &HttpRequest, cx: &Cx) -> Result<Option<Arc<ClientCertificate>>> {
    let server = &cx.config.server;
    let Some(name) = &server.mtls.proxy_header else { return Ok(None) };
    if !origin::is_from_proxy(request, &server.trusted_proxies) {
        return Ok(None);
    }
    let mut values = request.headers().get_all(name.as_str());
    let Some(value) = values.next() else { return Ok(None) };
    // A proxy that adds its own to what the client sent would leave the choice to us.
    if values.next().is_some() {
        return Err(unreadable(name, "came twice: the proxy must replace what clients send"));
    }
    let text = value.to_str().map_err(|_| unreadable(name, "is not ASCII"))?;
    let read = certificate::from_header(text).map_err(|problem| unreadable(name, &problem))?;
    Ok(read.map(Arc::new))
}

/// What tells the certificate of `request` from every other, if there is one.
pub fn thumbprint(request: &HttpRequest, cx: &Cx) -> Result<Option<Thumbprint>> {
    Ok(presented(request, cx)?.map(|certificate| certificate.thumbprint()))
}

/// RFC 8705 §3: a token that is bound to a certificate is good only in requests that come with it. One that cannot be read
/// is not that one.
pub fn must_fit(token: &AccessToken, request: &HttpRequest, cx: &Cx) -> Result<()> {
    if token.certificate.is_none() {
        return Ok(());
    }
    let presented = thumbprint(request, cx);
    token.must_come_with(presented.map_err(|error| OAuthError { code: ErrorCode::InvalidToken, ..error })?)
}

fn unreadable(what: &str, problem: &str) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidRequest, format!("{what} {problem}.")).because("unreadable client certificate")
}
