//! Long lists: a page of them at a time, each beginning where the last one ended.

use crate::clock::Timestamp;

/// Rows that one page shows.
pub(super) const ROWS: u64 = 50;

/// One page of a list.
pub(super) struct Listing<T> {
    pub rows: Vec<T>,
    /// Whether more follow.
    pub more: bool,
}

impl<T> Listing<T> {
    /// From one row more than a page shows, if there were as many.
    pub fn new(mut rows: Vec<T>) -> Self {
        let shown = usize::try_from(ROWS).unwrap_or(usize::MAX);
        let more = rows.len() > shown;
        rows.truncate(shown);
        Self { rows, more }
    }
}

/// A text as part of an address.
pub(super) fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

/// An instant as people read it, to the minute.
pub(super) fn when(at: Timestamp) -> String {
    let text = at.to_rfc3339();
    match (text.get(..10), text.get(11..16)) {
        (Some(day), Some(minute)) => format!("{day} {minute}"),
        _ => text,
    }
}
