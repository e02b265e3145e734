//! Resources and scopes: what is declared and registered, as it is in force now.

pub mod live;
