//! What Prometheus is told, on a listener of its own.
//!
//! Counters and histograms are kept by the recorder, which is there only if `metrics.listen` is set: without it,
//! counting costs next to nothing. Gauges are looked up when they are asked for ([`Gauges`]) and written by us, so that
//! a signing key that has gone leaves no series behind.

mod gauges;

use std::net::TcpListener;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use ::metrics::{Unit, counter, describe_counter, describe_histogram, histogram};
use actix_web::dev::Server;
use actix_web::http::{StatusCode, header};
use actix_web::{App, HttpResponse, HttpServer, rt, web};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use self::gauges::Gauges;
use crate::cx::Cx;
use crate::domain::counters;

const REQUESTS: &str = "claviger_requests_total";
const REQUEST_DURATION: &str = "claviger_request_duration_seconds";
/// From half a millisecond, which a machine token takes, to what nobody waits for.
const DURATION_BUCKETS: [f64; 14] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
/// How often the recorder sorts the samples of its histograms away; otherwise they pile up between two scrapes.
const UPKEEP: Duration = Duration::from_secs(5);

struct Recorder {
    handle: PrometheusHandle,
    since: Instant,
}

static RECORDER: OnceLock<Recorder> = OnceLock::new();

/// Begins to count, once per process.
pub fn install() {
    RECORDER.get_or_init(|| {
        let buckets = Matcher::Full(REQUEST_DURATION.to_owned());
        let builder = PrometheusBuilder::new().set_buckets_for_metric(buckets, &DURATION_BUCKETS);
        let recorder = builder.unwrap_or_default().build_recorder();
        let handle = recorder.handle();
        if ::metrics::set_global_recorder(recorder).is_err() {
            tracing::error!("something else counts in this process: /metrics stays without counters");
        }
        describe();
        Recorder { handle, since: Instant::now() }
    });
}

fn describe() {
    describe_counter!(REQUESTS, "Answered requests, by route, method and status.");
    describe_histogram!(REQUEST_DURATION, Unit::Seconds, "How long requests took, by route.");
    for (name, help) in counters::ALL {
        describe_counter!(name, help);
    }
}

/// Whether anybody looks at the counts.
#[must_use]
pub fn are_counted() -> bool {
    RECORDER.get().is_some()
}

/// Counts an answered request. `route` is the pattern that it matched: paths are without number.
pub fn count_request(method: &'static str, route: Option<&str>, status: StatusCode, took: Duration) {
    if !are_counted() {
        return;
    }
    let route = route.unwrap_or("unmatched").to_owned();
    counter!(REQUESTS, "route" => route.clone(), "method" => method, "status" => status.as_str().to_owned())
        .increment(1);
    histogram!(REQUEST_DURATION, "route" => route).record(took);
}

/// Serves `/metrics` at `listener` until it is stopped.
pub fn serve(cx: Arc<Cx>, listener: TcpListener) -> std::io::Result<Server> {
    install();
    let cx = web::Data::from(cx);
    let server = HttpServer::new(move || App::new().app_data(cx.clone()).route("/metrics", web::get().to(scrape)))
        .workers(1)
        .disable_signals()
        .shutdown_timeout(1)
        .listen(listener)?;
    rt::spawn(async {
        loop {
            rt::time::sleep(UPKEEP).await;
            if let Some(recorder) = RECORDER.get() {
                recorder.handle.run_upkeep();
            }
        }
    });
    Ok(server.run())
}

async fn scrape(cx: web::Data<Cx>) -> HttpResponse {
    let Some(recorder) = RECORDER.get() else { return HttpResponse::NotFound().finish() };
    let counted = recorder.handle.render();
    let gauges = Gauges::read(&cx, recorder.since.elapsed()).await;
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8"))
        .body(format!("{counted}{gauges}"))
}
