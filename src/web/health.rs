//! Whether the server lives, and whether it can serve: for load balancers and orchestrators.
//!
//! Both are public, so an answer names what failed and nothing about it; the log says why.

use std::time::{Duration, Instant};

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use serde_json::json;
use tokio::time::timeout;

use crate::cx::Cx;

/// A database that takes longer than this serves nobody.
const PATIENCE: Duration = Duration::from_secs(2);

/// Mounts `/healthz` and `/readyz`.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/healthz").route(web::get().to(alive)).route(web::head().to(alive)))
        .service(web::resource("/readyz").route(web::get().to(ready)).route(web::head().to(ready)));
}

async fn alive() -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(json!({ "status": "alive" }))
}

async fn ready(cx: web::Data<Cx>) -> HttpResponse {
    let checks = [("database", database_answers(&cx).await), ("signing_keys", can_sign(&cx))];
    let failed: Vec<&str> = checks.iter().filter(|(_, is_well)| !is_well).map(|(name, _)| *name).collect();
    let (mut response, body) = if failed.is_empty() {
        (HttpResponse::Ok(), json!({ "status": "ready" }))
    } else {
        (HttpResponse::ServiceUnavailable(), json!({ "status": "not ready", "failed": failed }))
    };
    response.insert_header((header::CACHE_CONTROL, "no-store")).json(body)
}

async fn database_answers(cx: &Cx) -> bool {
    match database_latency(cx).await {
        Ok(_) => true,
        Err(error) => {
            tracing::error!(%error, "not ready: the database does not answer");
            false
        }
    }
}

/// How long the database takes to answer; an error that says why if it does not.
pub(super) async fn database_latency(cx: &Cx) -> Result<Duration, String> {
    let start = Instant::now();
    match timeout(PATIENCE, cx.store.ping(|| start.elapsed())).await {
        Ok(Ok(latency)) => Ok(latency),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err(format!("no answer within {} s", PATIENCE.as_secs())),
    }
}

fn can_sign(cx: &Cx) -> bool {
    let can = cx.keys.current().algorithms(cx.now()).next().is_some();
    if !can {
        tracing::error!("not ready: no signing key is active");
    }
    can
}
