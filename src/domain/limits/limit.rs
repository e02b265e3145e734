//! What somebody is limited to, and how they stand.

use std::time::Duration;

pub use crate::protocol::allowance::Standing;
use crate::protocol::allowance::{Quota, RateLimit};

/// What somebody is limited to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// In any stretch of time.
    pub rate: Option<RateLimit>,
    /// In a calendar day or month.
    pub quota: Option<Quota>,
}

impl Limits {
    /// Whether there are none.
    #[must_use]
    pub const fn is_none(&self) -> bool {
        self.rate.is_none() && self.quota.is_none()
    }
}

/// Whether a request passes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Admission {
    /// How things stand after it with each limit.
    pub standings: Vec<Standing>,
    /// After how long to ask again, if it does not pass.
    pub retry_after: Option<Duration>,
}

impl Admission {
    /// Whether the request passes.
    #[must_use]
    pub const fn passes(&self) -> bool {
        self.retry_after.is_none()
    }
}
