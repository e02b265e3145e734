//! When a person has to be asked.
