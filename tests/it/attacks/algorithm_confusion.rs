//! Forged signatures: RFC 8725 §2.1, RFC 9700 §4.10, and what CVEs have taught. Each forgery is made of a genuine access
//! token and of a genuine ID token, and tried at every endpoint that takes one.

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{
    RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RSA_PSS_SHA384, RSA_PSS_SHA512, RsaEncoding,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::forgery::{
    AttackersKey, Jwt, Mark, base64url, public_keys_as_secrets, rsa, server_p256, server_p256_der, sign_as_the_server,
};

/// The order of P-256's group: the one number beyond those that a signature may hold.
const ORDER: &str = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

fn order() -> Vec<u8> {
    (0..32).map(|at| u8::from_str_radix(&ORDER[2 * at..2 * at + 2], 16).unwrap()).collect()
}

fn hmac(algorithm: hmac::Algorithm, secret: &[u8]) -> impl FnOnce(&[u8]) -> Vec<u8> {
    move |message| hmac::sign(&hmac::Key::new(algorithm, secret), message).as_ref().to_vec()
}

/// The name of a key of the server's for this algorithm.
fn kid(jwks: &Value, algorithm: &str) -> Value {
    let keys = jwks["keys"].as_array().unwrap();
    keys.iter().find(|key| key["alg"] == algorithm).unwrap()["kid"].clone()
}

/// What the forgeries of this file do is good where nothing is forged: without this they would show nothing.
#[actix_web::test]
async fn the_forgers_tools_work() {
    let mark = Mark::start().await;
    for (genuine, takers) in
        [(&mark.access_token, ["userinfo", "introspect"]), (&mark.id_token, ["authorize", "end_session"])]
    {
        let signed_anew = Jwt::of(genuine).claim("unheard_of", 1).signed_by_the_server();
        assert_eq!(mark.takers(&signed_anew).await, takers);
        for other in ["RS256", "ES256"] {
            let kid = kid(&mark.app.get("/oauth2/jwks").await.ok(), other);
            let by_other_key = Jwt::of(genuine).header("alg", other).header("kid", kid).signed_by_the_server();
            assert_eq!(mark.takers(&by_other_key).await, takers, "{other}");
        }
    }
}

/// RFC 8725 §2.1, RFC 8725 §3.2: a token that says that it is not signed, however it spells that.
#[actix_web::test]
async fn says_that_the_token_is_not_signed() {
    let mark = Mark::start().await;
    let spellings = [
        json!("none"),
        json!("None"),
        json!("NONE"),
        json!("nOnE"),
        json!("nonE"),
        json!(" none"),
        json!("none "),
        json!("none\0"),
        json!("n\u{f6}ne"),
        json!(""),
        json!("null"),
        json!("false"),
        json!("plain"),
        json!("unsecured"),
        json!("0"),
        json!(0),
        json!(false),
        json!([]),
        json!({}),
        json!(["none"]),
        json!(["none", "ES256"]),
        Value::Null,
    ];
    for alg in spellings {
        for keep_kid in [true, false] {
            for signature in [b"".as_slice(), b"x", &[0; 64]] {
                mark.refuses(&format!("alg {alg}"), |jwt| {
                    let jwt = if keep_kid { jwt } else { jwt.header("kid", Value::Null) };
                    jwt.header("alg", alg.clone()).signed(|_| signature.to_vec())
                })
                .await;
            }
        }
    }
}

/// RFC 8725 §3.3, RFC 7515 §5.2: a signature that was left out, or is of no use.
#[actix_web::test]
async fn strips_the_signature() {
    let mark = Mark::start().await;
    for (what, forge) in [
        ("empty", (|message: &str, _: &str| format!("{message}.")) as fn(&str, &str) -> String),
        ("no dot", |message, _| message.to_owned()),
        ("half of it", |message, signature| format!("{message}.{}", &signature[..signature.len() / 2])),
        ("a byte less", |message, signature| format!("{message}.{}", &signature[..signature.len() - 2])),
        ("twice", |message, signature| format!("{message}.{signature}.{signature}")),
        ("doubled", |message, signature| format!("{message}.{signature}{signature}")),
        ("in front", |message, signature| format!("{signature}.{message}")),
        ("a part more", |message, signature| format!("{message}.{signature}.e30")),
        ("an encrypted token's parts", |message, signature| format!("{message}.{signature}.{signature}.{signature}")),
        ("an empty part first", |message, signature| format!(".{message}.{signature}")),
        ("alone", |_, signature| format!("..{signature}")),
    ] {
        for genuine in [&mark.access_token, &mark.id_token] {
            let (message, signature) = genuine.rsplit_once('.').unwrap();
            assert_eq!(mark.takers(&forge(message, signature)).await, [""; 0], "{what}");
        }
    }
}

/// RFC 8725 §2.1, RFC 8725 §3.1: a public key is no secret, so that a "shared secret" made of it proves nothing.
#[actix_web::test]
async fn signs_by_hmac_with_the_public_key() {
    let mark = Mark::start().await;
    let jwks = mark.app.get("/oauth2/jwks").await.ok();
    for (name, secret) in public_keys_as_secrets(&jwks) {
        for key in jwks["keys"].as_array().unwrap() {
            let what = format!("{name} under {}", key["alg"]);
            mark.refuses(&what, |jwt| {
                let jwt = jwt.header("alg", "HS256").header("kid", key["kid"].clone());
                jwt.signed(hmac(hmac::HMAC_SHA256, &secret))
            })
            .await;
        }
        for (alg, algorithm) in [("HS384", hmac::HMAC_SHA384), ("HS512", hmac::HMAC_SHA512)] {
            let what = format!("{name} by {alg}");
            mark.refuses(&what, |jwt| jwt.header("alg", alg).signed(hmac(algorithm, &secret))).await;
        }
    }
}

/// RFC 8725 §3.1: a key of ours under the name of another algorithm, or of another key.
#[actix_web::test]
async fn swaps_the_algorithm_or_the_key() {
    let mark = Mark::start().await;
    let jwks = mark.app.get("/oauth2/jwks").await.ok();
    let (rsa_kid, ec_kid) = (kid(&jwks, "RS256"), kid(&jwks, "ES256"));
    let encodings: [(&str, &'static dyn RsaEncoding); 5] = [
        ("PS256", &RSA_PSS_SHA256),
        ("PS384", &RSA_PSS_SHA384),
        ("PS512", &RSA_PSS_SHA512),
        ("RS384", &RSA_PKCS1_SHA384),
        ("RS512", &RSA_PKCS1_SHA512),
    ];
    for (alg, encoding) in encodings {
        for said in [alg, "RS256"] {
            let what = format!("{alg} called {said}");
            let forge = |jwt: Jwt| jwt.header("alg", said).header("kid", rsa_kid.clone());
            mark.refuses(&what, |jwt| forge(jwt).signed(|message| rsa(encoding, message))).await;
        }
    }
    for alg in [
        "ES384", "ES512", "ES256K", "EdDSA", "Ed25519", "RS256", "PS256", "es256", "ES256 ", "ECDSA", "RSA", "A128GCM",
        "dir",
    ] {
        let forge = |jwt: Jwt| jwt.header("alg", alg).header("kid", ec_kid.clone());
        mark.refuses(&format!("an ES256 signature called {alg}"), |jwt| forge(jwt).signed(server_p256)).await;
    }
    mark.refuses("an ES256 signature under the RSA key's name", |jwt| {
        jwt.header("alg", "ES256").header("kid", rsa_kid.clone()).signed(server_p256)
    })
    .await;
    mark.refuses("an RS256 signature under the EC key's name", |jwt| {
        let jwt = jwt.header("alg", "RS256").header("kid", ec_kid.clone());
        jwt.signed(sign_as_the_server(&json!({ "kid": rsa_kid })))
    })
    .await;
    mark.refuses("an ES256 signature over RS256's header", |jwt| {
        jwt.header("alg", "RS256").header("kid", rsa_kid.clone()).signed(server_p256)
    })
    .await;
}

/// RFC 8725 §3.10, RFC 7515 §4.1.2, RFC 7515 §4.1.3: a token that brings its key, or says where to fetch it.
#[actix_web::test]
async fn brings_the_key_along() {
    let mark = Mark::start().await;
    let attacker = AttackersKey::new();
    let (jwk, x5c) = (attacker.jwk(), attacker.x5c());
    let members = [
        ("jwk", jwk.clone()),
        ("jwk", json!({ "keys": [jwk] })),
        ("jwk", json!(jwk.to_string())),
        ("jku", json!("https://evil.example/jwks.json")),
        ("jku", json!(format!("{}@evil.example/jwks.json", mark.app.issuer))),
        ("jku", json!(format!("data:application/json,{}", json!({ "keys": [jwk] })))),
        ("jku", json!("file:///etc/passwd")),
        ("x5u", json!("https://evil.example/x5u.pem")),
        ("x5c", json!([x5c])),
        ("x5c", json!(x5c)),
        ("x5t", json!(base64url([0; 20]))),
        ("x5t#S256", json!(base64url([0; 32]))),
        ("kid", json!("attacker")),
    ];
    for (name, value) in members {
        for kid in [None, Some("attacker")] {
            for alg in ["ES256", "HS256", "none"] {
                let what = format!("{name} {value}, kid {kid:?}, {alg}");
                mark.refuses(&what, |jwt| {
                    let jwt = jwt.header("alg", alg).header(name, value.clone());
                    let jwt = kid.into_iter().fold(jwt, |jwt, kid| jwt.header("kid", kid));
                    jwt.signed(|message| attacker.sign(message))
                })
                .await;
            }
        }
    }
    // Not even beside a signature that is good: whoever reads the token after us may believe it.
    for name in ["jwk", "jku", "x5u", "x5c"] {
        let value = match name {
            "jwk" => jwk.clone(),
            "x5c" => json!([x5c]),
            _ => json!("https://evil.example/"),
        };
        mark.refuses(name, |jwt| jwt.header(name, value.clone()).signed_by_the_server()).await;
    }
}

/// RFC 8725 §3.10: the name of a key is looked up as it stands; it is no path, no query and no pattern.
#[actix_web::test]
async fn puts_a_path_or_a_query_into_the_name_of_the_key() {
    let mark = Mark::start().await;
    let good = Jwt::of(&mark.access_token).header["kid"].as_str().unwrap().to_owned();
    let names = [
        json!("../../../../dev/null"),
        json!("/dev/null"),
        json!("file:///dev/null"),
        json!("' OR '1'='1"),
        json!("x' UNION SELECT 'c2VjcmV0' --"),
        json!("*"),
        json!("%"),
        json!(""),
        json!("0"),
        json!(0),
        json!(-1),
        json!(true),
        json!([]),
        json!([good]),
        json!({ "kid": good }),
        json!(format!("{good}\0")),
        json!(format!("{good} ")),
        json!(good.to_uppercase()),
        json!(&good[..good.len() - 1]),
        json!(format!("{good}%00")),
        json!("k".repeat(2_000)),
        json!("$(sleep 10)"),
        json!("| sleep 10"),
        json!("http://evil.example/key"),
        json!("\u{0}"),
        Value::Null,
    ];
    for name in names {
        mark.refuses(&format!("kid {name}, signed by nothing"), |jwt| {
            jwt.header("alg", "HS256").header("kid", name.clone()).signed(hmac(hmac::HMAC_SHA256, b""))
        })
        .await;
        // The right signature under the wrong name does not help either: there is no trying of keys.
        mark.refuses(&format!("kid {name}, signed by us"), |jwt| {
            let sign = sign_as_the_server(&jwt.header);
            jwt.header("kid", name.clone()).signed(sign)
        })
        .await;
    }
}

/// CVE-2022-21449 and its kin, RFC 7518 §3.4, RFC 8725 §3.4: signatures that hold for every message where the numbers are not checked.
#[actix_web::test]
async fn signs_with_numbers_that_fit_every_message() {
    let mark = Mark::start().await;
    let jwks = mark.app.get("/oauth2/jwks").await.ok();
    let (order, zero) = (order(), vec![0; 32]);
    let mut one = zero.clone();
    one[31] = 1;
    let ff = vec![0xff; 32];
    for (what, r, s) in [
        ("0, 0", &zero, &zero),
        ("0, 1", &zero, &one),
        ("1, 0", &one, &zero),
        ("1, 1", &one, &one),
        ("n, n", &order, &order),
        ("n, 1", &order, &one),
        ("1, n", &one, &order),
        ("0, n", &zero, &order),
        ("max, max", &ff, &ff),
    ] {
        let forge = |jwt: Jwt| jwt.header("alg", "ES256").header("kid", kid(&jwks, "ES256"));
        mark.refuses(what, |jwt| forge(jwt).signed(|_| [r.as_slice(), s].concat())).await;
    }
    for length in [0, 1, 2, 63, 65, 128, 255, 256, 257, 512] {
        for byte in [0, 1, 0xff] {
            for alg in ["ES256", "RS256"] {
                mark.refuses(&format!("{length} times {byte} by {alg}"), |jwt| {
                    jwt.header("alg", alg).header("kid", kid(&jwks, alg)).signed(|_| vec![byte; length])
                })
                .await;
            }
        }
    }
    mark.refuses("in DER", |jwt| jwt.header("alg", "ES256").header("kid", kid(&jwks, "ES256")).signed(server_p256_der))
        .await;
    mark.refuses("of another message", |jwt| {
        jwt.header("alg", "ES256").header("kid", kid(&jwks, "ES256")).signed(|_| server_p256(b"another"))
    })
    .await;
}

/// RFC 7009 §2: anybody can turn an ECDSA signature into a second one that is good (`s` into `n - s`).
/// What was revoked stays revoked under it.
#[actix_web::test]
async fn brings_a_revoked_token_back_under_a_second_signature() {
    let mark = Mark::start().await;
    let (message, signature) = mark.access_token.rsplit_once('.').unwrap();
    let bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let mut borrow = 0_i16;
    let mut negated: Vec<u8> = order()
        .iter()
        .zip(&bytes[32..])
        .rev()
        .map(|(n, s)| {
            let difference = i16::from(*n) - i16::from(*s) - borrow;
            borrow = i16::from(difference < 0);
            u8::try_from(difference.rem_euclid(256)).unwrap()
        })
        .collect();
    negated.reverse();
    let twin = format!("{message}.{}", base64url([&bytes[..32], &negated].concat()));
    assert_ne!(twin, mark.access_token);
    let form = [("token", mark.access_token.as_str())];
    let revoked = mark.app.post_with("/oauth2/revoke", &form, &[("authorization", &mark.client.basic())]).await;
    assert_eq!(revoked.status, 200);
    for token in [&mark.access_token, &twin] {
        assert_eq!(mark.takers(token).await, [""; 0]);
    }
}
