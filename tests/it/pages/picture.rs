//! `/account/picture`: people choose the picture that apps are told of.

use std::io::Cursor;

use claviger::domain::people::pictures::MOST_BYTES;
use claviger::ids::PersonId;
use futures_util::FutureExt;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use serde_json::Value;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::*;
use crate::support::Allowed;

/// A picture of one colour, as a file.
fn picture(colour: [u8; 3], format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    DynamicImage::from(RgbImage::from_pixel(64, 48, Rgb(colour))).write_to(&mut file, format).unwrap();
    file.into_inner()
}

fn red() -> Vec<u8> {
    picture([255, 0, 0], ImageFormat::Png)
}

async fn start() -> (TestApp, PersonId, Browser) {
    let app = TestApp::start().await;
    let ada = app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    (app, ada, browser)
}

async fn send(browser: &Browser, file: &[u8]) -> Page {
    let page = browser.open("/account/picture").await;
    browser.upload(&page, "form#own-picture", ("picture", file), &[("decision", "put")]).await
}

async fn remove(browser: &Browser) -> Page {
    let page = browser.open("/account/picture").await;
    browser.upload(&page, "form#own-picture", ("picture", b""), &[("decision", "remove")]).await
}

async fn address(app: &TestApp, person: PersonId) -> Option<String> {
    app.cx.store.person(person).await.unwrap().unwrap().claims.picture
}

/// What anybody sees who is told the address, and signed in nowhere.
async fn seen(address: &str) -> Option<(Rgb<u8>, reqwest::header::HeaderMap)> {
    let answer = reqwest::Client::builder().no_proxy().build().unwrap().get(address).send().await.unwrap();
    let headers = answer.headers().clone();
    if answer.status() == 404 {
        return None;
    }
    assert_eq!((answer.status().as_u16(), &headers["content-type"]), (200, &"image/jpeg".parse().unwrap()));
    let image = image::load_from_memory_with_format(&answer.bytes().await.unwrap(), ImageFormat::Jpeg).unwrap();
    Some((*image.to_rgb8().get_pixel(100, 100), headers))
}

fn is_near(seen: Rgb<u8>, colour: [u8; 3]) -> bool {
    seen.0.iter().zip(colour).all(|(seen, meant)| seen.abs_diff(meant) < 20)
}

/// OIDC Core §5.1: `picture` is the URL of a picture file of the person, which the app shows.
#[actix_web::test]
async fn tells_apps_where_a_picture_is_that_was_sent() {
    let (app, ada, browser) = start().await;
    let client = app.web_app().await;
    assert_eq!(browser.open("/account/profile").await.links("a#own-picture"), ["/account/picture"]);
    let page = send(&browser, &red()).await;
    assert_eq!(page.text(".good"), "This is your picture now.", "{}", page.answer.body);
    let scope = Allowed { scope: "openid profile", ..Allowed::default() };
    let tokens = app.tokens(&client, ada, scope).await;
    let told: Value = app.userinfo(tokens["access_token"].as_str().unwrap()).await.ok();
    let address = told["picture"].as_str().unwrap();
    assert_eq!(format!("{}{}", app.origin, page.attribute("img.portrait", "src")), address);
    let (colour, headers) = seen(address).await.unwrap();
    assert!(is_near(colour, [255, 0, 0]));
    assert_eq!(headers["cross-origin-resource-policy"], "cross-origin", "apps show it on pages of their own");
    assert_eq!(headers["x-content-type-options"], "nosniff");
    assert_eq!(app.events("person_updated").await[0].actor, format!("person:{ada}"));
}

#[actix_web::test]
async fn keeps_the_last_picture_and_no_other() {
    let (app, ada, browser) = start().await;
    send(&browser, &red()).await;
    let first = address(&app, ada).await.unwrap();
    send(&browser, &picture([0, 0, 255], ImageFormat::WebP)).await;
    let second = address(&app, ada).await.unwrap();
    assert!(first != second && seen(&first).await.is_none());
    assert!(is_near(seen(&second).await.unwrap().0, [0, 0, 255]));
    let page = remove(&browser).await;
    assert_eq!(page.text(".good"), "You have no picture any more.", "{}", page.answer.body);
    assert!(address(&app, ada).await.is_none() && seen(&second).await.is_none() && !page.has("img.portrait"));
}

/// Files that never come to their end hold so many places and no more: others wait for one, and nobody else waits at all.
#[actix_web::test]
async fn holds_so_many_files_at_once_and_no_more() {
    let (app, _, browser) = start().await;
    let cookie = format!("claviger-session={}", browser.cookie("claviger-session").unwrap());
    let form = browser.open("/account/picture").await;
    let mut hanging = Vec::new();
    for _ in 0..8 {
        hanging.push(begin_upload(&app, &cookie).await);
    }
    for _ in 0..10 {
        assert!(browser.open("/").await.has("form#logout"));
    }
    let file = red();
    let mut ninth = Box::pin(browser.upload(&form, "form#own-picture", ("picture", &file), &[("decision", "put")]));
    for _ in 0..300 {
        assert!((&mut ninth).now_or_never().is_none());
        assert!(browser.open("/").await.has("form#logout"));
    }
    hanging.clear();
    assert_eq!(ninth.await.text(".good"), "This is your picture now.");
}

/// Sends the beginning of a form with a file in it.
async fn begin_upload(app: &TestApp, cookie: &str) -> TcpStream {
    let mut stream = TcpStream::connect(app.origin.strip_prefix("http://").unwrap()).await.unwrap();
    let part = "--x\r\ncontent-disposition: form-data; name=\"picture\"; filename=\"a.png\"\r\n\r\nabc";
    let head = format!(
        "POST /account/picture HTTP/1.1\r\nhost: {}\r\ncookie: {cookie}\r\norigin: {}\r\n\
         content-type: multipart/form-data; boundary=x\r\ncontent-length: 100000\r\n\r\n{part}",
        app.origin.strip_prefix("http://").unwrap(),
        app.origin
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
}

/// Of several that are sent at once, the one stays that apps are told of.
#[actix_web::test]
async fn keeps_one_of_many_that_come_at_once() {
    let (app, ada, browser) = start().await;
    let file = red();
    futures_util::future::join_all((0..8).map(|_| send(&browser, &file))).await;
    let kept = app.cx.store.picture_of(ada).await.unwrap().unwrap();
    assert_eq!(Some(kept.address.clone()), address(&app, ada).await);
    let database = Database::connect(app.cx.config.database.url.to_url().expose_secret()).await.unwrap();
    let count = "SELECT count(*) AS n FROM pictures";
    let row = database.query_one_raw(Statement::from_string(database.get_database_backend(), count)).await.unwrap();
    assert_eq!(row.unwrap().try_get::<i64>("", "n").unwrap(), 1);
    assert!(seen(&kept.address).await.is_some());
}

/// An address of the person's own, in the place of the picture that is kept here.
#[actix_web::test]
async fn forgets_the_picture_where_another_address_is_told() {
    let (app, ada, browser) = start().await;
    send(&browser, &red()).await;
    let kept = address(&app, ada).await.unwrap();
    let profile = browser.open("/account/profile").await;
    let profile = browser.submit(&profile, "form#own-profile", &[("nickname", "Countess")]).await;
    assert!(seen(&kept).await.is_some(), "it stays while it is told");
    browser.submit(&profile, "form#own-profile", &[("picture", "https://ada.example/me.png")]).await;
    assert!(seen(&kept).await.is_none());
    let page = browser.open("/account/picture").await;
    assert!(page.text("main").contains("https://ada.example/me.png") && !page.has("img.portrait"));
}

#[actix_web::test]
async fn goes_with_the_account_and_is_in_the_copy_of_all_data() {
    let (app, ada, browser) = start().await;
    send(&browser, &red()).await;
    let kept = address(&app, ada).await.unwrap();
    let page = browser.open("/account/data").await;
    let data = browser.submit(&page, "form#own-data", &[]).await.answer.json();
    assert_eq!(data["pictures"][0]["address"], *kept);
    assert!(data["pictures"][0]["jpeg"].as_str().unwrap().starts_with("data:image/jpeg;base64,/9j/"));
    let page = browser.open("/account/delete").await;
    browser.submit(&page, "form#delete-account", &[("username", "ada")]).await;
    assert!(app.cx.store.person(ada).await.unwrap().is_none() && seen(&kept).await.is_none());
}

#[actix_web::test]
async fn says_what_is_wrong_with_a_file() {
    let (app, ada, browser) = start().await;
    let mut large = red();
    large.resize(MOST_BYTES + 1, 0);
    for (file, status, words) in [
        (&b""[..], 422, "Choose a picture first."),
        (b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>", 422, "We cannot read that file."),
        (&large, 413, "That picture is too large."),
    ] {
        let page = send(&browser, file).await;
        assert_eq!(page.answer.status, status, "{}", page.answer.body);
        assert!(page.text("#problem").starts_with(words) && page.has("[name=picture][aria-invalid=true]"));
    }
    assert_eq!(address(&app, ada).await, None);
    large.truncate(MOST_BYTES);
    assert!(send(&browser, &large).await.has(".good"), "what follows a picture is no part of it");
}

/// RFC 7578 §4.2: each part names its field. What does not, what holds a file twice, and what is no form of this kind is refused.
#[actix_web::test]
async fn reads_no_form_that_is_malformed() {
    let (app, ada, browser) = start().await;
    let (_, pairs) = browser.open("/account/picture").await.form("form#own-picture", &[]);
    let token = &pairs.iter().find(|(name, _)| name == "csrf").unwrap().1;
    let cookie = |name| format!("{name}={}", browser.cookie(name).unwrap());
    let cookies = [cookie(COOKIE), cookie("claviger-csrf")].join("; ");
    let headers =
        [("cookie", cookies.as_str()), ("accept", "text/html"), ("content-type", "multipart/form-data; boundary=part")];
    let part = |disposition: &str, value: &[u8]| {
        [format!("--part\r\nContent-Disposition: {disposition}\r\n\r\n").as_bytes(), value, b"\r\n"].concat()
    };
    let (file, csrf) =
        (part("form-data; name=picture; filename=a.png", &red()), part("form-data; name=csrf", token.as_bytes()));
    let whole = [csrf.clone(), file.clone(), b"--part--\r\n".to_vec()].concat();
    for (what, parts) in [
        ("without a name", vec![csrf.clone(), part("form-data; filename=a.png", &red())]),
        ("two files", vec![csrf.clone(), file.clone(), file.clone()]),
        ("two tokens", vec![csrf.clone(), csrf.clone(), file.clone()]),
        ("no text", vec![csrf.clone(), part("form-data; name=decision", b"\xff"), file.clone()]),
        ("many fields", [vec![csrf.clone()], vec![part("form-data; name=a", b"b"); 200]].concat()),
        ("a long field", vec![csrf.clone(), part("form-data; name=decision", &[b'a'; 9000]), file.clone()]),
    ] {
        let body = [parts.concat(), b"--part--\r\n".to_vec()].concat();
        assert_eq!(app.post_raw("/account/picture", body, &headers).await.status, 400, "{what}");
    }
    let cut = app.post_raw("/account/picture", &whole[..whole.len() / 2], &headers).await;
    assert_eq!((cut.status, address(&app, ada).await), (400, None), "cut off");
    assert_eq!(app.post_raw("/account/picture", whole, &headers).await.status, 303);
}

#[actix_web::test]
async fn leaves_the_picture_to_the_operator() {
    let app = TestApp::start_with("people.editable = [\"nickname\"]\n").await;
    app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    assert!(!browser.open("/account/profile").await.has("a#own-picture"));
    assert_eq!(browser.open("/account/picture").await.answer.status, 404);
}

#[actix_web::test]
async fn sends_who_is_not_signed_in_to_the_sign_in() {
    let (app, ada, browser) = start().await;
    let page = browser.open("/account/picture").await;
    browser.set_cookie(COOKIE, None);
    let mut file = red();
    file.resize(1_000_000, 0);
    let page = browser.upload(&page, "form#own-picture", ("picture", &file), &[("decision", "put")]).await;
    assert_eq!((page.url.path(), page.query("continue").as_deref()), ("/login", Some("/account/picture")));
    assert_eq!(address(&app, ada).await, None);
}

/// RFC 9700 §4.7: another site cannot put a picture on somebody's account, nor take one away.
#[actix_web::test]
async fn takes_a_picture_from_no_other_site() {
    let (app, ada, browser) = start().await;
    send(&browser, &red()).await;
    let kept = address(&app, ada).await;
    app.person("eve").await;
    let theirs = signed_in(&app, "eve").await.open("/account/picture").await;
    for decision in ["put", "remove"] {
        let page = browser.upload(&theirs, "form#own-picture", ("picture", &red()), &[("decision", decision)]).await;
        assert_eq!(page.answer.status, 403, "{decision} with eve's token");
    }
    let page = browser.open("/account/picture").await;
    for token in ["", "x"] {
        let fields = [("decision", "remove"), ("csrf", token)];
        let page = browser.upload(&page, "form#own-picture", ("picture", b""), &fields).await;
        assert_eq!(page.answer.status, 403, "the token {token:?}");
    }
    let plain = browser.submit(&page, "form#own-picture", &[("decision", "remove")]).await;
    assert_eq!(plain.answer.status, 400, "as a form of another kind");
    assert_eq!(address(&app, ada).await, kept);
}
