//! Cross-site request forgery: another site makes ada's browser send something, and she knows nothing of it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::csrf_forms::Form::{ProviderRegister, Providers, SignIn, SignOut};
use super::csrf_forms::{FORMS, Scene, cookies, refused, token};
use super::scene::*;
use crate::support::{PASSWORD, TestApp};

/// Holds the list of forms: a form that is new in the templates is attacked here as well.
#[test]
fn finds_a_form_that_nobody_attacks() {
    fn forms(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            // Those of lists have no names of their own, and are attacked by their pages (`csrf_console`).
            if path.ends_with("console") || path.ends_with("account") {
                continue;
            }
            if path.is_dir() {
                forms(&path, found);
                continue;
            }
            let text = fs::read_to_string(path).unwrap();
            for form in text.split("<form").skip(1) {
                let id = form.split("id=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
                found.insert(format!("form#{id}"));
            }
        }
    }
    let mut found = BTreeSet::new();
    forms(&Path::new(env!("CARGO_MANIFEST_DIR")).join("templates"), &mut found);
    // The form that carries an answer to an app goes to the app.
    assert!(found.remove("form#form-post"));
    // A language is picked by a GET, and by nothing but a cookie.
    assert!(found.remove("form#language-picker"));
    // Those of passkeys need a device, and are attacked beside other attacks on it (`passkeys`).
    for form in ["form#passkey", "form#rename", "form#remove"] {
        assert!(found.remove(form), "{form}");
    }
    let attacked: BTreeSet<_> = FORMS.into_iter().map(|form| form.selector().to_owned()).collect();
    assert_eq!(found, attacked);
}

/// RFC 9700 §4.7, RFC 6749 §10.12: without the token, and with one that the attacker was given for a browser of its own.
#[actix_web::test]
async fn sends_a_form_without_its_token_or_with_its_own() {
    for form in FORMS {
        let scene = Scene::of(form).await;
        let eve = Scene::of(form).await;
        // A token that this very server has given to another browser, for the same kind of form.
        let stranger = scene.app.browser();
        let entry = token(&stranger.open("/login").await, SignIn);
        let theirs = signed_in(&scene.app, "eve").await;
        let member = token(&theirs.open("/logout").await, SignOut);
        let before = scene.app.everything().await;
        for forged in ["", "x", &entry, &member, &token(&eve.page, form)] {
            refused(&scene.forge(Some(forged), &[]).await, &format!("{form:?} with the token {forged:?}"));
        }
        assert_eq!(scene.app.everything().await, before, "{form:?}");
        scene.works_when_it_is_meant().await;
    }
}

/// RFC 9700 §4.7, RFC 6749 §10.12: the token of a form that begins a session, in one that acts in a session, and the
/// reverse.
#[actix_web::test]
async fn carries_a_token_from_one_form_to_another() {
    for form in FORMS {
        let scene = Scene::of(form).await;
        let entry = token(&scene.browser.open("/login?another=yes").await, SignIn);
        let forged = if form.acts_for_somebody() {
            entry
        } else {
            let eve = signed_in(&scene.app, "eve").await;
            token(&eve.open("/logout").await, SignOut)
        };
        let before = scene.app.everything().await;
        refused(&scene.forge(Some(&forged), &[]).await, &format!("{form:?}"));
        assert_eq!(scene.app.everything().await, before, "{form:?}");
    }
}

/// RFC 9700 §4.7: the browser itself says that another site sent the form, even if that site has come by the token.
#[actix_web::test]
async fn sends_a_form_from_another_site() {
    for form in FORMS {
        let scene = Scene::of(form).await;
        let before = scene.app.everything().await;
        let neighbour = scene.app.origin.replace("127.0.0.1", "localhost");
        let other_port = format!("{}0", scene.app.origin);
        let headers: [&[(&str, &str)]; 8] = [
            &[("origin", "https://evil.example")],
            &[("origin", &neighbour)],
            &[("origin", &other_port)],
            &[("origin", "null"), ("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
            &[("origin", &scene.app.origin), ("sec-fetch-site", "cross-site")],
            &[("origin", "https://evil.example"), ("sec-fetch-site", "same-origin")],
        ];
        for headers in headers {
            refused(&scene.forge(None, headers).await, &format!("{form:?} with {headers:?}"));
        }
        assert_eq!(scene.app.everything().await, before, "{form:?}");
        scene.works_when_it_is_meant().await;
    }
}

/// RFC 9700 §4.7: the same as an image or a link would fetch it, and in the dress of a form that needs no preflight.
#[actix_web::test]
async fn sends_a_form_by_another_method_or_type() {
    for form in FORMS {
        let scene = Scene::of(form).await;
        let before = scene.app.everything().await;
        let (action, pairs) = scene.filled(None);
        let pairs: Vec<_> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let body = crate::support::form_encode(&pairs);
        let target = action.strip_prefix(&scene.app.origin).unwrap();
        let cookies = cookies(&scene.browser);
        let by_get =
            scene.app.get_with(&format!("{target}?{body}"), &[("cookie", &cookies), ("accept", "text/html")]).await;
        // What other providers are asked has no page of its own: it leads to the sign-in, and nowhere else.
        let leads_back = matches!(form, Providers | ProviderRegister) && by_get.header("location") == "/login";
        assert!(by_get.status != 303 || leads_back, "{form:?}: a GET shows a page");
        for content_type in ["text/plain", "multipart/form-data; boundary=x", "application/json", ""] {
            let headers = [("cookie", cookies.as_str()), ("content-type", content_type), ("accept", "text/html")];
            let answer = scene.app.post_raw(target, body.clone(), &headers).await;
            assert_eq!((answer.status, answer.header("location")), (400, ""), "{form:?} as {content_type:?}");
        }
        // A form in the address of an empty one.
        let headers = [("cookie", cookies.as_str()), ("accept", "text/html")];
        let answer = scene.app.post_with(&format!("{target}?{body}"), &[], &headers).await;
        assert!(answer.status >= 400 && answer.header("location").is_empty(), "{form:?}: {}", answer.status);
        assert_eq!(scene.app.everything().await, before, "{form:?}");
        scene.works_when_it_is_meant().await;
    }
}

/// RFC 6819 §4.4.1.8: a form from another site comes without our `SameSite` cookies. Without them it is nobody's.
#[actix_web::test]
async fn sends_a_form_without_cookies() {
    for form in FORMS {
        let scene = Scene::of(form).await;
        let before = scene.app.everything().await;
        let csrf_cookie = scene.browser.cookie("claviger-csrf");
        let session_cookie = scene.browser.cookie("claviger-session");
        for (csrf, session) in [(None, &session_cookie), (None, &None), (Some(&csrf_cookie), &None)] {
            if form.acts_for_somebody() || csrf.is_none() {
                scene.browser.set_cookie("claviger-csrf", csrf.and_then(Option::as_deref));
                scene.browser.set_cookie("claviger-session", session.as_deref());
                let answer = scene.forge(None, &[]).await;
                // Where nobody is signed in there is nobody to act for: a redirect of ours is all there is to get.
                let ours = answer.status == 303 && answer.header("location").starts_with("/log");
                assert!(
                    answer.status == 403 || ours && form.acts_for_somebody() && session.is_none(),
                    "{form:?}: {answer:?}"
                );
            }
        }
        assert_eq!(scene.app.everything().await, before, "{form:?}");
        scene.browser.set_cookie("claviger-csrf", csrf_cookie.as_deref());
        scene.browser.set_cookie("claviger-session", session_cookie.as_deref());
        scene.works_when_it_is_meant().await;
    }
}

/// RFC 9700 §4.7, RFC 6819 §4.4.1.13: login CSRF: eve signs ada's browser in as eve, so that ada works in eve's account.
/// Eve has a token and a cookie of her own, but cannot give ada's browser the cookie.
#[actix_web::test]
async fn signs_somebody_in_as_itself() {
    let app = TestApp::start().await;
    app.web_app().await;
    app.person("ada").await;
    app.person("eve").await;
    let eve = app.browser();
    let form = eve.open(&path(&[])).await;
    let (_, pairs) = form.form("form#login", &[("username", "eve"), ("password", PASSWORD)]);
    for ada in [app.browser(), signed_in(&app, "ada").await] {
        let before = app.everything().await;
        let page = ada.post("/login", &pairs).await;
        assert_eq!(page.answer.status, 403);
        assert_eq!(app.everything().await, before);
    }
    // Nor does eve's waiting request, with her sign-in noted in it, sign anybody in.
    let signed_in = eve.submit_only(&form, "form#login", &[("username", "eve"), ("password", PASSWORD)]).await;
    assert_eq!(signed_in.answer.status, 303);
    assert!(app.browser().open(signed_in.url.as_str()).await.has("form#login"));
}

/// RFC 9700 §4.7, RFC 6819 §4.4.1.10: a link or a posted request never takes a decision: a sign-out is asked for, a consent
/// is shown.
#[actix_web::test]
async fn leads_somebody_to_an_address_that_decides() {
    let app = TestApp::start().await;
    app.web_app().await;
    app.person("ada").await;
    let browser = signed_in(&app, "ada").await;
    let waiting = browser.open(&path(&[])).await;
    let request = waiting.query("request").unwrap();
    let before = app.everything().await;
    for target in [
        "/logout?decision=logout".to_owned(),
        "/oauth2/end_session?decision=logout".to_owned(),
        "/oauth2/end_session?client_id=app".to_owned(),
        format!("/consent?request={request}&decision=allow"),
        format!("/oauth2/authorize/resume?request={request}&decision=allow&scope=openid"),
        format!("{}&decision=allow&consent=yes&approved=true&approval_prompt=auto", path(&[])),
    ] {
        let page = browser.open(&target).await;
        assert!(page.has("form#logout") || page.has("form#consent"), "{target}: {}", page.answer.body);
    }
    let pairs =
        parameters(&[("decision", "allow")]).into_iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
    let page = browser.post("/oauth2/authorize", &pairs.collect::<Vec<_>>()).await;
    assert!(page.has("form#consent"));
    let page = browser.post("/oauth2/end_session", &[("decision".to_owned(), "logout".to_owned())]).await;
    assert!(page.has("form#logout"));
    assert_eq!(app.everything().await, before);
}

/// RFC 6819 §4.4.1.8, RFC 9700 §4.7, RFC 6749 §10.12: CSRF at the app's redirect URI is for the app to see, by its `state`:
/// it comes back to the letter, by query and by form, with a code or an error, through all of our pages; and where there
/// was none, none is made up.
#[actix_web::test]
async fn bends_the_state_on_its_way() {
    let app = TestApp::start().await;
    app.web_app().await;
    app.person("ada").await;
    let long = "s".repeat(2000);
    let states = [
        STATE,
        " ",
        "a b+c%20d%2Bé%00",
        "a&code=evil&error=x#fragment?",
        "\"><script>alert(1)</script>",
        "{\"next\":\"/\"}",
        "\u{1f512}\u{202e}\u{feff}",
        "=&=&;",
        long.as_str(),
    ];
    let browser = at_the_app(&app, "ada").await;
    for state in states {
        for mode in ["query", "form_post"] {
            let changes = |prompt| [("state", state), ("response_mode", mode), ("prompt", prompt)];
            let consent = browser.open(&path(&changes("consent"))).await;
            let answers = [
                browser.open(&path(&changes("none"))).await,
                allow(&browser, &consent).await,
                browser.submit(&consent, "form#consent", &[("decision", "deny")]).await,
                app.browser().open(&path(&changes("none"))).await,
            ];
            for page in answers {
                let came_back = if mode == "query" {
                    told(&page.answer).get("state").cloned()
                } else {
                    let (_, fields) = page.form("form#form-post", &[]);
                    assert_eq!(fields.iter().filter(|(name, _)| name == "state").count(), 1, "{state:?}");
                    fields.into_iter().find(|(name, _)| name == "state").map(|(_, value)| value)
                };
                assert_eq!(came_back.as_deref(), Some(state), "{mode}");
            }
        }
    }
    assert!(!told(&browser.open(&path(&[("state", ""), ("prompt", "none")])).await.answer).contains_key("state"));
}
