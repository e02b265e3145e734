//! Pages on the server's own host, behind nginx, for whoever is signed in.

use super::backend::Backend;
use crate::support::{Answer, Browser, Http, PASSWORD, Proxy, TestApp, free_address, nginx};

const SITE: &str = include_str!("../../../examples/proxies/nginx-session.conf");

struct Scene {
    app: TestApp,
    backend: Backend,
    proxy: Proxy,
    origin: String,
}

impl Scene {
    async fn start() -> Self {
        for _ in 0..5 {
            if let Some(scene) = Self::try_start().await {
                return scene;
            }
        }
        panic!("no proxy: tests/run installs nginx-light");
    }

    /// The issuer is what the proxy's address says, so that the proxy's comes first.
    async fn try_start() -> Option<Self> {
        let address = free_address();
        let origin = format!("http://{address}");
        let app = TestApp::start_with(&format!(
            "server.issuer = \"{origin}/id\"\nserver.trusted_proxies = [\"127.0.0.1\"]\n"
        ))
        .await;
        let backend = Backend::start();
        let site = SITE.replace("127.0.0.1:8080", app.origin.trim_start_matches("http://"));
        let site = site.replace("127.0.0.1:9000", &backend.address).replace("127.0.0.1:8000", &address.to_string());
        let proxy = Proxy::try_start(address, &site, nginx).await?;
        Some(Self { app, backend, proxy, origin })
    }

    /// What a browser with this cookie gets, that sends these headers besides.
    async fn send(&self, method: &str, cookie: &str, headers: &[(&str, &str)]) -> Answer {
        let url = format!("http://{}/page", self.proxy.address);
        let headers = [headers, &[("cookie", cookie), ("accept", "text/html")]].concat();
        Http::new().request(method, &url, Vec::new(), &headers).await
    }

    async fn signed_in(&self) -> String {
        let browser = Browser::of(&self.origin);
        let page = browser.open("/page").await;
        assert!(page.url.path().ends_with("/id/login"), "{}", page.url);
        browser.submit(&page, "form#login", &[("username", "ada"), ("password", PASSWORD)]).await;
        format!("claviger-session={}", browser.cookie("claviger-session").unwrap())
    }
}

#[actix_web::test]
async fn a_person_signs_in_and_sees_the_pages_which_get_no_cookie() {
    let scene = Scene::start().await;
    let ada = scene.app.person("ada").await.to_string();
    let cookie = scene.signed_in().await;
    assert_eq!(scene.backend.asked(), 0);
    let own = [("sec-fetch-site", "same-origin"), ("x-auth-username", "root"), ("x-auth-scope", "admin")];
    for method in ["GET", "POST"] {
        let seen = scene.send(method, &cookie, &own).await.ok();
        let headers = &seen["headers"];
        assert_eq!(
            (&headers["x-auth-method"][0], &headers["x-auth-subject"][0]),
            (&"session".into(), &ada.as_str().into())
        );
        assert_eq!(
            (headers["x-auth-username"].as_array().unwrap().len(), &headers["x-auth-username"][0]),
            (1, &"ada".into())
        );
        assert_eq!((headers.get("x-auth-scope"), headers.get("cookie")), (None, None));
    }
}

#[actix_web::test]
async fn another_site_makes_the_browser_of_a_person_send_something() {
    let scene = Scene::start().await;
    scene.app.person("ada").await;
    let cookie = scene.signed_in().await;
    let forged = [("sec-fetch-site", "same-site"), ("sec-fetch-mode", "navigate")];
    let told_otherwise = [&forged[..], &[("x-forwarded-method", "GET")]].concat();
    for headers in [&forged[..], &told_otherwise] {
        let answer = scene.send("POST", &cookie, headers).await;
        assert_eq!((answer.status, answer.header("location")), (303, "/id/login"));
    }
    assert_eq!(scene.backend.asked(), 0);
    assert_eq!(scene.send("GET", &cookie, &forged).await.status, 200, "a link may lead here");
}
