//! `/oauth2/check_session`: the frame by which an app's page learns, without asking the server, that who is signed in has
//! changed (OpenID Connect Session Management 1.0). The same for everybody: its script reads the cookie.

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

use crate::cx::Cx;
use crate::web::browser_session::state_cookie_name;
use crate::web::error_page;
use crate::web::headers::PageHeaders;
use crate::web::page::{self, CheckSession};

/// Where it is, under the issuer.
pub const PATH: &str = "/oauth2/check_session";

/// The frame, where the settings have one.
pub fn routes(config: &mut ServiceConfig) {
    config.service(web::resource(PATH).get(show).default_service(web::to(wrong_method)));
}

async fn show(request: HttpRequest, cx: Data<Cx>) -> HttpResponse {
    if !cx.config.sessions.session_management {
        return error_page::send(&cx, &request, page::Problem::NotFound);
    }
    let https = cx.issuer().is_https();
    let frame = CheckSession { base: cx.base(), cookie: state_cookie_name(https) };
    page::respond(&frame, StatusCode::OK, &PageHeaders::new(https).with_script().framed_by_anybody())
}

async fn wrong_method(request: HttpRequest, cx: Data<Cx>) -> HttpResponse {
    error_page::wrong_method(&cx, &request, "GET")
}
