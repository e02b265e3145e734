//! The stylesheet, the marks and the scripts, built into the binary and served for ever under names that carry a
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

static FILES: LazyLock<[StaticFile; 10]> = LazyLock::new(|| {
    [
        file("claviger.css", "text/css; charset=utf-8", include_bytes!("../../static/claviger.css")),
        file("console.css", "text/css; charset=utf-8", include_bytes!("../../static/console.css")),
        file("submit.js", "text/javascript; charset=utf-8", include_bytes!("../../static/submit.js")),
        file("copy.js", "text/javascript; charset=utf-8", include_bytes!("../../static/copy.js")),
        file("onward.js", "text/javascript; charset=utf-8", include_bytes!("../../static/onward.js")),
        file("check_session.js", "text/javascript; charset=utf-8", include_bytes!("../../static/check_session.js")),
        file("passkeys.js", "text/javascript; charset=utf-8", include_bytes!("../../static/passkeys.js")),
        file("console.js", "text/javascript; charset=utf-8", include_bytes!("../../static/console.js")),
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
    use actix_web::{App, test as http};

    use super::*;

    /// The relative luminance and contrast of WCAG 2.2, of two colours written `#rrggbb`.
    fn contrast(one: &str, other: &str) -> f64 {
        let luminance = |colour: &str| {
            let channel = |at: usize| {
                let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
                if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
            };
            0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5) + 0.05
        };
        let (one, other) = (luminance(one), luminance(other));
        one.max(other) / one.min(other)
    }

    #[test]
    fn can_be_read_in_light_and_in_dark() {
        let css = include_str!("../../static/claviger.css");
        let (light, dark) = css.split_once("@media (prefers-color-scheme: dark)").unwrap();
        let colour = |block: &'static str, name: &str| {
            let value = block.split_once(&format!("--{name}: "))?.1.get(..7)?;
            Some(value)
        };
        for (mode, block) in [("light", light), ("dark", dark)] {
            let colour = |name| colour(block, name).or_else(|| colour(light, name)).unwrap();
            for (text, ground, at_least) in [
                ("ink", "card", 7.0),
                ("ink", "paper", 7.0),
                ("ink", "good-paper", 7.0),
                ("ink-soft", "card", 4.5),
                ("ink-soft", "paper", 4.5),
                ("accent", "card", 4.5),
                ("accent", "paper", 4.5),
                ("on-accent", "accent", 4.5),
                ("on-accent", "accent-deep", 4.5),
                ("fault", "card", 4.5),
                ("fault", "fault-paper", 4.5),
                ("edge", "card", 3.0),
                ("brass", "card", 3.0),
                ("brass", "paper", 3.0),
            ] {
                let found = contrast(colour(text), colour(ground));
                assert!(found >= at_least, "{mode}: {text} on {ground} has {found:.2}, needs {at_least}");
            }
        }
    }

    async fn get(path: &str) -> actix_web::dev::ServiceResponse {
        let app = http::init_service(App::new().configure(routes)).await;
        http::call_service(&app, http::TestRequest::get().uri(path).to_request()).await
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
