//! `claviger user import`: everybody who stands in a file.

use secrecy::SecretString;
use serde_json::{Value, json};

use super::args::ImportArgs;
use super::input::Input;
use super::output::{Failure, Output, table};
use crate::cx::Cx;
use crate::domain::people::import::{self, Added, Applied, Fault, Format, Invitation, Report};
use crate::domain::people::{Act, links};
use crate::store::{Person, Role};

/// Runs the command: a report, and if nothing is wrong and it is not a rehearsal, the people.
pub(super) async fn run(args: &ImportArgs, cx: &Cx, act: &Act<'_>, output: Output) -> Result<(), Failure> {
    let checked = import::check(&args.file.read_bytes()?, format(args)?, |_| true);
    let report = import::report(&cx.store, checked).await?;
    if !report.faults.is_empty() {
        output.print_json(&to_json(&report))?;
        let faults: Vec<String> = report.faults.iter().map(ToString::to_string).collect();
        return Err(Failure::refused(format!("{}\nNobody was added.", faults.join("\n"))));
    }
    if args.dry_run {
        let words = || {
            format!("Nothing is wrong. {} to be added, {} there already.", report.to_add.len(), report.present.len())
        };
        return output.print(&to_json(&report), words);
    }
    let present = report.present.len();
    let lifetime = cx.config.links.invitation_lifetime;
    let letter = |person: &Person, token: &SecretString| cx.mail(|| cx.letters().invitation(person, token, lifetime));
    let invitation = Invitation { hasher: &cx.hasher, settings: &cx.config.links, letter: &letter };
    let applied = import::apply(act, report.to_add, args.invite.then_some(invitation)).await?;
    let end = (act.now + cx.config.links.invitation_lifetime).to_rfc3339();
    let url = |added: &Added| added.token.as_ref().map(|token| links::invitation_url(cx.issuer(), token));
    let document = json!({
        "added": applied.added.iter().map(|added| {
            let url = url(added);
            let end = url.as_ref().map(|_| &end);
            json!({
                "id": added.person.id,
                "username": added.person.username,
                "invitation": url,
                "invitation_expires_at": end,
            })
        }).collect::<Vec<_>>(),
        "present": present,
        "overtaken": applied.overtaken,
    });
    output.print(&document, || {
        let done = said(&applied, present);
        if !args.invite || applied.added.is_empty() {
            return done;
        }
        let rows = applied.added.iter().map(|added| [added.person.username.clone(), url(added).unwrap_or_default()]);
        let links = table(["USERNAME", "LINK"], rows);
        format!("{done}\n\nBy these links a password can be chosen, once, until {end}:\n\n{links}")
    })
}

/// As it is said, or else as the name of the file ends.
fn format(args: &ImportArgs) -> Result<Format, Failure> {
    let ending = match &args.file {
        Input::File(path) => path.extension().and_then(|ending| ending.to_str()).and_then(Format::from_word),
        Input::Stdin => None,
    };
    args.format.or(ending).ok_or_else(|| {
        Failure::refused(format!("{} does not tell its format by its name: add --format csv or json.", args.file))
    })
}

fn said(applied: &Applied, present: usize) -> String {
    let done = format!("Added {}. There already: {present}.", applied.added.len());
    if applied.overtaken.is_empty() {
        return done;
    }
    let names = applied.overtaken.join(", ");
    format!("{done} Left out, because somebody else was given the name or address meanwhile: {names}.")
}

fn to_json(report: &Report) -> Value {
    let usernames = |entries: &[import::Entry]| -> Vec<Value> {
        let entry =
            |entry: &import::Entry| json!({ "username": entry.new.username, "role": entry.new.role.map(Role::word) });
        entries.iter().map(entry).collect()
    };
    let fault = |fault: &Fault| json!({ "number": fault.place.number(), "member": fault.member, "fault": fault.text });
    json!({
        "to_add": usernames(&report.to_add),
        "present": usernames(&report.present),
        "faults": report.faults.iter().map(fault).collect::<Vec<_>>(),
    })
}
