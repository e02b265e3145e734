//! The program: reads the command line, serves or does what it says.

use std::net::TcpListener;
use std::process::ExitCode;
use std::sync::Arc;

use claviger::app::App;
use claviger::cli::{self, Failure};
use claviger::clock::{SystemClock, SystemEntropy};
use claviger::config::Config;
use claviger::cx::Cx;
use claviger::domain::events::{Actor, Origin};
use claviger::domain::people::{Act, links};
use claviger::logging;

fn main() -> ExitCode {
    cli::run(&cli::parse(), serve)
}

fn serve(config: Config) -> Result<(), Failure> {
    logging::init(&config.log);
    actix_web::rt::System::new().block_on(async {
        let cx = Cx::open(config, Arc::new(SystemClock), Arc::new(SystemEntropy))
            .await
            .map_err(|error| Failure::because(&error))?;
        let listen = cx.config.server.listen;
        let listener = TcpListener::bind(listen)
            .map_err(|error| Failure::refused(format!("Cannot listen at {listen}: {error}.")))?;
        let set_up = set_up_link(&cx).await?;
        let app = App::new(cx);
        let ready = || {
            eprintln!("Claviger serves {} at {listen}", app.cx.issuer());
            if let Some(link) = set_up {
                eprintln!("There is no admin yet. Whoever opens this link first becomes one:\n  {link}");
            }
        };
        app.run(listener, ready).await.map_err(|error| Failure::because(&error))
    })
}

/// A one-time link for the first admin, as long as there is none.
async fn set_up_link(cx: &Cx) -> Result<Option<String>, Failure> {
    let act = Act {
        store: &cx.store,
        entropy: &*cx.entropy,
        now: cx.now(),
        actor: Actor::System,
        origin: &Origin::default(),
    };
    let made = links::make_set_up(&act, &cx.hasher, &cx.config.links).await;
    let token = made.map_err(|error| Failure::because(&error))?;
    Ok(token.map(|token| links::set_up_url(cx.issuer(), &token)))
}
