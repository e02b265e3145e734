//! `[metrics]`: Prometheus.

use std::net::SocketAddr;

use super::reader::Reader;

/// `[metrics]`
#[derive(Clone, Debug)]
pub struct MetricsConfig {
    /// Where `/metrics` is answered; nowhere if not set.
    pub listen: Option<SocketAddr>,
}

impl MetricsConfig {
    pub(super) fn read(reader: &mut Reader, server: SocketAddr) -> Self {
        let listen = reader.optional("metrics.listen");
        if listen == Some(server) {
            reader.refuse(
                "metrics.listen",
                "is where the server itself listens",
                "Write another port: metrics have a listener of their own, so that they need not be public.",
            );
        }
        Self { listen }
    }
}
