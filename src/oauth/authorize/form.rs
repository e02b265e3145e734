//! The request as a form (OIDC Core §3.1.2.1).

use actix_web::{HttpRequest, web};

use super::explanation::Explanation;
use crate::oauth::form::is_form;
use crate::web::page::Problem;

/// The body of a POST that is a form and nothing but a form.
pub(super) fn body(http: &HttpRequest, body: actix_web::Result<web::Bytes>) -> Result<web::Bytes, Explanation> {
    let refused = |reason, text| {
        let remedy =
            "Send all parameters in the body as application/x-www-form-urlencoded, or all in the query of a GET.";
        // OIDC Core §13.2: a form is sent as application/x-www-form-urlencoded.
        Explanation::new(Problem::Malformed, reason).rule("OIDC Core §13.2", text, remedy)
    };
    if !is_form(http) {
        return Err(refused("no form", "The body of the request is not a form."));
    }
    if !http.query_string().is_empty() {
        // Two places would be two requests: which of them counts, two readers could see differently.
        return Err(refused("form and query", "The request has parameters in its query and in its body."));
    }
    body.map_err(|_| refused("form too long", "The body of the request is too long or incomplete."))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    const FORM: &str = "application/x-www-form-urlencoded";

    /// OIDC Core §13.2: parameters in the body, as a form.
    #[test]
    fn takes_a_form_and_nothing_else() {
        for (uri, content_type, expected) in [
            ("/oauth2/authorize", FORM, None),
            ("/oauth2/authorize", "Application/X-WWW-Form-Urlencoded; charset=UTF-8", None),
            ("/oauth2/authorize", "application/json", Some("no form")),
            ("/oauth2/authorize", "multipart/form-data", Some("no form")),
            ("/oauth2/authorize?client_id=app", FORM, Some("form and query")),
        ] {
            let http = TestRequest::post().uri(uri).insert_header(("content-type", content_type)).to_http_request();
            let outcome = body(&http, Ok(web::Bytes::from_static(b"client_id=app")));
            assert_eq!(outcome.err().map(|refused| refused.outline().1), expected, "{uri} {content_type}");
        }
    }
}
