//! Wiring: from the bundle to a server that answers, and its life until it is told to stop. One line a feature.

use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::middleware::from_fn;
use actix_web::{HttpServer, rt, web};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::timeout;

use crate::config::TlsFiles;
use crate::cx::Cx;
use crate::domain::counters::count_certificate_renewal;
use crate::domain::jobs::{Jobs, every};
use crate::domain::keys::keeper::KeeperError;
use crate::domain::mail::delivery;
use crate::domain::own_api;
use crate::web::request_log::{self, RequestLog};
use crate::web::tls::ServerCertificate;
use crate::web::{brand_files, browser_session, client_certificate, health, metrics, static_files};
use crate::{admin, oauth, pages};

/// How long the end may be put off for the sealing of the last events.
const LAST_SEAL: Duration = Duration::from_secs(2);
/// How soon a renewed certificate is noticed that nobody tells us of.
const CERTIFICATE_LOOK: Duration = Duration::from_secs(10);

/// A server that is ready to listen.
#[derive(Clone)]
pub struct App {
    /// What its features are handed.
    pub cx: Arc<Cx>,
}

impl App {
    /// A server over `cx`.
    #[must_use]
    pub fn new(cx: Cx) -> Self {
        Self { cx: Arc::new(cx) }
    }

    /// Every route, under the issuer's path, and what all of them share.
    pub fn routes(&self, config: &mut web::ServiceConfig) {
        config
            .app_data(web::Data::from(Arc::clone(&self.cx)))
            .app_data(web::Data::new(self.request_log()))
            .app_data(web::PayloadConfig::new(self.cx.config.server.max_body_size.bytes()));
        let base = self.cx.issuer().path();
        oauth::discovery::root_routes(config, base);
        oauth::webfinger::root_routes(config);
        admin::root_routes(config, base);
        let cx = web::Data::from(Arc::clone(&self.cx));
        // The scope with sessions takes every path that is left, so it comes last.
        config.service(
            web::scope(base)
                .configure(oauth::routes)
                .configure(health::routes)
                .configure(static_files::routes)
                .configure(brand_files::routes)
                .configure(admin::api_routes)
                .service(browser_session::scope(&cx, |config| {
                    config
                        .configure(oauth::authorize::routes)
                        .configure(oauth::forward_auth::session_routes)
                        .configure(admin::routes)
                        .configure(pages::routes);
                })),
        );
    }

    /// The request log, which apologizes to programs of the API in its form.
    fn request_log(&self) -> RequestLog {
        let issuer = self.cx.issuer().clone();
        let apology = move |status, id: &str| admin::api_apology(&issuer, status, id);
        RequestLog::new(&self.cx).apologizing_below(own_api::PATH, apology)
    }

    /// Answers requests that arrive at `listener`, until the server is stopped by its handle.
    pub fn serve(&self, listener: TcpListener) -> io::Result<Server> {
        self.serve_with(listener, &self.certificates()?)
    }

    /// The certificates that the server shows.
    fn certificates(&self) -> io::Result<Certificates> {
        let settings = &self.cx.config.server;
        let load = |files: &Option<TlsFiles>| files.as_ref().map(ServerCertificate::load).transpose();
        let tls = load(&settings.tls).map_err(io::Error::other)?;
        let mtls = settings.mtls.listen.map(|_| load(&settings.mtls.tls)).transpose().map_err(io::Error::other)?;
        Ok(Certificates { tls, mtls: mtls.flatten() })
    }

    fn serve_with(&self, listener: TcpListener, certificates: &Certificates) -> io::Result<Server> {
        let settings = &self.cx.config.server;
        let app = self.clone();
        let server = HttpServer::new(move || {
            actix_web::App::new().wrap(from_fn(request_log::record)).configure(|config| app.routes(config))
        });
        let server = server
            .workers(settings.worker_count())
            .client_request_timeout(settings.request_timeout)
            .shutdown_timeout(whole_seconds(settings.shutdown_timeout))
            .on_connect(client_certificate::keep)
            .disable_signals();
        let server = match &certificates.tls {
            Some(own) => server.listen_rustls_0_23(listener, own.config().map_err(io::Error::other)?)?,
            None => server.listen(listener)?,
        };
        let (Some(address), Some(own)) = (settings.mtls.listen, &certificates.mtls) else { return Ok(server.run()) };
        let listener = TcpListener::bind(address).map_err(|error| {
            io::Error::new(error.kind(), format!("server.mtls.listen: cannot listen at {address}: {error}"))
        })?;
        let asking = own.config_asking_clients().map_err(io::Error::other)?;
        Ok(server.listen_rustls_0_23(listener, asking)?.run())
    }

    /// Serves, and does the background work, until the process is told to stop (SIGTERM, SIGINT); then finishes the
    /// requests in flight. `ready` is called once connections are accepted.
    pub async fn run(&self, listener: TcpListener, ready: impl FnOnce()) -> io::Result<()> {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let metrics = self.serve_metrics()?;
        let hangup = signal(SignalKind::hangup())?;
        let certificates = self.certificates()?;
        let mut server = self.serve_with(listener, &certificates)?;
        let handle = server.handle();
        let jobs = rt::spawn(work(Arc::clone(&self.cx)));
        let renewal = rt::spawn(renew(certificates, hangup));
        ready();
        tokio::select! {
            ended = &mut server => return ended,
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("told to stop: finishing the requests in flight");
        // The order is given when the future is made; the server itself says when it has been carried out.
        drop(handle.stop(true));
        server.await?;
        renewal.abort();
        jobs.abort();
        // Once they have ended, so that nothing is carried twice; that they were aborted is no news.
        drop(jobs.await);
        let cx = &self.cx;
        if let Err(error) = cx.tallies().flush(&cx.store, cx.now()).await {
            tracing::warn!(%error, "what was counted last could not be written");
        }
        // What is left over the next start seals.
        if let Ok(Err(error)) = timeout(LAST_SEAL, cx.event_chain.seal(cx.now())).await {
            tracing::error!(%error, "the last events are not sealed");
        }
        if let Some(metrics) = metrics {
            metrics.stop(false).await;
        }
        self.cx.store.close().await.map_err(io::Error::other)?;
        tracing::info!("stopped");
        Ok(())
    }

    /// The listener of `metrics.listen`, if there is to be one.
    fn serve_metrics(&self) -> io::Result<Option<ServerHandle>> {
        let Some(address) = self.cx.config.metrics.listen else { return Ok(None) };
        let listener = TcpListener::bind(address).map_err(|error| {
            io::Error::new(error.kind(), format!("metrics.listen: cannot listen at {address}: {error}"))
        })?;
        let server = metrics::serve(Arc::clone(&self.cx), listener)?;
        let handle = server.handle();
        rt::spawn(server);
        Ok(Some(handle))
    }
}

/// The certificates that the server shows: to everybody, and to clients that may have one themselves.
struct Certificates {
    tls: Option<Arc<ServerCertificate>>,
    mtls: Option<Arc<ServerCertificate>>,
}

/// Looks for renewed certificates every [`CERTIFICATE_LOOK`], and whenever SIGHUP asks for it.
async fn renew(certificates: Certificates, mut hangup: Signal) {
    loop {
        // It ends by the time, or by the signal; both mean the same.
        drop(timeout(CERTIFICATE_LOOK, hangup.recv()).await);
        for certificate in certificates.tls.iter().chain(&certificates.mtls) {
            match certificate.renew() {
                Ok(false) => {}
                Ok(true) => {
                    count_certificate_renewal("renewed");
                    tracing::info!(file = %certificate.file().display(), "the server's certificate was renewed");
                }
                Err(error) => {
                    count_certificate_renewal("refused");
                    tracing::error!(%error, "the server's certificate stays: the new one cannot be used");
                }
            }
        }
    }
}

/// What goes on beside requests.
async fn work(cx: Arc<Cx>) {
    let world = (Arc::clone(&cx.clock), Arc::clone(&cx.entropy));
    let jobs = Jobs::new(cx.event_chain.clone(), world, cx.tallies(), &cx.config);
    let reload_keys = async || {
        cx.keys.replace(cx.keeper.load().await?);
        Ok::<_, KeeperError>(())
    };
    let work = jobs.run(reload_keys, &cx.live_catalogue, cx.courier());
    let post = every(delivery::LOOK, "delivery of mail", async || cx.post().await);
    Box::pin(async { tokio::join!(work, post) }).await;
}

/// Rounds up: half a second is not no time.
fn whole_seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}
