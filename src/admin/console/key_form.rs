//! The fields of an API key's terms, as somebody fills them in, with what is wrong beside each.

use actix_web::Error;

use super::admin::Admin;
use super::key_owner::Owner;
use crate::clock::Timestamp;
use crate::domain::api_keys::{KeyDraft, KeyFault, KeyTerms, offer};
use crate::protocol::params::Params;
use crate::store::ApiKey;

/// What stands in the fields.
#[derive(Default)]
pub(super) struct Typed {
    pub name: String,
    pub scopes: Vec<String>,
    pub resources: Vec<String>,
    /// One a line.
    pub addresses: String,
    pub rate_limit: String,
    pub quota: String,
    pub expires_at: String,
}

/// The fields, ready to be shown: `templates/console/key_fields.html`.
pub(super) struct Sheet {
    pub typed: Typed,
    pub scopes: Vec<Choice>,
    pub resources: Vec<Choice>,
    faults: Vec<KeyFault>,
}

/// A box to tick.
pub(super) struct Choice {
    pub name: String,
    pub text: String,
    pub chosen: bool,
}

impl Sheet {
    /// What this admin can choose for a key of this owner, and what is wrong so far.
    pub async fn new(admin: &Admin, owner: &Owner, typed: Typed, faults: Vec<KeyFault>) -> Result<Self, Error> {
        let (catalogue, client) = (&admin.visit.cx.catalogue(), owner.client());
        let approved = owner.approved(admin).await?;
        // What a key has already stays in sight, so that nobody takes it away unawares.
        let is_offered = |name: &&str| {
            !catalogue.needs_approval(name) || approved.contains(name) || typed.scopes.iter().any(|held| held == name)
        };
        let choice = |name: &str, chosen: &[String]| Choice {
            name: name.to_owned(),
            text: catalogue.scope_text(name).unwrap_or_default().to_owned(),
            chosen: chosen.iter().any(|known| known == name),
        };
        let scopes = offer::scopes(catalogue, client).filter(is_offered);
        Ok(Self {
            scopes: scopes.map(|name| choice(name, &typed.scopes)).collect(),
            resources: offer::resources(catalogue, client).map(|name| choice(name, &typed.resources)).collect(),
            typed,
            faults,
        })
    }

    pub fn is_fine(&self) -> bool {
        self.faults.is_empty()
    }

    /// What is wrong with a field.
    pub fn fault(&self, member: &str) -> Option<&str> {
        self.faults.iter().find(|fault| fault.member == member).map(|fault| fault.text.as_str())
    }

    /// Whether there is another resource than the one at which a key is good anyway.
    pub fn has_resources_to_choose(&self, default: &str) -> bool {
        self.fault("resources").is_some() || self.resources.iter().any(|resource| resource.name != default)
    }

    /// Whether a field is the first that is wrong: there the cursor stands.
    pub fn is_first(&self, member: &str) -> bool {
        let order = ["name", "scope", "resources", "addresses", "rate_limit", "quota", "expires_at"];
        order.into_iter().find(|name| self.fault(name).is_some()) == Some(member)
    }
}

impl Typed {
    /// The terms that a key has.
    pub fn of(key: &ApiKey) -> Self {
        Self {
            name: key.name.clone(),
            scopes: key.scope.iter().map(ToString::to_string).collect(),
            resources: key.resources.clone(),
            addresses: key.addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
            rate_limit: key.rate_limit.map(|limit| limit.to_string()).unwrap_or_default(),
            quota: key.quota.map(|quota| quota.to_string()).unwrap_or_default(),
            expires_at: key.expires_at.map(Timestamp::minute).unwrap_or_default(),
        }
    }

    /// From a form that was sent.
    pub fn read(admin: &Admin, fields: &Params) -> Result<Self, Error> {
        let visit = &admin.visit;
        let text = |name: &str| Ok::<_, Error>(visit.value(fields, name)?.unwrap_or_default().trim().to_owned());
        let all = |name: &str| {
            let values = fields.all(name).map_err(|error| visit.malformed(&error))?;
            Ok::<_, Error>(values.into_iter().map(str::to_owned).collect())
        };
        Ok(Self {
            name: text("name")?,
            scopes: all("scope")?,
            resources: all("resource")?,
            addresses: fields.lines("addresses").map_err(|error| visit.malformed(&error))?.join("\n"),
            rate_limit: text("rate_limit")?,
            quota: text("quota")?,
            expires_at: text("expires_at")?,
        })
    }

    /// What was typed, if this admin can give it a key of this owner. A time that stands as it stood in the form of the
    /// key `before` is that key's own, to the millisecond.
    pub async fn check(
        &self,
        admin: &Admin,
        owner: &Owner,
        before: Option<&ApiKey>,
    ) -> Result<Result<KeyTerms, Vec<KeyFault>>, Error> {
        let approved = owner.approved(admin).await?;
        let kept = before.and_then(|key| key.expires_at).filter(|end| end.minute() == self.expires_at);
        let end = match self.expires_at.as_str() {
            "" => Ok(None),
            text => kept.or_else(|| moment(text)).map(Some).ok_or(()),
        };
        let draft = KeyDraft {
            name: &self.name,
            scope: &self.scopes.join(" "),
            resources: self.resources.iter().map(String::as_str).collect(),
            addresses: self.addresses.split_whitespace().collect(),
            rate_limit: Some(&self.rate_limit),
            quota: Some(&self.quota),
            expires_at: end.unwrap_or_default(),
        };
        let catalogue = &admin.visit.cx.catalogue();
        let checked = draft.check(catalogue, owner.client(), admin.visit.now).and_then(|terms| {
            let fault = terms.unapproved(catalogue, &approved);
            fault.map_or(Ok(terms), |fault| Err(vec![fault]))
        });
        if end.is_ok() {
            return Ok(checked);
        }
        let mut faults = checked.err().unwrap_or_default();
        let text = "Write a day, such as 2027-01-31, or a day and a time, such as 2027-01-31 18:00.".to_owned();
        faults.push(KeyFault { member: "expires_at", text });
        Ok(Err(faults))
    }
}

/// `2027-01-31` or `2027-01-31 18:00`, in UTC.
fn moment(text: &str) -> Option<Timestamp> {
    Timestamp::from_day(text).or_else(|| Timestamp::from_rfc3339(&format!("{}:00Z", text.replacen(' ', "T", 1))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_days_and_minutes() {
        let day = Timestamp::from_day("2027-01-31").unwrap();
        assert_eq!(moment("2027-01-31"), Some(day));
        assert_eq!(moment("2027-01-31 18:30"), Some(day + std::time::Duration::from_mins(18 * 60 + 30)));
        assert_eq!(moment(&day.minute()), Some(day));
        for wrong in ["", "tomorrow", "31.01.2027", "2027-02-29", "2027-01-31 24:30", "2027-01-31 18"] {
            assert_eq!(moment(wrong), None, "{wrong}");
        }
    }
}
