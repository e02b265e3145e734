//! A person's own picture: what it is, and another one in its place.

use askama::Template;

use crate::web::text::Texts;

/// `form#own-picture`, with the file `picture`; `decision` is `put` or `remove`.
#[derive(Template)]
#[template(path = "account/picture.html")]
pub struct OwnPicture {
    /// The language.
    pub t: &'static Texts,
    /// The issuer's path, before every link.
    pub base: String,
    /// The token of [`crate::web::csrf::Csrf`].
    pub csrf: String,
    /// The path of the picture, if it is kept here.
    pub kept: Option<String>,
    /// Where apps are told that it is, if there is one.
    pub address: Option<String>,
    /// What came of it.
    pub outcome: OwnPictureOutcome,
}

/// How the form stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnPictureOutcome {
    /// Nothing was sent yet.
    Open,
    /// It was saved.
    Saved,
    /// It was taken away.
    Removed,
    /// There was none in what was sent.
    NoneChosen,
    /// That is no picture that is read here.
    Unreadable,
    /// It is too large.
    TooLarge,
}

impl OwnPicture {
    fn good(&self) -> Option<&'static str> {
        match self.outcome {
            OwnPictureOutcome::Saved => Some(self.t.own_picture.saved),
            OwnPictureOutcome::Removed => Some(self.t.own_picture.removed),
            _ => None,
        }
    }

    fn problem(&self) -> Option<&'static str> {
        match self.outcome {
            OwnPictureOutcome::NoneChosen => Some(self.t.own_picture.none_chosen),
            OwnPictureOutcome::Unreadable => Some(self.t.own_picture.unreadable),
            OwnPictureOutcome::TooLarge => Some(self.t.own_picture.too_large),
            _ => None,
        }
    }
}

#[cfg(test)]
impl super::tests::Sampled for OwnPicture {
    fn samples() -> Vec<(&'static str, Self)> {
        use super::tests::{CSRF, HOSTILE};
        let sample = |kept: Option<&str>, address: Option<&str>, outcome| Self {
            t: Texts::sample(),
            base: String::new(),
            csrf: CSRF.to_owned(),
            kept: kept.map(str::to_owned),
            address: address.map(str::to_owned),
            outcome,
        };
        let (kept, address) = (Some("/pictures/kept.jpg"), Some("https://id.example/pictures/kept.jpg"));
        let elsewhere = Some("https://pictures.example/ada.png");
        vec![
            ("own_picture", sample(None, None, OwnPictureOutcome::Open)),
            ("own_picture_kept", sample(kept, address, OwnPictureOutcome::Saved)),
            ("own_picture_elsewhere", sample(None, elsewhere, OwnPictureOutcome::Open)),
            ("own_picture_removed", sample(None, None, OwnPictureOutcome::Removed)),
            ("own_picture_none_chosen", sample(None, None, OwnPictureOutcome::NoneChosen)),
            ("own_picture_unreadable", sample(kept, address, OwnPictureOutcome::Unreadable)),
            ("own_picture_too_large", sample(None, None, OwnPictureOutcome::TooLarge)),
            ("own_picture_hostile", sample(None, Some(HOSTILE), OwnPictureOutcome::Open)),
        ]
    }
}
