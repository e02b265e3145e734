//! A form with a file in it, as `multipart/form-data` (RFC 7578). It acts for who is signed in: the file of anybody else passes by
//! and takes no memory here.

use std::time::Duration;

use actix_multipart::Multipart;
use actix_web::dev::Payload;
use actix_web::web::Bytes;
use actix_web::{Error, FromRequest, HttpRequest};
use futures_util::StreamExt;
use futures_util::future::LocalBoxFuture;
use tokio::sync::{Semaphore, SemaphorePermit};
use url::form_urlencoded::Serializer;

use super::posted::Posted;
use super::visit::Visit;
use crate::protocol::params::{Limits, MAX_VALUE_BYTES, Params};
use crate::web::language;
use crate::web::page::Problem;

/// The most bytes of the file that a page takes; it says so where it is mounted.
#[derive(Clone, Copy, Debug)]
pub struct MostBytes(pub usize);

/// So many files are held at once: the others wait before they are read.
const PLACES: usize = 8;
static PLACE: Semaphore = Semaphore::const_new(PLACES);
/// How long somebody may take to be given a place, and to send the form.
const PATIENCE: Duration = Duration::from_mins(2);

/// A form that acts for who is signed in, with a file: otherwise as [`super::posted::Member`].
pub struct WithFile {
    /// Everything else of the form.
    pub posted: Posted,
    /// What stands in the file.
    pub file: File,
    /// Held for as long as the file is.
    pub place: Option<SemaphorePermit<'static>>,
}

/// The file of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum File {
    /// None was chosen.
    None,
    /// It is larger than the page takes.
    TooLarge,
    /// This.
    Read(Bytes),
}

impl FromRequest for WithFile {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let visit = Visit::from_request(request, payload);
        let parts = Multipart::from_request(request, payload);
        let most = request.app_data::<MostBytes>().map_or(0, |most| most.0);
        Box::pin(async move {
            let visit = visit.await?;
            let current = visit.current().await?;
            let parts = parts.await.map_err(|_| visit.refuse(Problem::Malformed))?;
            let most = if current.is_some() { most } else { 0 };
            let read = async {
                let place = if current.is_some() { PLACE.acquire().await.ok() } else { None };
                Ok::<_, Error>((read(&visit, parts, most).await?, place))
            };
            let read = tokio::time::timeout(PATIENCE, read).await.map_err(|_| visit.refuse(Problem::Busy))?;
            let ((fields, file), place) = read?;
            language::note_form(&visit.request, &fields);
            let posted = Posted { visit, fields, current };
            posted.check_member()?;
            Ok(Self { posted, file, place })
        })
    }
}

/// RFC 7578 §4.2: each part has the name of its field, and a file a name of its own, which is of no interest here.
async fn read(visit: &Visit, mut parts: Multipart, most: usize) -> Result<(Params, File), Error> {
    let (mut fields, mut file) = (Serializer::new(String::new()), File::None);
    let mut number = 0;
    while let Some(part) = parts.next().await {
        let mut part = part.map_err(|_| visit.refuse(Problem::Malformed))?;
        number += 1;
        if number > Limits::USUAL.parameters {
            return Err(visit.refuse(Problem::Malformed));
        }
        let name = part.name().unwrap_or_default().to_owned();
        let is_file = part.content_disposition().is_some_and(|told| told.get_filename().is_some());
        let bytes = match part.bytes(if is_file { most } else { MAX_VALUE_BYTES }).await {
            Ok(bytes) => bytes.map_err(|_| visit.refuse(Problem::Malformed))?,
            Err(_) if is_file => {
                file = File::TooLarge;
                continue;
            }
            Err(_) => return Err(visit.refuse(Problem::Malformed)),
        };
        match std::str::from_utf8(&bytes) {
            // A browser sends the field of a file also where none was chosen.
            _ if is_file && bytes.is_empty() => {}
            _ if is_file && file != File::None => return Err(visit.refuse(Problem::Malformed)),
            _ if is_file => file = File::Read(bytes),
            Ok(text) => _ = fields.append_pair(&name, text),
            Err(_) => return Err(visit.refuse(Problem::Malformed)),
        }
    }
    // Read as every other form is, so that the same holds for what is filled in.
    let fields = Params::parse(fields.finish().as_bytes()).map_err(|error| visit.malformed(&error))?;
    Ok((fields, file))
}
