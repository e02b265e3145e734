//! Paths where there is no page.

use actix_web::HttpResponse;
use actix_web::http::header;

use crate::web::error_page;
use crate::web::page::Problem;
use crate::web::visit::Visit;

/// A page for people, one line for programs.
pub(super) async fn show(visit: Visit) -> HttpResponse {
    if prefers_html(&visit) {
        return error_page::send(&visit.cx, &visit.request, Problem::NotFound);
    }
    HttpResponse::NotFound()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CONTENT_TYPE, "text/plain; charset=utf-8"))
        .body("There is nothing at this path.\n")
}

/// Browsers name HTML in `Accept`, programs seldom do.
fn prefers_html(visit: &Visit) -> bool {
    let accept = visit.request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}
