//! Long lists: a page at a time, each beginning where the last one ended.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::problem::{Kind, Problem};

/// Items of a page where a request does not say.
const USUAL: u64 = 50;
/// The most items of a page.
const MOST: u64 = 100;
/// No cursor of ours, and no beginning of a name, is longer.
const LONGEST: usize = 300;

/// Which part of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Part {
    /// How many items at most.
    #[param(minimum = 1, maximum = 100, default = 50)]
    pub limit: Option<u64>,
    /// Where to go on: the `next` of the page before.
    #[param(max_length = 300)]
    pub after: Option<String>,
}

/// A part of a list that can be searched.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Search {
    /// Only what begins so: names and identifiers, names in any case.
    #[param(max_length = 300)]
    pub q: Option<String>,
    /// How many items at most.
    #[param(minimum = 1, maximum = 100, default = 50)]
    pub limit: Option<u64>,
    /// Where to go on: the `next` of the page before.
    #[param(max_length = 300)]
    pub after: Option<String>,
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Page<T: ToSchema> {
    /// What is on it.
    pub items: Vec<T>,
    /// Send this as `after` for the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub next: Option<String>,
}

impl Part {
    /// The limit, within its bounds.
    pub fn limit(&self) -> Result<u64, Problem> {
        within(self.limit)
    }

    /// The cursor as what it has to be.
    pub fn after<T: std::str::FromStr>(&self) -> Result<Option<T>, Problem> {
        let parsed = self.after.as_deref().filter(|text| !text.is_empty()).map(str::parse).transpose();
        parsed.map_err(|_| Problem::new(Kind::Malformed, "after: Send the next of the page before, as it is."))
    }
}

impl Search {
    /// The limit, within its bounds.
    pub fn limit(&self) -> Result<u64, Problem> {
        within(self.limit)
    }

    /// What to look for, if anything.
    pub fn sought(&self) -> Result<Option<&str>, Problem> {
        Ok(plain("q", self.q.as_deref())?.map(str::trim).filter(|text| !text.is_empty()))
    }

    /// The cursor, a text.
    pub fn after(&self) -> Result<Option<&str>, Problem> {
        Ok(plain("after", self.after.as_deref())?.filter(|text| !text.is_empty()))
    }
}

impl<T: ToSchema> Page<T> {
    /// From one row more than the page shows, if there were as many; `cursor` names the row after which the next begins.
    pub fn new<R>(mut rows: Vec<R>, limit: u64, cursor: impl Fn(&R) -> String, item: impl Fn(&R) -> T) -> Self {
        let shown = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > shown;
        rows.truncate(shown);
        let next = rows.last().filter(|_| more).map(cursor);
        Self { items: rows.iter().map(item).collect(), next }
    }
}

fn within(limit: Option<u64>) -> Result<u64, Problem> {
    let limit = limit.unwrap_or(USUAL);
    if (1..=MOST).contains(&limit) {
        return Ok(limit);
    }
    Err(Problem::new(Kind::Malformed, format!("limit: Send a number from 1 to {MOST}.")))
}

/// A text as it can stand in the database.
pub(super) fn plain<'a>(name: &str, text: Option<&'a str>) -> Result<Option<&'a str>, Problem> {
    let is_plain = |text: &str| text.chars().count() <= LONGEST && !text.contains('\0');
    match text {
        Some(text) if !is_plain(text) => {
            Err(Problem::new(Kind::Malformed, format!("{name}: Send {LONGEST} characters at most, and no NUL.")))
        }
        text => Ok(text),
    }
}
