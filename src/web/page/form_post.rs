//! The page that carries an authorization response to the app by a form (`response_mode=form_post`).
//!
//! Send it with [`super::PageHeaders::with_script`]: a script file of ours presses the button; a person can, too.

use askama::Template;

use super::App;
use crate::web::text::Texts;

/// `form#form-post`.
#[derive(Template)]
#[template(path = "authorize/form_post.html")]
pub struct FormPost {
    /// The language.
    pub t: &'static Texts,
    /// The issuer's path, before every link.
    pub base: String,
    /// The app that receives the answer.
    pub app: App,
    /// The trusted redirect URI.
    pub redirect_uri: String,
    /// The parameters of the answer.
    pub parameters: Vec<(String, String)>,
}

#[cfg(test)]
impl super::tests::Sampled for FormPost {
    fn samples() -> Vec<(&'static str, Self)> {
        use super::tests::{HOSTILE, app, hostile_app};
        let sample = |app, redirect_uri: &str, state: &str| Self {
            t: Texts::sample(),
            base: String::new(),
            app,
            redirect_uri: redirect_uri.to_owned(),
            parameters: vec![("code".to_owned(), "clv_code_x".to_owned()), ("state".to_owned(), state.to_owned())],
        };
        vec![
            ("form_post", sample(app(), "https://harbour.example/cb", "af0ifjsldkj")),
            ("form_post_hostile", sample(hostile_app(), &format!("https://harbour.example/{HOSTILE}"), HOSTILE)),
        ]
    }
}
