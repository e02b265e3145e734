//! A TLS client that trusts every server, to see what one shows.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{ResolvesClientCert, WebPkiServerVerifier};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    ClientConfig, ClientConnection, DigitallySignedStruct, Error, RootCertStore, SignatureScheme, StreamOwned,
};

/// An open connection.
pub struct TlsClient(StreamOwned<ClientConnection, TcpStream>);

/// Believes that a server is who it says, if it has the key that goes with it.
#[derive(Debug)]
struct Trusting(Arc<WebPkiServerVerifier>);

impl TlsClient {
    /// Connects, with what `certificates` gives if anything, and finishes the handshake.
    pub fn connect(address: SocketAddr, certificates: Option<Arc<dyn ResolvesClientCert>>) -> io::Result<Self> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let mut roots = RootCertStore::empty();
        let pem = include_bytes!("../../keys/tls-ca.crt.pem");
        roots.add(rustls::pki_types::pem::PemObject::from_pem_slice(pem).unwrap()).unwrap();
        let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build();
        let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let config = config.dangerous().with_custom_certificate_verifier(Arc::new(Trusting(verifier.unwrap())));
        let config = match certificates {
            Some(certificates) => config.with_client_cert_resolver(certificates),
            None => config.with_no_client_auth(),
        };
        let connection = ClientConnection::new(Arc::new(config), "localhost".try_into().unwrap()).unwrap();
        let socket = TcpStream::connect(address)?;
        socket.set_read_timeout(Some(Duration::from_secs(10)))?;
        let mut stream = StreamOwned::new(connection, socket);
        stream.flush()?;
        while stream.conn.is_handshaking() {
            stream.conn.complete_io(&mut stream.sock)?;
        }
        Ok(Self(stream))
    }

    /// The certificate that the server has shown, in DER.
    pub fn shown(&self) -> Vec<u8> {
        self.0.conn.peer_certificates().unwrap()[0].to_vec()
    }

    /// Sends a request and reads the answer until `end` has come; the connection stays open.
    pub fn ask(&mut self, request: &str, end: &str) -> io::Result<String> {
        self.0.write_all(request.as_bytes())?;
        let mut answer = Vec::new();
        let mut buffer = [0; 1024];
        loop {
            let text = String::from_utf8_lossy(&answer).into_owned();
            if text.contains(end) {
                return Ok(text);
            }
            match self.0.read(&mut buffer)? {
                0 => return Err(io::Error::other(text)),
                count => answer.extend_from_slice(&buffer[..count]),
            }
        }
    }
}

impl ServerCertVerifier for Trusting {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}
