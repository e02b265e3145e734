//! A device that keeps a passkey, and the browser before it, written out after Web Authentication §6 and §7: what
//! a test wants to forge, it can change.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::{Browser, Page, TestApp};

/// Somebody was there.
pub const PRESENT: u8 = 0x01;
/// The device has made sure who.
pub const VERIFIED: u8 = 0x04;
/// The key may be on several devices, and is.
pub const SYNCED: u8 = 0x18;
/// The public key comes along.
const WITH_KEY: u8 = 0x40;

/// A passkey, with its private key.
pub struct SoftKey {
    /// By which the device knows it.
    pub id: Vec<u8>,
    /// For whom it was made: the bytes of their identifier.
    pub handle: Option<Vec<u8>>,
    /// The name of the server for which it was made.
    pub server: String,
    /// From which origin the browser says that it is asked.
    pub origin: String,
    /// What the device says of this use.
    pub flags: u8,
    /// How often it was used; stays 0 where it does not count.
    pub counter: u32,
    /// What the browser says that this is.
    pub kind: &'static str,
    pair: EcdsaKeyPair,
}

impl SoftKey {
    /// Makes a key as the form of this page asks, and answers with what the browser would send.
    #[track_caller]
    pub fn make(page: &Page, flags: u8) -> (Self, String) {
        let options = options(page);
        let pair = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &SystemRandom::new()).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pair.as_ref()).unwrap();
        let key = Self {
            id: digest(&SHA256, pair.public_key().as_ref()).as_ref()[..20].to_vec(),
            handle: Some(bytes(&options["user"]["id"])),
            server: options["rp"]["id"].as_str().unwrap().to_owned(),
            origin: page.url.origin().ascii_serialization(),
            flags,
            counter: 0,
            kind: "webauthn.get",
            pair,
        };
        let answer = key.attest(&options);
        (key, answer)
    }

    /// What the browser sends of a new key.
    fn attest(&self, options: &Value) -> String {
        let mut data = self.data(self.flags | WITH_KEY);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.id.len()).unwrap().to_be_bytes());
        data.extend(&self.id);
        // COSE: an elliptic curve key for ES256 on P-256.
        let (x, y) = self.pair.public_key().as_ref()[1..].split_at(32);
        data.extend([&[0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32][..], x, &[0x22, 0x58, 32], y].concat());
        let length = u8::try_from(data.len()).unwrap();
        let object = [b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58", &[length][..], &data].concat();
        let client_data = client_data("webauthn.create", options, &self.origin);
        self.sent(&json!({ "attestationObject": text(&object), "clientDataJSON": text(&client_data) }))
    }

    /// Answers what the form of this page asks.
    #[track_caller]
    pub fn answer(&self, page: &Page) -> String {
        let client_data = client_data(self.kind, &options(page), &self.origin);
        let data = self.data(self.flags);
        let signed = [&data[..], digest(&SHA256, &client_data).as_ref()].concat();
        let signature = self.pair.sign(&SystemRandom::new(), &signed).unwrap();
        let mut response = json!({
            "authenticatorData": text(&data),
            "clientDataJSON": text(&client_data),
            "signature": text(signature.as_ref()),
        });
        if let Some(handle) = &self.handle {
            response["userHandle"] = json!(text(handle));
        }
        self.sent(&response)
    }

    /// Sends what it answers by the form of this page.
    pub async fn sign_in(&self, browser: &Browser, page: &Page) -> Page {
        browser.submit(page, "form#passkey", &[("answer", &self.answer(page))]).await
    }

    fn data(&self, flags: u8) -> Vec<u8> {
        let mut data = digest(&SHA256, self.server.as_bytes()).as_ref().to_vec();
        data.push(flags);
        data.extend(self.counter.to_be_bytes());
        data
    }

    fn sent(&self, response: &Value) -> String {
        let id = text(&self.id);
        json!({ "id": id, "rawId": id, "type": "public-key", "response": response }).to_string()
    }
}

impl TestApp {
    /// A passkey that whoever is signed in at `browser` adds to their account.
    pub async fn passkey(&self, browser: &Browser, name: &str) -> SoftKey {
        self.passkey_with(browser, name, PRESENT | VERIFIED).await
    }

    /// The same, of which the device says this.
    pub async fn passkey_with(&self, browser: &Browser, name: &str, flags: u8) -> SoftKey {
        let page = browser.open("/account/security/passkeys/new").await;
        let (key, answer) = SoftKey::make(&page, flags);
        let list = browser.submit(&page, "form#passkey", &[("name", name), ("answer", &answer)]).await;
        assert_eq!(list.query("done").as_deref(), Some("added"), "{}", list.answer.body);
        key
    }
}

/// What the form asks of the browser.
#[track_caller]
fn options(page: &Page) -> Value {
    let options: Value = serde_json::from_str(&page.attribute("form#passkey", "data-options")).unwrap();
    options["publicKey"].clone()
}

fn client_data(kind: &str, options: &Value, origin: &str) -> Vec<u8> {
    json!({ "type": kind, "challenge": options["challenge"], "origin": origin, "crossOrigin": false })
        .to_string()
        .into_bytes()
}

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn bytes(text: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text.as_str().unwrap()).unwrap()
}
