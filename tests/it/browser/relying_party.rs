//! An app that people sign in to: a page where they begin, and a callback that keeps what it is told.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use actix_web::dev::ServerHandle;
use actix_web::http::header;
use actix_web::web::{self, Data, Form, Query};
use actix_web::{App, HttpResponse, HttpServer};

/// The parameters of a request.
pub type Parameters = BTreeMap<String, String>;
type Answers = Mutex<Vec<(&'static str, Parameters)>>;

/// The app. Its start page is at `localhost`, its callback at `127.0.0.1`: another site than the server's, and its own.
pub struct RelyingParty {
    port: u16,
    answers: Arc<Answers>,
    server: ServerHandle,
}

impl RelyingParty {
    /// Starts it.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let answers = Arc::<Answers>::default();
        let kept = Data::from(Arc::clone(&answers));
        let server = HttpServer::new(move || {
            App::new()
                .app_data(kept.clone())
                .app_data(Data::new(port))
                .route("/start", web::get().to(start))
                .route("/callback", web::get().to(by_query))
                .route("/callback", web::post().to(by_form))
                .route("/signed-out", web::get().to(signed_out))
                .route("/watch", web::get().to(watch))
                .default_service(web::to(welcome))
        });
        let server = server.workers(1).disable_signals().listen(listener).unwrap().run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Self { port, answers, server: handle }
    }

    /// Its redirect URI.
    pub fn callback(&self) -> String {
        format!("http://127.0.0.1:{}/callback", self.port)
    }

    /// Where people go who signed out by it.
    pub fn goodbye(&self) -> String {
        format!("http://localhost:{}/goodbye", self.port)
    }

    /// What it wants to be loaded when somebody signs out.
    pub fn signed_out(&self) -> String {
        format!("http://127.0.0.1:{}/signed-out", self.port)
    }

    /// A page whose button asks `frame` this, and writes down what it hears.
    pub fn watch(&self, frame: &str, question: &str) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("frame", frame).append_pair("question", question);
        format!("http://127.0.0.1:{}/watch?{}", self.port, query.finish())
    }

    /// The page from which a press on its button sends `parameters` to `endpoint`.
    pub fn start_page(&self, method: &str, endpoint: &str, parameters: &Parameters) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("method", method).append_pair("endpoint", endpoint).extend_pairs(parameters);
        format!("http://localhost:{}/start?{}", self.port, query.finish())
    }

    /// The only answer that it was given since it was last asked: the method, and what was in it.
    #[track_caller]
    pub fn answer(&self) -> (&'static str, Parameters) {
        let mut answers = self.answers.lock().unwrap();
        assert_eq!(answers.len(), 1, "{answers:?}");
        answers.pop().unwrap()
    }
}

impl Drop for RelyingParty {
    fn drop(&mut self) {
        drop(self.server.stop(false));
    }
}

async fn start(mut parameters: Query<Parameters>) -> HttpResponse {
    let (method, endpoint) = (parameters.remove("method").unwrap(), parameters.remove("endpoint").unwrap());
    let field = |(name, value)| format!("<input type=hidden name='{name}' value='{value}'>");
    let fields: String = parameters.iter().map(field).collect();
    page(&format!("<h1>The app</h1><form method={method} action='{endpoint}'>{fields}<button>Sign in</button></form>"))
}

async fn by_query(answers: Data<Answers>, port: Data<u16>, told: Query<Parameters>) -> HttpResponse {
    receive(&answers, **port, "GET", told.0)
}

async fn by_form(answers: Data<Answers>, port: Data<u16>, told: Form<Parameters>) -> HttpResponse {
    receive(&answers, **port, "POST", told.0)
}

/// As a careful app does, it moves on at once to a page without the code in its address, here at another host.
fn receive(answers: &Answers, port: u16, method: &'static str, told: Parameters) -> HttpResponse {
    answers.lock().unwrap().push((method, told));
    HttpResponse::SeeOther().insert_header((header::LOCATION, format!("http://localhost:{port}/welcome"))).finish()
}

async fn signed_out(answers: Data<Answers>, told: Query<Parameters>) -> HttpResponse {
    answers.lock().unwrap().push(("GET", told.0));
    page("<h1>Forgotten</h1>")
}

async fn watch(parameters: Query<Parameters>) -> HttpResponse {
    let (frame, question) = (&parameters["frame"], &parameters["question"]);
    page(&format!(
        "<h1>The app</h1><button data-question='{question}'>Ask</button><output></output><iframe hidden src='{frame}'></iframe>\
         <script>const frame = document.querySelector('iframe'), origin = new URL(frame.src).origin;\
         document.querySelector('button').onclick = ({{ target }}) => frame.contentWindow.postMessage(target.dataset.question, \
         origin);\
         addEventListener('message', (heard) => {{ if (heard.origin === origin && heard.source === frame.contentWindow)\
         document.querySelector('output').textContent = heard.data; }});</script>"
    ))
}

/// The page at every other path.
async fn welcome() -> HttpResponse {
    page("<h1>Back at the app</h1>")
}

fn page(main: &str) -> HttpResponse {
    let head = "<!doctype html><html lang=en><meta charset=utf-8><title>App</title><meta name=viewport content='width=device-width'><link rel=icon href='data:,'>";
    HttpResponse::Ok().content_type("text/html; charset=utf-8").body(format!("{head}{main}"))
}
