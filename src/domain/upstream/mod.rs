//! Sign-in through other providers: OpenID providers by discovery, plain OAuth 2.0 ones by a mapping of what they tell.
//!
//! [`providers`] sends people there and finds out who came back; [`decide`] says who that is here; [`accounts`] writes it
//! down. Nothing is believed of an address that the provider has not verified.

pub mod account;
pub mod accounts;
pub mod beginning;
mod call;
pub mod decide;
mod fault;
pub mod leaving;
mod openid;
mod plain;
pub mod providers;

pub use fault::UpstreamFault;
