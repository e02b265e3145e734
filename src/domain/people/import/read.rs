//! From the bytes of a file to rows: what each says, by the names of OpenID Connect, still unchecked.

use csv::{ReaderBuilder, StringRecord};
use serde_json::{Map, Value, json};

use super::{Fault, Format, MOST_ROWS, Place, shown};

/// The columns of a CSV file; a point parts the address.
const COLUMNS: &[&str] = &[
    "username",
    "role",
    PASSWORD_HASH,
    "email",
    "email_verified",
    "name",
    "given_name",
    "middle_name",
    "family_name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "website",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
    "phone_number",
    "phone_number_verified",
    "address.formatted",
    "address.street_address",
    "address.postal_code",
    "address.locality",
    "address.region",
    "address.country",
];
/// How the columns of attributes begin: the rest is the name of one, in which case matters. The value is a text.
const ATTRIBUTE: &str = "attribute.";
/// The member that holds them in JSON.
pub(super) const ATTRIBUTES: &str = "attributes";
/// How other software has kept the password.
pub(super) const PASSWORD_HASH: &str = "password_hash";
/// The one that may hold more lines than one.
const OF_LINES: &str = "address.formatted";

/// What a row says, and where it stands.
pub(super) struct Row {
    pub place: Place,
    pub members: Map<String, Value>,
}

/// The rows of a file, and what is wrong with their form.
pub(super) fn read(bytes: &[u8], format: Format) -> (Vec<Row>, Vec<Fault>) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        let text = "The text is not in UTF-8. Save it as UTF-8 (in Excel: “CSV UTF-8”) and try again.";
        return (Vec::new(), vec![Fault::at(Place::File, text)]);
    };
    // Excel begins with a byte order mark.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (rows, mut faults) = match format {
        Format::Csv => read_csv(text),
        Format::Json => read_json(text),
    };
    if rows.len() > MOST_ROWS {
        let text = format!("There are more than {MOST_ROWS} people in it: split it.");
        return (Vec::new(), vec![Fault::at(Place::File, text)]);
    }
    if rows.is_empty() && faults.is_empty() {
        faults.push(Fault::at(Place::File, "Nobody is in it."));
    }
    (rows, faults)
}

fn read_csv(text: &str) -> (Vec<Row>, Vec<Fault>) {
    // Where a comma stands for a decimal point, Excel parts cells by semicolons. No column has either in its name.
    let by_semicolon = text.lines().next().is_some_and(|line| line.contains(';'));
    let delimiter = if by_semicolon { b';' } else { b',' };
    let mut reader = ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
    let names: Vec<String> = match reader.headers() {
        Ok(names) => names.iter().map(column).collect(),
        Err(error) => return (Vec::new(), vec![Fault::at(Place::Line(1), format!("It cannot be read: {error}."))]),
    };
    let mut faults = faults_of_header(&names);
    if !faults.is_empty() {
        return (Vec::new(), faults);
    }
    let (mut rows, mut lines) = (Vec::new(), Lines { text, at: 0, line: 1 });
    for record in reader.records().take(MOST_ROWS + 1) {
        let outcome = record
            .map_err(|error| vec![Fault::at(Place::File, format!("It cannot be read: {error}."))])
            .and_then(|record| row_of(Place::Line(lines.of(&record)), &names, &record));
        match outcome {
            Ok(row) => rows.extend(row),
            Err(found) => faults.extend(found),
        }
    }
    (rows, faults)
}

/// Counts lines as an editor does. The reader counts a row from before the empty lines above it.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line on which a record begins; they are asked for in order.
    fn of(&mut self, record: &StringRecord) -> u64 {
        let begin = record.position().and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or(self.at);
        let rest = self.text.get(begin..).unwrap_or_default();
        let begin = begin + (rest.len() - rest.trim_start_matches(['\r', '\n']).len());
        let passed = self.text.get(self.at..begin).unwrap_or_default();
        self.line += passed.matches('\n').map(|_| 1).sum::<u64>();
        self.at = begin;
        self.line
    }
}

/// A column by its name in the first line.
fn column(name: &str) -> String {
    let lower = name.trim().to_ascii_lowercase();
    match name.trim().split_at_checked(ATTRIBUTE.len()) {
        Some((_, attribute)) if lower.starts_with(ATTRIBUTE) => format!("{ATTRIBUTE}{attribute}"),
        _ => lower,
    }
}

fn faults_of_header(names: &[String]) -> Vec<Fault> {
    let place = Place::Line(1);
    let mut faults = Vec::new();
    for (index, name) in names.iter().enumerate() {
        if !COLUMNS.contains(&name.as_str()) && !name.starts_with(ATTRIBUTE) {
            let columns = COLUMNS.join(", ");
            let text = format!("There is no such column. These are: {columns}, {ATTRIBUTE}NAME.");
            faults.push(Fault::of(place, name, text));
        } else if names.iter().take(index).any(|earlier| earlier == name) {
            faults.push(Fault::of(place, name, "The column is there twice: leave one out."));
        }
    }
    if faults.is_empty() && !names.iter().any(|name| name == "username") {
        faults.push(Fault::of(place, "username", "The first line has to name the columns, and this one is needed."));
    }
    faults
}

/// What a line says; nothing, if all its cells are empty.
fn row_of(place: Place, names: &[String], record: &StringRecord) -> Result<Option<Row>, Vec<Fault>> {
    if record.iter().all(|cell| cell.trim().is_empty()) {
        return Ok(None);
    }
    if record.len() != names.len() {
        let text = format!("It has {} cells; the first line has {}.", record.len(), names.len());
        return Err(vec![Fault::at(place, text)]);
    }
    let (mut members, mut faults) = (Map::new(), Vec::new());
    for (name, cell) in names.iter().zip(record).map(|(name, cell)| (name.as_str(), cell.trim())) {
        if cell.is_empty() {
            continue;
        }
        if name != OF_LINES && cell.contains(['\n', '\r']) {
            faults.push(Fault::of(place, name, "It goes over several lines: is a quotation mark missing?"));
            continue;
        }
        if let Some(name) = name.strip_prefix(ATTRIBUTE) {
            members.entry(ATTRIBUTES).or_insert_with(|| json!({}))[name] = cell.into();
            continue;
        }
        match (name.split_once('.'), name.ends_with("_verified")) {
            (Some((claim, part)), _) => members.entry(claim).or_insert_with(|| json!({}))[part] = cell.into(),
            (None, false) => _ = members.insert(name.to_owned(), cell.into()),
            (None, true) => match cell.to_ascii_lowercase().as_str() {
                "true" => _ = members.insert(name.to_owned(), true.into()),
                "false" => _ = members.insert(name.to_owned(), false.into()),
                _ => faults.push(Fault::of(place, name, format!("“{}” is neither true nor false.", shown(cell)))),
            },
        }
    }
    if faults.is_empty() { Ok(Some(Row { place, members })) } else { Err(faults) }
}

fn read_json(text: &str) -> (Vec<Row>, Vec<Fault>) {
    let entries: Vec<Value> = match serde_json::from_str(text) {
        Ok(entries) => entries,
        Err(error) => {
            let text = format!("It is no JSON array of objects: {}.", shown(&error.to_string()));
            return (Vec::new(), vec![Fault::at(Place::File, text)]);
        }
    };
    let (mut rows, mut faults) = (Vec::new(), Vec::new());
    for (number, entry) in (1..).zip(entries) {
        let place = Format::Json.place(number);
        let Value::Object(members) = entry else {
            faults.push(Fault::at(place, "It is no object."));
            continue;
        };
        let is_object = |name: &String| name == "address" || name == ATTRIBUTES;
        let known = |name: &String| is_object(name) || COLUMNS.contains(&name.as_str()) && !name.contains('.');
        let unknown: Vec<_> = members.keys().filter(|name| !known(name)).collect();
        faults.extend(unknown.iter().map(|name| Fault::of(place, name, "There is no such member.")));
        if unknown.is_empty() {
            rows.push(Row { place, members });
        }
    }
    (rows, faults)
}
