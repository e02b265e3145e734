//! Wiring: from the bundle to a server that answers. One line a feature.

use std::net::TcpListener;
use std::sync::Arc;

use actix_web::dev::Server;
use actix_web::{HttpServer, web};

use crate::cx::Cx;
use crate::web::{browser_session, static_files};
use crate::{oauth, pages};

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

    /// Every route, under the issuer's path.
    pub fn routes(&self, config: &mut web::ServiceConfig) {
        config.app_data(web::Data::from(Arc::clone(&self.cx)));
        let base = self.cx.issuer().path();
        oauth::discovery::root_routes(config, base);
        let cx = web::Data::from(Arc::clone(&self.cx));
        // The scope with sessions takes every path that is left, so it comes last.
        config.service(
            web::scope(base)
                .configure(oauth::routes)
                .configure(static_files::routes)
                .service(browser_session::scope(&cx, |config| {
                    config.configure(oauth::authorize::routes).configure(pages::routes);
                })),
        );
    }

    /// Answers requests that arrive at `listener`, until it is stopped.
    pub fn serve(&self, listener: TcpListener) -> std::io::Result<Server> {
        let app = self.clone();
        let server = HttpServer::new(move || actix_web::App::new().configure(|config| app.routes(config)))
            .workers(self.cx.config.server.worker_count())
            .listen(listener)?;
        Ok(server.run())
    }
}
