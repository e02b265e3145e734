//! Clients that look after their registration (RFC 7592).
