//! The program: reads the command line, serves or does what it says.

use std::net::TcpListener;
use std::process::ExitCode;
use std::sync::Arc;

use claviger::app::App;
use claviger::cli::{self, Command, Failure};
use claviger::clock::{SystemClock, SystemEntropy};
use claviger::config::{self, Config};
use claviger::cx::Cx;

fn main() -> ExitCode {
    let args = cli::parse();
    match args.chosen_command() {
        Command::Serve => cli::output::finish(serve(&args)),
        _ => ExitCode::FAILURE,
    }
}

fn serve(args: &cli::Args) -> Result<(), Failure> {
    let config = Config::load(args.config.as_deref(), config::environment())?;
    actix_web::rt::System::new().block_on(async {
        let cx = Cx::open(config, Arc::new(SystemClock), Arc::new(SystemEntropy))
            .await
            .map_err(|error| Failure::refused(error.to_string()))?;
        let app = App::new(cx);
        let listen = app.cx.config.server.listen;
        let listener = TcpListener::bind(listen)
            .map_err(|error| Failure::refused(format!("cannot listen at {listen}: {error}")))?;
        let server = app.serve(listener).map_err(|error| Failure::refused(error.to_string()))?;
        eprintln!("Claviger serves {} at {listen}", app.cx.issuer());
        server.await.map_err(|error| Failure::refused(error.to_string()))
    })
}
