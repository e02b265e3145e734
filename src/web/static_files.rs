//! The stylesheet, the marks and the one script, built into the binary and served for ever under names that carry a
//! hash of their content.

use std::sync::LazyLock;

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use aws_lc_rs::digest::{SHA256, digest};

struct StaticFile {
    name: &'static str,
    url: String,
    content_type: &'static str,
    bytes: &'static [u8],
}

static FILES: LazyLock<[StaticFile; 4]> = LazyLock::new(|| {
    [
        file("claviger.css", "text/css; charset=utf-8", include_bytes!("../../static/claviger.css")),
        file("submit.js", "text/javascript; charset=utf-8", include_bytes!("../../static/submit.js")),
        file("mark.svg", "image/svg+xml", include_bytes!("../../static/mark.svg")),
        file("favicon.svg", "image/svg+xml", include_bytes!("../../static/favicon.svg")),
    ]
});

fn file(name: &'static str, content_type: &'static str, bytes: &'static [u8]) -> StaticFile {
    let hash: String =
        digest(&SHA256, bytes).as_ref().iter().take(6).flat_map(|byte| [byte >> 4, byte & 15]).map(hex_digit).collect();
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    StaticFile { name, url: format!("/static/{stem}.{hash}.{extension}"), content_type, bytes }
}

fn hex_digit(nibble: u8) -> char {
    char::from_digit(nibble.into(), 16).unwrap_or('0')
}

/// The path, under the issuer's, at which the file `name` is served.
///
/// Templates are its only callers; a test holds that every page names files that exist.
#[must_use]
pub fn static_url(name: &str) -> &'static str {
    FILES.iter().find(|file| file.name == name).map_or("/static/missing", |file| &file.url)
}

/// Mounts `/static/…`.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(web::resource("/static/{file}").route(web::get().to(serve)).route(web::head().to(serve)));
}

async fn serve(requested: web::Path<String>) -> HttpResponse {
    let found = FILES.iter().find(|file| file.url.strip_prefix("/static/") == Some(requested.as_str()));
    let Some(file) = found else {
        return HttpResponse::NotFound().insert_header((header::CACHE_CONTROL, "no-store")).finish();
    };
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, file.content_type))
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .body(file.bytes)
}

#[cfg(test)]
mod tests {
    use actix_web::http::StatusCode;
    use actix_web::{App, test};

    use super::*;

    async fn get(path: &str) -> actix_web::dev::ServiceResponse {
        let app = test::init_service(App::new().configure(routes)).await;
        test::call_service(&app, test::TestRequest::get().uri(path).to_request()).await
    }

    #[actix_web::test]
    async fn serves_each_file_for_ever_under_its_hash() {
        for file in FILES.iter() {
            let response = get(&file.url).await;
            assert_eq!(response.status(), StatusCode::OK);
            let header = |name| response.headers().get(name).unwrap().to_str().unwrap();
            assert_eq!(header(header::CONTENT_TYPE), file.content_type);
            assert_eq!(header(header::X_CONTENT_TYPE_OPTIONS), "nosniff");
            assert!(header(header::CACHE_CONTROL).contains("immutable"));
            assert_eq!(static_url(file.name), file.url);
            assert_eq!(file.url.split('.').nth(1).map(str::len), Some(12), "{}", file.url);
        }
    }

    #[actix_web::test]
    async fn knows_no_other_name() {
        for path in ["/static/claviger.css", "/static/claviger.000000000000.css", "/static/%2e%2e%2fCargo.toml"] {
            assert_eq!(get(path).await.status(), StatusCode::NOT_FOUND, "{path}");
        }
    }
}
