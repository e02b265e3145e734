//! What admins use: the console.

mod console;

pub use console::routes;
