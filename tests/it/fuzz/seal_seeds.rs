//! The seeds that nobody can write by hand, because they are signed or sealed:
//! `CLAVIGER_WRITE_FUZZ_SEEDS=1 cargo test --test it seal_seeds` writes them anew.

use std::path::Path;

use actix_web::test::TestRequest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use claviger::clock::TestEntropy;
use claviger::domain::keys::jwt;
use claviger::domain::keys::master::{MasterKey, Purpose};
use claviger::domain::keys::sealing::Sealer;
use claviger::domain::pending_request::PendingRequest;
use claviger::domain::pending_sign_out::PendingSignOut;
use claviger::ids::ClientId;
use claviger::oauth::authorize::addressee;
use claviger::oauth::authorize::request::{self, Rules};
use claviger::protocol::algorithm::SigningAlgorithm;
use claviger::protocol::params::Params;
use claviger::protocol::prompt::PromptValue;
use claviger::protocol::response::ResponseType;
use claviger::web::csrf::Csrf;
use serde_json::{Value, json};

use super::targets::jwe::PLAIN;
use super::targets::world::{ISSUER, NOW, WORLD};
use crate::support::{ENCRYPTION_KEY, EncryptionKey, encrypt_to, encryption, header};

const PERSON: &str = "7c1e9f0a-4f0e-4d39-9d3b-0a8f8a6f0c11";
const REQUEST: &str = "client_id=app&redirect_uri=https://app.example/cb&response_type=code&scope=openid+email&state=s\
                       &nonce=n&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";

#[test]
fn seal_seeds() {
    if std::env::var_os("CLAVIGER_WRITE_FUZZ_SEEDS").is_none() {
        return;
    }
    tokens();
    encrypted();
    requests();
    forms();
}

fn write(name: &str, text: &str) {
    std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(name), text).unwrap();
}

fn tokens() {
    let (now, end) = (NOW.seconds(), NOW.seconds() + 600);
    let access = json!({
        "iss": ISSUER, "exp": end, "aud": "https://api.example", "sub": "app", "client_id": "app", "iat": now,
        "jti": PERSON, "scope": "read",
    });
    let id =
        json!({"iss": ISSUER, "exp": end, "aud": "app", "sub": PERSON, "iat": now, "auth_time": now, "azp": "app"});
    let sign = |algorithm, typ: &str, claims: &Value| {
        jwt::sign(WORLD.keys.active(algorithm, NOW).unwrap(), typ, claims).unwrap()
    };
    write("jwt/signed_eddsa", &sign(SigningAlgorithm::EdDSA, "at+jwt", &access));
    write("jwt/signed_es256", &sign(SigningAlgorithm::ES256, "at+jwt", &access));
    write("jwt/signed_rs256", &sign(SigningAlgorithm::RS256, "at+jwt", &access));
    let hint = sign(SigningAlgorithm::ES256, "JWT", &id);
    write("jwt/signed_id_token", &hint);
    write("authorize/id_token_hint", &format!("{REQUEST}&prompt=none&id_token_hint={hint}"));
    let kid = WORLD.keys.active(SigningAlgorithm::EdDSA, NOW).unwrap().kid();
    let header = json!({"alg": "EdDSA", "typ": "at+jwt", "kid": kid});
    write("jwt_claims/access_token", &format!("{header}\n{access}"));
    let header = json!({"alg": "EdDSA", "typ": "application/AT+JWT", "kid": kid, "crit": null, "extra": {"a": [1]}});
    let claims = json!({"iss": ISSUER, "exp": end, "aud": ["a", "https://api.example"], "nbf": now, "iat": now + 59});
    write("jwt_claims/audiences", &format!("{header}\n{claims}"));
    let header = json!({"alg": "EdDSA", "typ": "at+jwt", "kid": kid, "crit": ["exp"], "jku": "https://evil.example"});
    write("jwt_claims/critical", &format!("{header}\n{access}"));
    write("jwt/clear_confused", &format!("{}\n{access}\n", json!({"alg": "HS256", "typ": "at+jwt", "kid": kid})));
    write("jwt/clear_none", &format!("{}\n{access}\n", json!({"alg": "none", "typ": "at+jwt", "kid": kid})));
}

fn encrypted() {
    let jwks: Value = serde_json::from_slice(&WORLD.keys.jwks(NOW).json).unwrap();
    let key = jwks["keys"].as_array().unwrap().iter().find(|key| key["use"] == "enc").unwrap();
    let seal = |jwk: &Value, alg: &str, enc: &str| encrypt_to(jwk, encryption(alg, enc), PLAIN);
    write("jwe/agreed_cbc", &seal(key, "ECDH-ES", "A128CBC-HS256"));
    write("jwe/agreed_gcm", &seal(key, "ECDH-ES", "A256GCM"));
    write("jwe/wrapped_128", &seal(key, "ECDH-ES+A128KW", "A128GCM"));
    write("jwe/wrapped_256", &seal(key, "ECDH-ES+A256KW", "A128CBC-HS256"));
    let mut nameless = key.clone();
    nameless.as_object_mut().unwrap().remove("kid");
    write("jwe/nameless", &seal(&nameless, "ECDH-ES", "A128GCM"));
    write("jwe/for_another", &seal(&EncryptionKey::rsa().jwk("one"), "RSA-OAEP", "A256GCM"));
    let good = seal(key, "ECDH-ES", "A256GCM");
    for (name, member) in [("compressed", json!({"zip": "DEF"})), ("critical", json!({"crit": ["exp"]}))] {
        let mut changed = header(&good);
        changed.as_object_mut().unwrap().extend(member.as_object().unwrap().clone());
        let rest = good.split_once('.').unwrap().1;
        write(&format!("jwe/{name}"), &format!("{}.{rest}", URL_SAFE_NO_PAD.encode(changed.to_string())));
    }
}

fn pending() -> PendingRequest {
    let params = Params::parse(REQUEST.as_bytes()).unwrap();
    let client = WORLD.client(&ClientId("app".to_owned()));
    let addressee = addressee::addressee(&params, client, None).unwrap();
    let entropy = TestEntropy::from_seed(1);
    let rules = Rules {
        catalogue: &WORLD.catalogue,
        response_types: ResponseType::ALL,
        prompts: PromptValue::ALL,
        issuer: &WORLD.config.server.issuer,
        keys: &WORLD.keys,
        entropy: &entropy,
        now: NOW,
    };
    request::read(&params, &addressee, &rules).unwrap()
}

fn requests() {
    let pending = pending();
    write("sealed/request", &pending.seal(&WORLD.sealer));
    write("sealed/plain_request", &serde_json::to_string(&pending).unwrap());
    let sign_out = PendingSignOut {
        client_id: Some(pending.client_id),
        sid: None,
        return_to: Some("https://app.example/bye?state=s".to_owned()),
        fault: None,
        started_at: NOW,
    };
    write("sealed/sign_out", &sign_out.seal(&WORLD.sealer));
    write("sealed/plain_sign_out", &serde_json::to_string(&sign_out).unwrap());
}

fn forms() {
    let nobody = TestRequest::default().to_http_request();
    let csrf = Csrf::new([7; 32], ISSUER.to_owned());
    let (token, cookie) = csrf.issue(&nobody, &TestEntropy::from_seed(1), "session");
    let cookie = cookie.unwrap();
    write("cookies/issued", &format!("{}={}\n{token}", cookie.name(), cookie.value()));
    write("cookies/among_others", &format!("a=b; {}={}; c=\"d\"\n{token}", cookie.name(), cookie.value()));
    write("cookies/another_token", &format!("{}={}\n{}", cookie.name(), cookie.value(), cookie.value()));

    let master = MasterKey::from_text(ENCRYPTION_KEY).unwrap();
    let csrf = Csrf::new(*master.derive(Purpose::Csrf), ISSUER.to_owned());
    let (token, cookie) = csrf.issue(&nobody, &TestEntropy::from_seed(1), "");
    let cookie = cookie.unwrap();
    let sealed = pending().seal(&Sealer::new(&master.derive(Purpose::PendingRequest)));
    let head =
        format!("cookie: {}={}\ncontent-type: application/x-www-form-urlencoded\n", cookie.name(), cookie.value());
    write(
        "server/sign_in",
        &format!("POST /login\n{head}\nrequest={sealed}&csrf={token}&username=ada&password=wrong&remember=on"),
    );
    write("server/sign_in_page", &format!("GET /login?request={sealed}"));
    write("server/resume", &format!("GET /oauth2/authorize/resume?request={sealed}"));
}
