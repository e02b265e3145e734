//! Long lists: a page of them at a time, each beginning where the last one ended.

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
