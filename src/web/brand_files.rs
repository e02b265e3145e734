//! `/brand/…`: the picture of the installation, and the stylesheet of any colour that can be read.

use actix_web::http::header;
use actix_web::{HttpResponse, web};

use crate::cx::Cx;
use crate::protocol::colour::{Accent, Colour};

/// Mounts `/brand/…`.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(web::resource("/brand/{file}").route(web::get().to(serve)).route(web::head().to(serve)));
}

async fn serve(cx: web::Data<Cx>, file: web::Path<String>) -> HttpResponse {
    if let Some(accent) = accent_of(&file) {
        return answer("text/css; charset=utf-8", accent.stylesheet().into_bytes());
    }
    match cx.brand.file(&format!("/brand/{file}")) {
        Some(logo) => answer(logo.format.names().0, logo.bytes.clone()),
        None => HttpResponse::NotFound().insert_header((header::CACHE_CONTROL, "no-store")).finish(),
    }
}

/// Any colour that can be read has a stylesheet: it holds nothing else.
fn accent_of(file: &str) -> Option<Accent> {
    let digits = file.strip_prefix("accent-")?.strip_suffix(".css")?;
    let colour = Colour::parse(&format!("#{digits}")).filter(|colour| colour.to_string().ends_with(digits))?;
    Accent::new(colour).ok()
}

fn answer(content_type: &'static str, bytes: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, content_type))
        .insert_header((header::CACHE_CONTROL, "public, max-age=86400"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        // A drawing can hold a script, which would run where the picture is opened alone.
        .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; sandbox"))
        .body(bytes)
}
