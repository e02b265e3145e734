//! Claviger, an OAuth 2.0 and OpenID Connect authorization server.
//!
//! The map of the house, top down; a file imports from a lower line or from its own folder:
//!
//! - [`app`] wires everything together; [`cli`] is what an operator types, [`oauth`] what programs call, [`pages`]
//!   what people see, [`admin`] what admins use.
//! - [`web`] is HTTP machinery that is not OAuth; [`cx`] is the bundle that features are handed.
//! - [`domain`] is what the server knows and does; [`store`] the only place that speaks SQL.
//! - [`protocol`], [`error`], [`config`] and [`clock`] are words and pure rules, without I/O.
//!
//! Where do I add … a grant? A file in `oauth/token/` and a line in its `GRANTS`. A setting? `config/`. A page?
//! `pages/` and `templates/`. A table? `migrations/` and a file in `store/`. `docs/architecture.md` tells more.

pub mod admin;
pub mod app;
pub mod cli;
pub mod clock;
pub mod config;
pub mod cx;
pub mod domain;
pub mod error;
pub mod ids;
pub mod logging;
pub mod oauth;
pub mod pages;
pub mod protocol;
pub mod store;
pub mod web;
