//! The frame by which apps watch whether who is signed in has changed. It shows nothing.

use crate::web::brand::Base;
use askama::Template;

/// Send it with [`super::PageHeaders::with_script`] and [`super::PageHeaders::framed_by_anybody`].
#[derive(Template)]
#[template(path = "authorize/check_session.html")]
pub struct CheckSession {
    /// The issuer's path, before every link.
    pub base: Base,
    /// The cookie that the script reads.
    pub cookie: &'static str,
}
