//! Whole flows, as other people's software goes through them.

mod examples;
mod openidconnect_crate;
