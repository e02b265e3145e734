//! `/recover`: whoever forgot their password asks for a link to choose another.

use actix_web::Error;
use actix_web::http::StatusCode;

use super::mail_question;
use super::onward::Onward;
use crate::domain::people::mail_desk::Wanted;
use crate::web::page::{MailNotice, MailNoticePage, Problem};
use crate::web::posted::Entry;
use crate::web::visit::{PageResult, Visit};

const SENT: &str = "/recover/sent";

/// The form.
pub(super) async fn show(visit: Visit) -> PageResult {
    check_on(&visit)?;
    let onward = Onward::of(&visit, &visit.query()?).await?;
    mail_question::render(&visit, Wanted::Recovery, &onward, "", None)
}

/// The form, sent.
pub(super) async fn submit(Entry(posted): Entry) -> PageResult {
    check_on(&posted.visit)?;
    let onward = Onward::of(&posted.visit, &posted.fields).await?;
    mail_question::ask(&posted, Wanted::Recovery, &onward, SENT).await
}

/// What is said to everybody who asked.
pub(super) async fn sent(visit: Visit) -> PageResult {
    check_on(&visit)?;
    let page = MailNoticePage { t: visit.texts(), base: visit.base(), notice: MailNotice::LinkSent };
    visit.send(&page, StatusCode::OK, &visit.headers(), None)
}

/// Where there is no mail, nobody is recovered by it.
pub(super) fn check_on(visit: &Visit) -> Result<(), Error> {
    if visit.cx.config.mail.is_on() { Ok(()) } else { Err(visit.refuse(Problem::NotFound)) }
}
