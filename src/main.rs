//! The program: reads the command line, serves or does what it says.

use std::net::TcpListener;
use std::process::ExitCode;
use std::sync::Arc;

use claviger::app::App;
use claviger::cli::{self, Failure};
use claviger::clock::{SystemClock, SystemEntropy};
use claviger::config::Config;
use claviger::cx::Cx;

fn main() -> ExitCode {
    cli::run(&cli::parse(), serve)
}

fn serve(config: Config) -> Result<(), Failure> {
    actix_web::rt::System::new().block_on(async {
        let cx = Cx::open(config, Arc::new(SystemClock), Arc::new(SystemEntropy))
            .await
            .map_err(|error| Failure::because(&error))?;
        let app = App::new(cx);
        let listen = app.cx.config.server.listen;
        let listener = TcpListener::bind(listen)
            .map_err(|error| Failure::refused(format!("Cannot listen at {listen}: {error}.")))?;
        let server = app.serve(listener).map_err(|error| Failure::because(&error))?;
        eprintln!("Claviger serves {} at {listen}", app.cx.issuer());
        server.await.map_err(|error| Failure::because(&error))
    })
}
