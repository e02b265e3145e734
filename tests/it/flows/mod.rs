//! Whole flows, as other people's software goes through them.

mod examples;
mod first_start;
mod openidconnect_crate;
mod registration;
