//! What the overview shows before anybody searches: how the last day went, as charts with their numbers, what stands
//! out, and what is about to end.

use std::collections::BTreeMap;

use super::chart::{self, Drawing, UpAndDown};
use super::client::path_of;
use super::who::Names;
use crate::clock::Timestamp;
use crate::cx::Cx;
use crate::domain::hourly::{self, Counted, Hour};
use crate::domain::keys::rotation::KeyRecord;
use crate::domain::overview::{MOST_SESSIONS, Overview};
use crate::domain::unusual::{self, Finding};
use crate::store::{FailureGroup, Result};

/// Rows of what may be long.
const SHOWN: usize = 20;
/// Reasons that the chart shows; the table has more.
const CHARTED: usize = 6;

/// Everything on the page.
pub(super) struct Dashboard {
    pub figures: Vec<(&'static str, String)>,
    pub panels: Vec<Panel>,
    pub findings: Vec<FindingRow>,
    pub more_findings: usize,
    pub secrets: Vec<SecretRow>,
    pub more_secrets: bool,
    pub rule: Rule,
}

/// The numbers in the sentence that says what counts as unusual.
pub(super) struct Rule {
    pub burst: u64,
    pub times: u64,
    pub addresses: u32,
    pub most: String,
}

/// A chart with the table behind it.
pub(super) struct Panel {
    pub id: &'static str,
    pub heading: &'static str,
    /// The gist of the chart, for who does not see it.
    pub gist: String,
    pub drawing: Drawing,
    /// What goes up and what goes down.
    pub legend: Option<(&'static str, &'static str)>,
    pub note: String,
    pub columns: &'static [&'static str],
    pub rows: Vec<Vec<String>>,
}

/// Something that stands out.
pub(super) struct FindingRow {
    pub at: String,
    pub what: String,
    pub advice: &'static str,
    pub person: Option<(String, String)>,
    pub client: Option<(String, String)>,
    pub events: String,
}

/// A secret that is about to end.
pub(super) struct SecretRow {
    pub name: String,
    pub path: String,
    pub made: String,
    pub ends: String,
}

impl Dashboard {
    /// Reads it all.
    pub async fn read(cx: &Cx, now: Timestamp) -> Result<Self> {
        let store = &cx.store;
        let Overview { hours, failures, mut findings, mut secrets, sessions } =
            Overview::read(store, &cx.sessions, now).await?;
        let more_findings = findings.len().saturating_sub(SHOWN);
        findings.truncate(SHOWN);
        let names = Names::read(store, findings.iter().filter_map(|finding| finding.person_id)).await?;
        let more_secrets = secrets.len() > SHOWN;
        secrets.truncate(SHOWN);
        let keys = cx.keys.current();
        let sum = |counted| hours.iter().map(|hour| hour.of(counted)).sum();
        Ok(Self {
            figures: vec![
                ("Active sessions", up_to(sessions, MOST_SESSIONS)),
                ("Sign-ins in 24 hours", spaced(sum(Counted::SignIn))),
                ("Tokens in 24 hours", spaced(sum(Counted::Token))),
                ("Failures in 24 hours", up_to(total(&failures), unusual::MOST - 1)),
            ],
            panels: vec![
                sign_ins(&hours),
                tokens(&hours),
                reasons(&failures),
                key_ages(keys.records(), keys.next_signing_change(now), now),
            ],
            findings: findings.iter().map(|finding| FindingRow::new(finding, &names)).collect(),
            more_findings,
            secrets: secrets
                .iter()
                .map(|ending| SecretRow {
                    name: ending.client.metadata.client_name.clone().unwrap_or_else(|| ending.client.id.to_string()),
                    path: path_of(&ending.client.id),
                    made: ending.created_at.minute(),
                    ends: ending.expires_at.minute(),
                })
                .collect(),
            more_secrets,
            rule: Rule {
                burst: unusual::BURST,
                times: unusual::TIMES,
                addresses: unusual::ADDRESSES,
                most: spaced(unusual::MOST),
            },
        })
    }
}

impl FindingRow {
    fn new(finding: &Finding, names: &Names) -> Self {
        let kind = finding.pattern.kind().map(|kind| kind.word().to_owned());
        let person = finding.person_id.map(|id| id.to_string());
        let client = finding.client_id.as_ref().map(ToString::to_string);
        let failed = (finding.pattern != unusual::Pattern::ManyAddresses).then(|| "failure".to_owned());
        let fields = [("kind", kind), ("outcome", failed), ("person", person), ("client", client)];
        let set = fields.into_iter().filter_map(|(name, value)| Some((name, value?)));
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(set).finish();
        Self {
            at: finding.at.minute(),
            what: finding.what(),
            advice: finding.pattern.advice(),
            person: finding.person_id.map(|id| (names.of(id), format!("/admin/people/{id}"))),
            client: finding.client_id.as_ref().map(|id| (id.to_string(), path_of(id))),
            events: format!("/admin/events?{query}"),
        }
    }
}

fn sign_ins(hours: &[Hour]) -> Panel {
    let seconds = hourly::FLUSH.as_secs();
    by_the_hour(
        hours,
        "sign-ins",
        "Sign-ins per hour",
        &["Hour from (UTC)", "Verified", "Refused"],
        ("verified", Counted::SignIn, Counted::SignInRefused),
        format!("By password; what was too much at once counts as refused. Known to within {seconds} seconds."),
    )
}

fn tokens(hours: &[Hour]) -> Panel {
    by_the_hour(
        hours,
        "tokens",
        "Tokens per hour",
        &["Hour from (UTC)", "Issued", "Refused"],
        ("issued", Counted::Token, Counted::TokenRefused),
        "What the token endpoint answered clients that had authenticated.".to_owned(),
    )
}

/// A chart of what went well, and of what was refused.
fn by_the_hour(
    hours: &[Hour],
    id: &'static str,
    heading: &'static str,
    columns: &'static [&'static str],
    (word, good, refused): (&'static str, Counted, Counted),
    note: String,
) -> Panel {
    let sum = |counted: Counted| spaced(hours.iter().map(|hour| hour.of(counted)).sum());
    let all = |hour: &&Hour| hour.of(good) + hour.of(refused);
    let busiest = hours.iter().max_by_key(all).filter(|hour| all(hour) > 0);
    let busiest = busiest.map(|hour| format!(", most in the hour from {} UTC", hour.begins.minute()));
    let column = |hour: &Hour| UpAndDown { label: label(hour.begins), up: hour.of(good), down: hour.of(refused) };
    let row = |hour: &Hour| vec![hour.begins.minute(), spaced(hour.of(good)), spaced(hour.of(refused))];
    Panel {
        id,
        heading,
        gist: format!(
            "{heading}: {} {word} and {} refused in 24 hours{}.",
            sum(good),
            sum(refused),
            busiest.unwrap_or_default()
        ),
        drawing: chart::columns(&hours.iter().map(column).collect::<Vec<_>>()),
        legend: Some((word, "refused")),
        note,
        columns,
        rows: hours.iter().rev().map(row).collect(),
    }
}

/// Every sixth hour of the day is told.
fn label(hour: Timestamp) -> Option<String> {
    let of_day = hour.millis().div_euclid(3_600_000).rem_euclid(24);
    (of_day % 6 == 0).then(|| format!("{of_day:02}:00"))
}

fn reasons(failures: &[FailureGroup]) -> Panel {
    let mut sums: BTreeMap<(String, &str), u64> = BTreeMap::new();
    for group in failures {
        *sums.entry((group.kind.replace('_', " "), group.reason.as_str())).or_default() += group.count;
    }
    let mut sums: Vec<_> = sums.into_iter().collect();
    sums.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let named =
        |(kind, reason): &(String, &str)| if reason.is_empty() { kind.clone() } else { format!("{kind}: {reason}") };
    let all = total(failures);
    let drawn: Vec<_> = sums.iter().take(CHARTED).map(|(what, count)| (named(what), *count)).collect();
    let most = drawn.first().map(|(what, count)| format!(", most often {what} ({})", spaced(*count)));
    let note = match failures.iter().map(|group| group.hour).min() {
        Some(first) if all >= unusual::MOST => format!(
            "More than {} failed: these are the latest of them, from the hour of {} UTC on.",
            spaced(unusual::MOST - 1),
            first.minute()
        ),
        _ => "Every failure of 24 hours.".to_owned(),
    };
    let row = |((kind, reason), count): ((String, &str), u64)| vec![kind, reason.to_owned(), spaced(count)];
    Panel {
        id: "failures",
        heading: "Failures by reason",
        gist: format!("Failures by reason: {} in 24 hours{}.", spaced(all), most.unwrap_or_default()),
        drawing: chart::bars(&drawn),
        legend: None,
        note,
        columns: &["What failed", "Why", "How often"],
        rows: sums.into_iter().take(SHOWN).map(row).collect(),
    }
}

fn key_ages<'a>(keys: impl Iterator<Item = &'a KeyRecord>, change: Option<Timestamp>, now: Timestamp) -> Panel {
    let days = |key: &KeyRecord| now.since(key.life.created_at).as_secs() / 86_400;
    let state = |key: &KeyRecord| key.life.state(now).word();
    let moment = |moment: Option<Timestamp>| moment.map(Timestamp::minute).unwrap_or_default();
    let keys: Vec<_> = keys.collect();
    let told = |key: &&KeyRecord| format!("{} {} {} days", key.algorithm, state(key), days(key));
    let gist = keys.iter().map(told).collect::<Vec<_>>().join(", ");
    let name = |key: &KeyRecord| key.kid.chars().take(8).chain(['…']).collect::<String>();
    let row = |key: &&KeyRecord| {
        vec![
            name(key),
            key.algorithm.to_string(),
            state(key).to_owned(),
            key.life.created_at.minute(),
            key.life.signs_from.minute(),
            moment(key.life.signs_until),
        ]
    };
    let bar = |key: &&KeyRecord| (format!("{} {}, {}", key.algorithm, name(key), state(key)), days(key));
    Panel {
        id: "keys",
        heading: "Age of signing keys, in days",
        gist: format!("Age of signing keys: {gist}."),
        drawing: chart::bars(&keys.iter().map(bar).collect::<Vec<_>>()),
        legend: None,
        note: change.map_or_else(
            || "No rotation is under way: claviger keys rotate makes the next key.".to_owned(),
            |change| format!("The next change of who signs is at {} UTC.", change.minute()),
        ),
        columns: &["Key", "Algorithm", "State", "Made (UTC)", "Signs from (UTC)", "Signs until (UTC)"],
        rows: keys.iter().map(row).collect(),
    }
}

fn total(failures: &[FailureGroup]) -> u64 {
    failures.iter().map(|group| group.count).sum()
}

fn up_to(number: u64, most: u64) -> String {
    if number > most { format!("more than {}", spaced(most)) } else { spaced(number) }
}

/// `1,234,567`
fn spaced(number: u64) -> String {
    let digits = number.to_string();
    let mut told = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            told.push(',');
        }
        told.push(digit);
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_thousands() {
        for (number, told) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(spaced(number), told);
        }
        assert_eq!((up_to(5, 5), up_to(6, 5)), ("5".to_owned(), "more than 5".to_owned()));
    }

    #[test]
    fn tells_that_there_was_more_than_it_looked_at() {
        let group = |count| FailureGroup { kind: "sign_in".to_owned(), count, ..FailureGroup::default() };
        assert!(reasons(&[group(unusual::MOST - 1)]).note.starts_with("Every"));
        assert!(reasons(&[group(unusual::MOST)]).note.starts_with("More than 9,999 failed"));
    }
}
