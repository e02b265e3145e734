//! The load: one thread, a connection for each conversation, and each asks again as soon as it is answered.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use tokio::task::LocalSet;
use tokio::time::sleep;

use crate::conversation::Conversation;
use crate::http::Connection;
use crate::machine::Process;
use crate::report::median;

/// How often it is looked whether a run is over.
const TICK: Duration = Duration::from_millis(5);

/// Fewer answers say nothing: a slow machine is given longer.
const LEAST: usize = 50;

/// What was measured.
#[derive(Clone, Copy, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct Figures {
    pub per_second: f64,
    pub p50_us: f64,
    #[serde(default)]
    pub p95_us: f64,
    pub p99_us: f64,
    /// User and system time of the process for each request.
    pub cpu_us: f64,
    /// How busy the process's core was, from 0 to 1: well below 1, something else held the load up.
    pub busy: f64,
    pub requests: u64,
    pub seconds: f64,
}

#[derive(Default)]
struct Run {
    counting: Cell<bool>,
    /// When the last conversation that could not go on fell silent, or the time was up.
    over: Cell<Option<Instant>>,
    nanoseconds: RefCell<Vec<u32>>,
    answers: Cell<u64>,
}

impl Run {
    fn end(&self) {
        self.over.set(self.over.get().or_else(|| Some(Instant::now())));
    }
}

/// Asks for `warm_up`, which does not count, then for `length`, or until there is nothing left to ask.
pub async fn measure(
    process: &Process,
    address: &str,
    conversations: Vec<Conversation>,
    warm_up: Duration,
    length: Duration,
) -> Result<Figures> {
    let run = Rc::new(Run::default());
    let judge = async {
        let end_of_warm_up = Instant::now() + warm_up;
        while Instant::now() < end_of_warm_up && run.over.get().is_none() {
            sleep(TICK).await;
        }
        run.counting.set(true);
        let (start, before) = (Instant::now(), process.cpu()?);
        let enough = || start.elapsed() >= length && run.nanoseconds.borrow().len() >= LEAST;
        while !enough() && run.over.get().is_none() {
            sleep(TICK).await;
        }
        run.end();
        let spent = process.cpu()?.saturating_sub(before);
        Ok(run.over.get().unwrap_or(start).saturating_duration_since(start)).map(|time| (time, spent))
    };
    let (time, spent) = talk_until(address, conversations, &run, judge).await?;
    let nanoseconds = run.nanoseconds.take();
    ensure!(nanoseconds.len() >= LEAST, "there was too little to ask: {} answers", nanoseconds.len());
    Ok(Figures::of(nanoseconds, time, spent))
}

/// Asks, without measuring, until so many answers are enough or there is nothing left to ask.
pub async fn until(address: &str, conversations: Vec<Conversation>, enough: impl Fn(u64) -> bool) -> Result<()> {
    let run = Rc::new(Run::default());
    let judge = async {
        while run.over.get().is_none() && !enough(run.answers.get()) {
            sleep(TICK).await;
        }
        run.end();
        Ok(())
    };
    talk_until(address, conversations, &run, judge).await
}

async fn talk_until<T>(
    address: &str,
    conversations: Vec<Conversation>,
    run: &Rc<Run>,
    judge: impl Future<Output = Result<T>>,
) -> Result<T> {
    let together = LocalSet::new();
    let mut talks = Vec::new();
    for conversation in conversations {
        let connection = Connection::open(address).await?;
        talks.push(together.spawn_local(talk(conversation, connection, Rc::clone(run))));
    }
    let judged = together.run_until(judge).await;
    together.await;
    for talk in talks {
        talk.await??;
    }
    judged
}

async fn talk(mut conversation: Conversation, mut connection: Connection, run: Rc<Run>) -> Result<()> {
    let mut request = Vec::new();
    while run.over.get().is_none() {
        if !conversation.next(&mut request) {
            run.end();
            break;
        }
        let asked = Instant::now();
        let heard = match connection.ask(&request).await {
            Ok(answer) => conversation.hear(&answer),
            Err(error) => Err(error),
        };
        if heard.is_err() {
            run.end();
            return heard;
        }
        run.answers.set(run.answers.get() + 1);
        if run.counting.get() && run.over.get().is_none() {
            let took = u32::try_from(asked.elapsed().as_nanos()).unwrap_or(u32::MAX);
            run.nanoseconds.borrow_mut().push(took);
        }
    }
    Ok(())
}

impl Figures {
    /// The figures of requests that took so many nanoseconds each, all together so much time, and so much of a core.
    #[expect(clippy::cast_precision_loss, reason = "counts of requests are far below 2^52")]
    pub fn of(mut nanoseconds: Vec<u32>, time: Duration, spent: Duration) -> Self {
        nanoseconds.sort_unstable();
        let percentile = |percent: usize| {
            let index = (nanoseconds.len() * percent / 100).min(nanoseconds.len().saturating_sub(1));
            nanoseconds.get(index).map_or(0.0, |nanoseconds| f64::from(*nanoseconds) / 1e3)
        };
        let requests = nanoseconds.len() as f64;
        Self {
            per_second: requests / time.as_secs_f64(),
            p50_us: percentile(50),
            p95_us: percentile(95),
            p99_us: percentile(99),
            cpu_us: spent.as_secs_f64() * 1e6 / requests.max(1.0),
            busy: spent.as_secs_f64() / time.as_secs_f64(),
            requests: nanoseconds.len() as u64,
            seconds: time.as_secs_f64(),
        }
    }
    /// One set of figures of several: medians of all that may be disturbed.
    pub fn median(all: &[Self]) -> Self {
        let of = |part: fn(&Self) -> f64| median(all.iter().map(part));
        Self {
            per_second: of(|figures| figures.per_second),
            p50_us: of(|figures| figures.p50_us),
            p95_us: of(|figures| figures.p95_us),
            p99_us: of(|figures| figures.p99_us),
            cpu_us: of(|figures| figures.cpu_us),
            busy: of(|figures| figures.busy),
            requests: all.iter().map(|figures| figures.requests).sum(),
            seconds: all.iter().map(|figures| figures.seconds).sum(),
        }
    }

    /// As [`Self::median`], with the processor's time of all requests together: a short run is few ticks of its clock.
    #[expect(clippy::cast_precision_loss, reason = "counts of requests are far below 2^52")]
    pub fn together(all: &[Self]) -> Self {
        let median = Self::median(all);
        let cpu: f64 = all.iter().map(|figures| figures.cpu_us * figures.requests as f64).sum();
        Self { cpu_us: cpu / (median.requests as f64).max(1.0), ..median }
    }
}
