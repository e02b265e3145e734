//! What admins use: the console, and the API that does the same for programs.

mod api;
mod console;

use actix_web::web::ServiceConfig;

pub use api::{apologize as api_apology, root_routes, routes as api_routes};

/// Every page of the console.
pub fn routes(config: &mut ServiceConfig) {
    console::routes(config);
}
