//! HTTP machinery that is not OAuth: page rendering and its words, security headers, static files, CSRF.
//!
//! Features (`oauth`, `pages`, `admin`) call it; it knows none of them, and no rule of a protocol lives here.

pub mod csrf;
pub mod headers;
pub mod page;
pub mod static_files;
pub mod text;
