//! What strangers do where clients register themselves.
