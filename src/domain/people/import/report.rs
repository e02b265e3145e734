//! What an import would do, before it does anything.

use std::collections::HashMap;

use super::check::{Checked, member_of};
use super::{Entry, Fault};
use crate::domain::people::accounts::AccountProblem;
use crate::store::{Result, Store, login_key};

/// People that are looked for at a time.
const AT_A_TIME: usize = 500;

/// What an import would do.
#[derive(Debug, Default)]
pub struct Report {
    /// Who would be added.
    pub to_add: Vec<Entry>,
    /// Whose username is there already: they stay as they are.
    pub present: Vec<Entry>,
    /// What is wrong. If anything is, nobody is added.
    pub faults: Vec<Fault>,
}

/// Compares the people of a file with those who are there.
pub async fn report(store: &Store, Checked { entries, faults }: Checked) -> Result<Report> {
    let mut report = Report { faults, ..Report::default() };
    let mut entries = entries.into_iter().peekable();
    while entries.peek().is_some() {
        let batch: Vec<Entry> = entries.by_ref().take(AT_A_TIME).collect();
        let known = Known::among(store, &batch).await?;
        for entry in batch {
            match known.standing(&entry) {
                Standing::New => report.to_add.push(entry),
                Standing::Present => report.present.push(entry),
                Standing::Refused(problem) => {
                    report.faults.push(Fault::of(entry.place, member_of(problem), problem.to_string()));
                }
            }
        }
    }
    report.faults.sort_by_key(|fault| fault.place);
    Ok(report)
}

enum Standing {
    New,
    Present,
    Refused(AccountProblem),
}

/// What people who are there sign in by, and whether as username.
struct Known(HashMap<String, bool>);

impl Known {
    async fn among(store: &Store, batch: &[Entry]) -> Result<Self> {
        let logins = |entry: &'_ Entry| [Some(entry.new.username.clone()), entry.new.claims.email.clone()];
        let logins: Vec<String> = batch.iter().flat_map(logins).flatten().collect();
        let logins: Vec<&str> = logins.iter().map(String::as_str).collect();
        let mut known = HashMap::new();
        for person in store.people_by_logins(&logins).await? {
            if let Some(email) = &person.claims.email {
                known.entry(login_key(email)).or_insert(false);
            }
            known.insert(login_key(&person.username), true);
        }
        Ok(Self(known))
    }

    fn standing(&self, entry: &Entry) -> Standing {
        match self.0.get(&login_key(&entry.new.username)) {
            Some(true) => return Standing::Present,
            Some(false) => return Standing::Refused(AccountProblem::UsernameTaken),
            None => {}
        }
        let email = entry.new.claims.email.as_deref();
        let taken = email.is_some_and(|email| self.0.contains_key(&login_key(email)));
        if taken { Standing::Refused(AccountProblem::EmailTaken) } else { Standing::New }
    }
}
