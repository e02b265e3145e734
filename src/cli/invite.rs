//! `claviger user invite`: a link by which somebody makes an account of their own.

use secrecy::SecretString;
use serde_json::json;
use zeroize::Zeroizing;

use super::output::{Failure, Output};
use crate::cx::Cx;
use crate::domain::people::Act;
use crate::domain::people::registration::{self, HandOver};

/// Invites whoever reads mail at an address.
pub async fn run(email: &str, cx: &Cx, act: &Act<'_>, output: Output) -> Result<(), Failure> {
    if !cx.config.people.takes_invitations() {
        let remedy = "Accounts are made for people here: set people.registration to \"invitation\" or \"open\".";
        return Err(Failure::refused(remedy));
    }
    let settings = &cx.config.links;
    let letter = |address: &str, token: &SecretString| {
        cx.mail(|| cx.letters().registration_invitation(address, token, settings.invitation_lifetime))
    };
    let made = registration::invite(act, &cx.hasher, settings, (email, HandOver::Always), letter).await?;
    let made = made.map_err(|problem| Failure::because(&problem))?;
    let link = made.token.map(|token| Zeroizing::new(registration::url(cx.issuer(), &token, "")));
    let end = made.expires_at.to_rfc3339();
    let document = json!({
        "email": made.address,
        "invitation": link.as_deref(),
        "invitation_expires_at": end,
        "mailed": made.is_mailed,
    });
    output.print(&document, || {
        let link = link.as_deref().map_or("", String::as_str);
        let mailed = if made.is_mailed { "\n\nAnother link to the same account was sent there." } else { "" };
        format!("By this link {} makes an account, once, until {end}:\n\n{link}{mailed}", made.address)
    })
}
