//! Events as files for other programs: CSV for spreadsheets, JSON lines for everything else. The latest come first, a
//! page at a time, so that the longest log never sits in memory.

use serde_json::json;

use crate::ids::ClientId;
use crate::store::{Event, EventFilter, Result, Store};

/// Events that are read at a time.
const PAGE: u64 = 500;
/// The names of the columns, and of the members.
const COLUMNS: [&str; 12] = [
    "id",
    "at",
    "kind",
    "outcome",
    "reason",
    "actor",
    "person_id",
    "client_id",
    "address",
    "user_agent",
    "request_id",
    "details",
];

/// How events are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// RFC 4180, with a row of names first.
    Csv,
    /// A JSON object a line.
    JsonLines,
}

impl Format {
    /// The ending of a file's name, and the name of the format on the command line.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::JsonLines => "jsonl",
        }
    }

    /// The media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::JsonLines => "application/jsonl; charset=utf-8",
        }
    }
}

/// An export under way.
pub struct Export {
    store: Store,
    format: Format,
    filter: EventFilter,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Fresh,
    UnderWay,
    Done,
}

impl Export {
    /// An export of the events that `filter` lets through.
    #[must_use]
    pub const fn new(store: Store, format: Format, filter: EventFilter) -> Self {
        Self { store, format, filter, state: State::Fresh }
    }

    /// The next part of the file; `None` after the last. The first part is there even if no event is.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>> {
        if self.state == State::Done {
            return Ok(None);
        }
        let events = self.store.events(&self.filter, PAGE).await?;
        let part = match self.format {
            Format::Csv => csv(self.state == State::Fresh, &events),
            Format::JsonLines => json_lines(&events),
        };
        self.filter.before = events.last().map(|event| event.id).or(self.filter.before);
        let is_full = u64::try_from(events.len()).is_ok_and(|found| found == PAGE);
        self.state = if is_full { State::UnderWay } else { State::Done };
        Ok(Some(part))
    }
}

fn json_lines(events: &[Event]) -> Vec<u8> {
    let line = |event: &Event| {
        let object = json!({
            "id": event.id,
            "at": event.at.to_rfc3339(),
            "kind": event.kind,
            "outcome": event.outcome,
            "reason": event.reason,
            "actor": event.actor,
            "person_id": event.person_id,
            "client_id": event.client_id,
            "address": event.address,
            "user_agent": event.user_agent,
            "request_id": event.request_id,
            "details": event.details,
        });
        format!("{object}\n")
    };
    events.iter().map(line).collect::<String>().into_bytes()
}

fn csv(with_names: bool, events: &[Event]) -> Vec<u8> {
    // Everything in quotes: a spreadsheet that parts cells at semicolons must not find a cell of its own in the middle.
    let mut writer = csv::WriterBuilder::new().quote_style(csv::QuoteStyle::Always).from_writer(Vec::new());
    let names = with_names.then(|| COLUMNS.map(str::to_owned));
    for row in names.into_iter().chain(events.iter().map(cells)) {
        // Memory takes whatever is written to it, and all rows are of the same length.
        let _ = writer.write_record(row.map(harmless));
    }
    writer.into_inner().unwrap_or_default()
}

fn cells(event: &Event) -> [String; 12] {
    let or_empty = |text: &Option<String>| text.clone().unwrap_or_default();
    [
        event.id.to_string(),
        event.at.to_rfc3339(),
        event.kind.clone(),
        event.outcome.clone(),
        or_empty(&event.reason),
        event.actor.clone(),
        event.person_id.map(|id| id.to_string()).unwrap_or_default(),
        event.client_id.as_ref().map(ClientId::to_string).unwrap_or_default(),
        or_empty(&event.address),
        or_empty(&event.user_agent),
        or_empty(&event.request_id),
        event.details.to_string(),
    ]
}

/// ASVS 1.2.10: a cell that a spreadsheet would take for a formula is made text by an apostrophe. Strangers choose what
/// stands in some of them.
fn harmless(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\0']) { format!("'{cell}") } else { cell }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::clock::Timestamp;
    use crate::ids::EventId;

    /// ASVS 1.2.10
    #[test]
    fn lets_no_cell_be_a_formula() {
        for (cell, written) in [
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            ("\n=1", "'\n=1"),
            ("\0=1", "'\0=1"),
            ("a=1", "a=1"),
            ("'=1", "'=1"),
            ("", ""),
        ] {
            assert_eq!(harmless(cell.to_owned()), written);
        }
    }

    #[test]
    fn reads_back_what_it_wrote() {
        let event = Event {
            id: EventId(Uuid::nil()),
            at: Timestamp::from_seconds(0),
            kind: "sign_in".to_owned(),
            outcome: "failure".to_owned(),
            reason: Some("a \"b\",;\r\nc".to_owned()),
            actor: "anonymous".to_owned(),
            person_id: None,
            client_id: Some(ClientId("=cmd".to_owned())),
            address: None,
            user_agent: None,
            request_id: None,
            details: json!({ "a": "b,c" }),
        };
        let file = csv(true, std::slice::from_ref(&event));
        let mut reader = csv::Reader::from_reader(file.as_slice());
        assert_eq!(reader.headers().unwrap(), COLUMNS.as_slice());
        let row = reader.records().next().unwrap().unwrap();
        assert_eq!((&row[4], &row[7], &row[11]), ("a \"b\",;\r\nc", "'=cmd", "{\"a\":\"b,c\"}"));
        let lines = String::from_utf8(json_lines(&[event.clone(), event])).unwrap();
        let objects: Vec<serde_json::Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!((objects.len(), &objects[1]["client_id"]), (2, &json!("=cmd")));
        let mut names: Vec<_> = objects[0].as_object().unwrap().keys().cloned().collect();
        names.sort();
        let mut columns = COLUMNS.map(str::to_owned);
        columns.sort();
        assert_eq!(names, columns);
    }
}
