//! A server, an API, and a proxy before it; and what holds whichever proxy that is.

use serde_json::{Value, json};

use super::backend::Backend;
use crate::support::{Answer, ApiKeys, Http, Proxy, TestClient};

/// All of them.
pub struct Scene {
    keys: ApiKeys,
    backend: Backend,
    proxy: Proxy,
}

impl Scene {
    /// Starts them; `start` is given the proxy's configuration `site`, with their addresses in place of the guide's.
    pub async fn start(site: &str, start: impl AsyncFnOnce(String) -> Proxy) -> Self {
        let keys = ApiKeys::start_with("server.trusted_proxies = [\"127.0.0.1\"]\n").await;
        let backend = Backend::start();
        let server = keys.app.origin.trim_start_matches("http://");
        let mut site = site.to_owned();
        for (there, here) in [("127.0.0.1:8080", server), ("127.0.0.1:9000", &backend.address)] {
            assert!(site.contains(there));
            site = site.replace(there, here);
        }
        let proxy = start(site).await;
        Self { keys, backend, proxy }
    }

    /// A call of the API, through the proxy.
    pub async fn call(&self, headers: &[(&str, &str)]) -> Answer {
        self.call_at("/boats?id=7", headers).await
    }

    async fn call_at(&self, target: &str, headers: &[(&str, &str)]) -> Answer {
        Http::new().get(&format!("http://{}{target}", self.proxy.address), headers).await
    }

    /// The secret of a new key that comes in.
    pub async fn key(&self) -> String {
        self.keys.of_machine(json!({ "scope": "read" })).await.secret
    }

    /// RFC 6750 §3
    pub async fn a_stranger_is_told_how_to_come_in(&self) {
        let answer = self.call(&[]).await;
        assert_eq!(answer.status, 401);
        assert_eq!(answer.header("www-authenticate"), format!("Bearer realm=\"{}\"", self.keys.app.issuer));
        let key = self.key().await;
        let bearer = format!("Bearer {key}");
        let wrong: [&[(&str, &str)]; 4] = [
            &[("x-api-key", "clv_key_live_x")],
            &[("authorization", "Bearer x")],
            &[("authorization", &bearer), ("x-api-key", &key)],
            &[("x-api-key", &key), ("x-api-key", &key)],
        ];
        for headers in wrong {
            let answer = self.call(headers).await;
            assert_eq!(answer.status, 401, "{headers:?}");
            assert!(answer.header("www-authenticate").contains("error=\"invalid_token\""), "{answer:?}");
        }
        assert_eq!(self.backend.asked(), 0);
    }

    pub async fn the_api_is_told_who_calls_and_gets_no_secret(&self) {
        let person = self.keys.app.person("Jürgen").await;
        let key = self.keys.of_person(person, json!({})).await;
        let bearer = format!("Bearer {}", key.secret);
        let (person, key_id) = (person.to_string(), key.id.to_string());
        let expected = [
            ("x-auth-method", "api_key"),
            ("x-auth-subject", person.as_str()),
            ("x-auth-subject-type", "person"),
            ("x-auth-username", "J%C3%BCrgen"),
            ("x-auth-client-id", ""),
            ("x-auth-scope", "read"),
            ("x-auth-key-id", key_id.as_str()),
            ("x-auth-key-mode", "live"),
        ];
        for credential in [("authorization", bearer.as_str()), ("x-api-key", key.secret.as_str())] {
            let url = format!("http://{}/boats?id=7", self.proxy.address);
            let answer = Http::new().request("PUT", &url, b"a boat".to_vec(), &[credential]).await;
            let seen = answer.ok();
            for (name, value) in expected {
                assert_eq!(told(&seen, name), value, "{name}");
            }
            assert_eq!(
                (&seen["method"], &seen["uri"], &seen["body"]),
                (&json!("PUT"), &json!("/boats?id=7"), &json!("a boat"))
            );
            assert!(!answer.body.contains("clv_key_"), "{}", answer.body);
            assert_eq!((seen["headers"].get("authorization"), seen["headers"].get("x-api-key")), (None, None));
        }
        let form = [("grant_type", "client_credentials"), ("resource", ApiKeys::API), ("scope", "read")];
        let machine = TestClient { id: "machine".to_owned(), ..self.keys.server.clone() };
        let token = self.keys.app.token(&machine, &form).await.ok();
        let bearer = format!("Bearer {}", token["access_token"].as_str().unwrap());
        let seen = self.call(&[("authorization", &bearer)]).await.ok();
        assert_eq!((told(&seen, "x-auth-method"), told(&seen, "x-auth-client-id")), ("access_token", "machine"));
    }

    pub async fn a_client_claims_to_be_somebody_else(&self) {
        let key = self.key().await;
        let names =
            ["method", "subject", "subject-type", "username", "client-id", "scope", "key-id", "key-mode", "admin"];
        for spelling in ["X-Auth-{}", "x-auth-{}", "X_AUTH_{}", "x_auth-{}", "X-Auth_{}"] {
            let forged: Vec<_> = names.iter().map(|name| spelling.replace("{}", name)).collect();
            let mut headers = vec![("x-api-key", key.as_str())];
            for name in &forged {
                headers.extend([(name.as_str(), "root"), (name.as_str(), "root")]);
            }
            let answer = self.call(&headers).await;
            let seen = answer.ok();
            assert!(names[..8].iter().all(|name| told(&seen, &format!("x-auth-{name}")) != "root"), "{}", answer.body);
            assert_eq!((told(&seen, "x-auth-subject"), told(&seen, "x-auth-username")), ("machine", ""));
        }
    }

    pub async fn a_client_brings_a_question_of_its_own(&self) {
        let other = self.keys.of_machine(json!({ "scope": "write" })).await;
        let before = self.backend.asked();
        for target in
            ["/?scope=write", "/?resource=https://other.example&scope=", "/?session=allow", "/forward-auth?scope=write"]
        {
            let answer = self.call_at(target, &[("x-api-key", &other.secret)]).await;
            assert_eq!(answer.status, 403, "{target}");
        }
        let forged =
            [("x-api-key", other.secret.as_str()), ("x-forwarded-uri", "/?scope=write"), ("x-original-url", "/")];
        assert_eq!(self.call(&forged).await.status, 403);
        assert_eq!(self.backend.asked(), before);
        assert_ne!(self.call_at("/_forward_auth", &[("x-api-key", &other.secret)]).await.status, 200);
    }

    pub async fn a_key_is_used_from_a_claimed_address(&self) {
        let key = self.keys.of_machine(json!({ "addresses": ["192.0.2.7"] })).await;
        for name in ["x-forwarded-for", "x-real-ip", "forwarded", "x_forwarded_for"] {
            let answer = self.call(&[("x-api-key", &key.secret), (name, "192.0.2.7")]).await;
            assert_eq!(answer.status, 401, "{name}");
        }
        let refusals = self.keys.app.events("api_key_refused").await;
        assert_eq!(refusals[0].details["from"], json!("127.0.0.1"));
        let own = self.keys.of_machine(json!({ "addresses": ["127.0.0.1"] })).await;
        assert_eq!(self.call(&[("x-api-key", &own.secret)]).await.status, 200);
    }

    /// RFC 6750 §3.1
    pub async fn a_key_without_the_scope_is_told_which_it_lacks(&self) {
        let key = self.keys.of_machine(json!({ "scope": "write" })).await;
        let answer = self.call(&[("x-api-key", &key.secret)]).await;
        assert_eq!(answer.status, 403);
        let challenge = answer.header("www-authenticate");
        assert!(
            challenge.contains("error=\"insufficient_scope\"") && challenge.ends_with("scope=\"read\""),
            "{challenge}"
        );
    }

    /// RFC 6585 §4. Returns the answer to the last call that passed.
    pub async fn a_key_beyond_its_limit_is_told_when_to_come_again(&self) -> Answer {
        let key = self.keys.of_machine(json!({ "rate_limit": "1/minute" })).await;
        let first = self.call(&[("x-api-key", &key.secret)]).await;
        assert_eq!(first.status, 200);
        let answer = self.call(&[("x-api-key", &key.secret)]).await;
        assert_eq!((answer.status, answer.header("retry-after")), (429, "61"));
        assert_eq!(answer.header("ratelimit"), "\"rate\";r=0;t=61");
        assert_eq!(answer.header("ratelimit-policy"), "\"rate\";q=1;w=60");
        assert_eq!(self.backend.asked(), 1);
        first
    }

    pub async fn nobody_comes_in_while_the_server_is_gone(self, status: u16) {
        let key = self.key().await;
        let Self { keys, backend, proxy } = self;
        drop(keys);
        let answer = Http::new().get(&format!("http://{}/", proxy.address), &[("x-api-key", &key)]).await;
        assert_eq!((answer.status, backend.asked()), (status, 0));
    }
}

/// A header as the API got it; empty if it did not, and nothing else if it came more than once.
fn told<'a>(seen: &'a Value, name: &str) -> &'a str {
    match seen["headers"][name].as_array().map(Vec::as_slice) {
        None => "",
        Some([one]) => one.as_str().unwrap(),
        Some(_) => "root",
    }
}
