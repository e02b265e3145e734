//! `/language`: the language that was picked at the foot of a page, for this browser. It leads back to that page.

use crate::web::language;
use crate::web::page::Problem;
use crate::web::visit::{PageResult, Visit};

/// Keeps it, and leads back.
pub(super) async fn pick(visit: Visit) -> PageResult {
    let query = visit.query()?;
    let picked = visit.value(&query, "to")?.unwrap_or_default();
    let back = visit.value(&query, "back")?.unwrap_or("/");
    // RFC 9700 §4.11.2
    let back = language::own_page(back).ok_or_else(|| visit.refuse(Problem::Malformed))?;
    let cookie = language::cookie(picked, visit.cx.issuer().is_https());
    let cookie = cookie.ok_or_else(|| visit.refuse(Problem::Malformed))?;
    let mut response = visit.redirect(back);
    response.add_cookie(&cookie).map_err(|_| visit.refuse(Problem::Internal))?;
    Ok(response)
}
