//! How often whoever comes in may: rates over any stretch of time, quotas for a calendar day or month.
//!
//! One server counts exactly: of requests that come at once, never one more passes than the limit. Servers on one
//! database tell each other every [`EXCHANGE`] what they have let pass, so that together they let pass at most what the
//! limit says and what the others let pass since they last told. Rates by the second are each server's own.
//!
//! Counts are kept in memory while somebody is active, and carried to the database with the exchange; a server that is
//! killed forgets what it has not told.

mod exchange;
mod limit;
mod limiter;
mod per_address;
mod window;

pub use exchange::{EXCHANGE, exchange};
pub use limit::{Admission, Limits, Standing};
pub use limiter::{Limiter, Subject};
pub use per_address::{PerAddress, party};
