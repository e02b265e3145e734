//! `Idempotency-Key`: a creation that is repeated because its answer got lost is not done again; the answer is given again.
//!
//! The answer is kept in the transaction that creates, so that neither is without the other, however many ask at once. It
//! is sealed, since it can hold a secret; refusals are not kept, and a request that was refused may be mended under its key.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};

use super::answer;
use super::caller::Caller;
use super::problem::{Kind, Problem};
use crate::ids::TokenHash;
use crate::store::KeptAnswer;

const HEADER: HeaderName = HeaderName::from_static("idempotency-key");
/// A header says so where an answer is an earlier one.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// The longest key.
pub(super) const LONGEST: usize = 255;
const CONTEXT: &[u8] = b"claviger kept answer ";

/// A request that is answered once, if it has a key.
pub(super) struct Once(Option<Asked>);

struct Asked {
    id: TokenHash,
    request_hash: TokenHash,
}

/// A creation as it is answered.
#[derive(Serialize, Deserialize)]
pub(super) struct Created {
    /// The path of what was created.
    pub location: String,
    /// Its entity tag, as its own path will give it.
    pub tag: String,
    /// The body.
    pub body: String,
}

impl Once {
    /// What the request asks for. The key counts for its caller and its path alone.
    pub fn of(caller: &Caller, body: &[u8]) -> Result<Self, Problem> {
        let Some(value) = caller.request.headers().get(&HEADER) else { return Ok(Self(None)) };
        let key = value.to_str().ok().filter(|key| {
            (1..=LONGEST).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ')
        });
        let key = key.ok_or_else(|| {
            Problem::new(Kind::Malformed, format!("Idempotency-Key: Send 1 to {LONGEST} visible ASCII characters."))
        })?;
        let hasher = &caller.cx.hasher;
        let (name, path) = (caller.authority.name(), caller.request.path());
        Ok(Self(Some(Asked {
            id: hasher.hash(&format!("{name}\n{path}\n{key}")),
            request_hash: hasher.hash(&format!("{path}\n{}", String::from_utf8_lossy(body))),
        })))
    }

    /// The answer that was given to this request, if it was. Look again where it is refused: whoever was quicker by a moment
    /// may have been the same request.
    pub async fn answered(&self, caller: &Caller) -> Result<Option<HttpResponse>, Problem> {
        let Some(asked) = &self.0 else { return Ok(None) };
        let Some(kept) = caller.cx.store.kept_answer(&asked.id).await? else { return Ok(None) };
        if kept.request_hash != asked.request_hash {
            return Err(Kind::KeyReused.into());
        }
        let plain = caller.cx.answer_sealer.open(&kept.sealed_answer, &asked.context());
        let created = plain.and_then(|plain| serde_json::from_slice::<Created>(&plain).ok());
        let created = created.ok_or_else(|| Problem::from(Kind::Internal).because("a kept answer does not open"))?;
        let mut response = created.response();
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
        Ok(Some(response))
    }

    /// The answer as it is kept, if it is.
    pub fn keep(&self, caller: &Caller, created: impl FnOnce() -> Created) -> Option<KeptAnswer> {
        let asked = self.0.as_ref()?;
        let plain = zeroize::Zeroizing::new(serde_json::to_vec(&created()).unwrap_or_default());
        Some(KeptAnswer {
            id: asked.id,
            request_hash: asked.request_hash,
            sealed_answer: caller.cx.answer_sealer.seal(&plain, &asked.context()),
            created_at: caller.now,
        })
    }
}

impl Asked {
    fn context(&self) -> Vec<u8> {
        [CONTEXT, self.id.as_bytes()].concat()
    }
}

impl Created {
    /// 201, with where it is.
    pub fn response(self) -> HttpResponse {
        answer::head(StatusCode::CREATED)
            .insert_header((header::LOCATION, self.location))
            .insert_header((header::ETAG, self.tag))
            .body(self.body)
    }
}
