//! What is shown at the end, as tables for people and as JSON for programs.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use claviger::clock::{Clock, SystemClock};
use serde::Serialize;

use crate::CONNECTIONS;
use crate::growth::Growth;
use crate::limits::{Limit, Limits};
use crate::lines::Target;
use crate::load::Figures;
use crate::standing::Standing;
use crate::table::Measured;

/// All that was measured.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    pub form: &'static str,
    pub at: String,
    pub processor: String,
    pub servers: Vec<String>,
    pub limits: Vec<(String, Figures)>,
    pub sqlite: Vec<Measured>,
    pub postgres: Vec<Measured>,
    pub standing: Vec<Standing>,
    pub growth: Vec<Growth>,
    pub growth_on_postgres: Vec<Growth>,
}

/// The middle one, or between the two in the middle.
pub fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    let middle = |index: usize| values.get(index).copied().unwrap_or_default();
    f64::midpoint(middle(values.len().saturating_sub(1) / 2), middle(values.len() / 2))
}

impl Report {
    pub fn new(form: &'static str, servers: &[std::path::PathBuf]) -> Self {
        let processor = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = processor.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
        Self {
            form,
            at: SystemClock.now().to_rfc3339(),
            processor: model.map(|(_, model)| model.to_owned()).unwrap_or_default(),
            servers: servers.iter().map(|server| server.display().to_string()).collect(),
            ..Self::default()
        }
    }

    /// Takes over every limit, however often it was measured.
    pub fn add_limits(&mut self, limits: &Limits) {
        let of = |(limit, all): (&Limit, &Vec<Figures>)| (limit.name(), Figures::median(all));
        self.limits = limits.measured.iter().map(of).collect();
    }

    pub fn json(&self) -> Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    /// Everything in Markdown.
    pub fn tables(&self) -> Result<String> {
        let mut text = format!("{}, {}, the {} form.\n", self.at, self.processor, self.form);
        self.show_limits(&mut text)?;
        self.show_lines(&mut text, "SQLite", &self.sqlite)?;
        self.show_lines(&mut text, "PostgreSQL", &self.postgres)?;
        self.show_standing(&mut text)?;
        show_growth(&mut text, "SQLite", &self.growth)?;
        show_growth(&mut text, "PostgreSQL", &self.growth_on_postgres)?;
        Ok(text)
    }

    fn show_limits(&self, text: &mut String) -> Result<()> {
        if self.limits.is_empty() {
            return Ok(());
        }
        writeln!(
            text,
            "\n| limits, one core | a second | p50 ms | p99 ms | CPU µs | busy |\n|---|--:|--:|--:|--:|--:|"
        )?;
        for (name, figures) in &self.limits {
            writeln!(text, "| {name} | {} |", columns(figures))?;
        }
        Ok(())
    }

    fn show_lines(&self, text: &mut String, database: &str, lines: &[Measured]) -> Result<()> {
        if lines.is_empty() {
            return Ok(());
        }
        let compared = self.servers.len() > 1;
        let (head, rule) = if compared { (" against a |", "---|") } else { ("", "") };
        writeln!(
            text,
            "\n| {database}, one core, {CONNECTIONS} connections | a second | p50 ms | p99 ms | CPU µs | busy | limit | of it \
             | target | reached |{head}\n|---|--:|--:|--:|--:|--:|--:|--:|---|---|{rule}"
        )?;
        for line in lines {
            for server in 0..self.servers.len() {
                let name = match server {
                    _ if !compared => line.name.to_owned(),
                    0 => format!("{}: a", line.name),
                    _ => format!("{}: b", line.name),
                };
                let limit = count(median(line.rounds.iter().map(|round| round.limit)));
                let share = line.share(server);
                let (target, reached) = judge(line, lines, server);
                write!(
                    text,
                    "| {name} | {} | {limit} | {share:.2} | {target} | {reached} |",
                    columns(&line.of(server))
                )?;
                match server {
                    _ if !compared => {}
                    0 => write!(text, " |")?,
                    _ => write!(text, " {} |", line.comparison())?,
                }
                writeln!(text)?;
            }
        }
        Ok(())
    }

    fn show_standing(&self, text: &mut String) -> Result<()> {
        if self.standing.is_empty() {
            return Ok(());
        }
        writeln!(text, "\n| start and memory (RSS) | measured | target | reached |\n|---|--:|---|---|")?;
        for Standing { name, unit, most, values } in &self.standing {
            let shown: Vec<_> = values.iter().map(|value| format!("{value:.1} {unit}")).collect();
            let reached = yes(values.last().is_some_and(|value| value <= most));
            writeln!(text, "| {name} | {} | ≤ {most} {unit} | {reached} |", shown.join(", "))?;
        }
        Ok(())
    }
}

/// How the cost of each request grows, and for pages with lists how long an admin waits.
fn show_growth(text: &mut String, database: &str, growth: &[Growth]) -> Result<()> {
    let Some(first) = growth.first() else { return Ok(()) };
    let mut sizes = String::new();
    for (size, _) in &first.sizes {
        write!(sizes, " {} |", thousands(&size.to_string()))?;
    }
    let rule = "--:|".repeat(first.sizes.len());
    write!(text, "\n| {database}, CPU µs a request, rows of everything |{sizes} last to first | target | reached | ")?;
    writeln!(text, "answers a second, last to first |\n|---|{rule}--:|---|---|--:|")?;
    for Growth { name, sizes, .. } in growth {
        write!(text, "| {name} |")?;
        for (_, figures) in sizes {
            write!(text, " {:.1} |", figures.cpu_us)?;
        }
        let (first, last) = (sizes.first().context("no size")?.1, sizes.last().context("no size")?.1);
        let ratio = last.cpu_us / first.cpu_us;
        let rates = last.per_second / first.per_second;
        writeln!(text, " {ratio:.2} | ≤ 1.3 | {} | {rates:.2} |", yes(ratio <= 1.3))?;
    }
    if !growth.iter().any(|growth| growth.is_a_list) {
        return Ok(());
    }
    write!(text, "\n| {database}, p95 ms of lists and search, rows of everything |{sizes} last to first | target | ")?;
    writeln!(text, "reached |\n|---|{rule}--:|---|---|")?;
    for Growth { name, sizes, .. } in growth.iter().filter(|growth| growth.is_a_list) {
        write!(text, "| {name} |")?;
        for (_, figures) in sizes {
            write!(text, " {:.2} |", figures.p95_us / 1e3)?;
        }
        let (first, last) = (sizes.first().context("no size")?.1, sizes.last().context("no size")?.1);
        let ratio = last.p95_us / first.p95_us;
        writeln!(text, " {ratio:.2} | ≤ 2 | {} |", yes(ratio <= 2.0))?;
    }
    Ok(())
}

impl Measured {
    /// The figures of one server.
    fn of(&self, server: usize) -> Figures {
        let all: Vec<_> = self.rounds.iter().filter_map(|round| round.servers.get(server).copied()).collect();
        Figures::median(&all)
    }

    /// What a server reached of the limit, in the same round each time.
    fn share(&self, server: usize) -> f64 {
        median(self.rounds.iter().filter_map(|round| Some(round.servers.get(server)?.per_second / round.limit)))
    }

    /// The second server against the first, in the same round each time.
    fn comparison(&self) -> String {
        let of = |part: fn(&Figures) -> f64| {
            median(self.rounds.iter().filter_map(|round| match round.servers.as_slice() {
                [first, second] => Some(part(second) / part(first)),
                _ => None,
            }))
        };
        format!("{:.2}, CPU {:.2}", of(|figures| figures.per_second), of(|figures| figures.cpu_us))
    }
}

/// What is expected of a line, and whether a server reaches it.
fn judge(line: &Measured, lines: &[Measured], server: usize) -> (String, &'static str) {
    let share = line.share(server);
    match line.target {
        None => (String::new(), ""),
        Some(Target::Times(least)) => (format!("≥ {least:.2}"), yes(share >= least)),
        Some(Target::TimesAimingAt(least, aim)) => {
            let reached = if share >= aim { "yes, and the aim" } else { yes(share >= least) };
            (format!("≥ {least:.2}, aim {aim:.2}"), reached)
        }
        Some(Target::MoreThan(name)) => {
            let other = lines.iter().find(|other| other.name == name);
            let target = format!("more than {name}");
            (target, other.map_or("", |other| yes(line.of(server).per_second > other.of(server).per_second)))
        }
    }
}

const fn yes(reached: bool) -> &'static str {
    if reached { "yes" } else { "**no**" }
}

fn columns(figures: &Figures) -> String {
    let Figures { per_second, p50_us, p99_us, cpu_us, busy, .. } = figures;
    let milliseconds = |microseconds: f64| format!("{:.2}", microseconds / 1e3);
    let (p50, p99) = (milliseconds(*p50_us), milliseconds(*p99_us));
    format!("{} | {p50} | {p99} | {cpu_us:.1} | {busy:.2}", count(*per_second))
}

fn count(value: f64) -> String {
    thousands(&format!("{value:.0}"))
}

/// 1234567 as 1,234,567.
fn thousands(digits: &str) -> String {
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Replaces what stands between the two marks in a file.
pub fn write_between_marks(file: &Path, tables: &str) -> Result<()> {
    const BEGIN: &str = "<!-- what `cargo bench --bench load` measured -->\n";
    const END: &str = "<!-- until here -->";
    let text = fs::read_to_string(file)?;
    let (before, rest) = text.split_once(BEGIN).with_context(|| format!("{} lacks {BEGIN}", file.display()))?;
    let (_, after) = rest.split_once(END).with_context(|| format!("{} lacks {END}", file.display()))?;
    Ok(fs::write(file, format!("{before}{BEGIN}\n{tables}\n{END}{after}"))?)
}
