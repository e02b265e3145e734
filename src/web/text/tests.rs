//! Every language has every text, and says with each what the others say with it.

use std::collections::{BTreeMap, BTreeSet};

use super::*;

/// The messages of a language as its files have them, each with its text.
fn messages(language: &Language) -> BTreeMap<&str, String> {
    let mut messages: BTreeMap<&str, String> = BTreeMap::new();
    let mut last = "";
    for line in language.files().iter().flat_map(|file| file.lines()).filter(|line| !line.starts_with('#')) {
        match line.split_once('=').filter(|_| line.starts_with(|first: char| first.is_ascii_lowercase())) {
            Some((id, text)) => {
                last = id.trim();
                assert!(messages.insert(last, text.to_owned()).is_none(), "{}: {last} is there twice", language.tag);
            }
            None => messages.entry(last).or_default().push_str(line),
        }
    }
    messages.remove("");
    messages
}

fn arguments(text: &str) -> BTreeSet<&str> {
    let end = |rest: &str| rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
    text.split('$').skip(1).map(|rest| &rest[..end(rest)]).collect()
}

#[test]
fn every_language_has_every_text_and_no_other() {
    for language in &LANGUAGES {
        let (_, source) = language.read();
        assert!(source.faults.is_empty(), "{}: {:#?}", language.tag, source.faults);
        let there: BTreeSet<_> = messages(language).into_keys().map(str::to_owned).collect();
        let unused: Vec<_> = there.difference(&source.asked).collect();
        assert!(unused.is_empty(), "{}: no page has these: {unused:#?}", language.tag);
    }
}

#[test]
fn every_language_has_room_for_the_same_values() {
    let english = messages(&LANGUAGES[0]);
    for language in &LANGUAGES[1..] {
        for (id, text) in messages(language) {
            let expected = english.get(id).map(|text| arguments(text)).unwrap_or_default();
            assert_eq!(arguments(&text), expected, "{}: {id}", language.tag);
        }
    }
}

#[test]
fn no_text_is_left_in_english() {
    let english = messages(&LANGUAGES[0]);
    for language in &LANGUAGES[1..] {
        // A word may be spelt alike in two languages; a sentence is not.
        let same = |(id, text): &(&str, String)| english.get(id) == Some(text) && text.split_whitespace().count() > 4;
        let left: Vec<_> = messages(language).into_iter().filter(same).map(|(id, _)| id).collect();
        assert!(left.is_empty(), "{}: {left:#?}", language.tag);
    }
}

#[test]
fn counts_by_the_rules_of_the_language() {
    let minutes = |tag: &str, count: u64| Language::find(tag).unwrap().texts().mail.minutes.with(count);
    assert_eq!((minutes("en", 1), minutes("en", 2)), ("a minute".to_owned(), "2 minutes".to_owned()));
    assert_eq!((minutes("de", 1), minutes("de", 30)), ("einer Minute".to_owned(), "30 Minuten".to_owned()));
    let arabic: BTreeSet<_> = [1, 2, 3, 11, 100].map(|count| minutes("ar", count).replace(char::is_numeric, "")).into();
    assert_eq!(arabic.len(), 4, "{arabic:?}");
}

#[test]
fn fills_the_gap_of_a_phrase() {
    let phrase = Texts::english().sign_in.to_app;
    assert_eq!(phrase.with("Harbour"), "to continue to Harbour");
    assert_eq!((phrase.before(), phrase.after()), ("to continue to ", ""));
    assert_eq!(phrase.with("<b>{ $app }"), "to continue to <b>{ $app }");
}

#[test]
fn speaks_english_where_it_knows_nothing_better() {
    for ui_locales in ["", "xx", "xx-YY en-GB", "EN"] {
        assert_eq!(Texts::preferring(ui_locales).unwrap_or_else(Texts::english).lang, "en");
    }
    assert_eq!(Texts::preferring("xx de-CH fr").unwrap().lang, "de");
}

#[test]
fn has_words_for_the_standard_scopes_only() {
    let scopes = &Texts::english().scopes;
    for scope in ["openid", "profile", "email", "address", "phone", "offline_access"] {
        assert!(scopes.words(scope).is_some_and(|words| !words.contains('_')), "{scope}");
    }
    assert_eq!(scopes.words("https://api.example/read"), None);
}
