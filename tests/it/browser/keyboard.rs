//! Moving about with the Tab key. Wherever the focus comes by, it can be seen.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use thirtyfour::Key;

use super::chromium::Chromium;

const PATIENCE_FOR_SCROLLING: Duration = Duration::from_secs(5);

/// Which of the places where Tab should stop has the focus, how many there are, and what is wrong with it. Of radio buttons
/// that is the chosen one: the arrows lead to the others.
const STOP: &str = r#"
    const stops = [...document.querySelectorAll("a[href], button, input:not([type=hidden], [type=radio]:not(:checked)), select, textarea, summary")].filter(stop => stop.checkVisibility());
    const at = document.activeElement;
    const number = stops.indexOf(at);
    if (number < 0) return { stops: stops.length };
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(at);
    const box = at.getBoundingClientRect();
    // Of a field of several lines the browser shows the one with the caret.
    const first = at.matches("textarea") ? 24 : undefined;
    const stands = box.top >= 0 && box.left >= 0 && box.top + (first ?? box.height) <= innerHeight + 1 && box.right <= innerWidth + 1;
    const line = at.getClientRects()[0];
    const over = document.elementFromPoint(line.x + line.width / 2, line.y + (first ?? line.height) / 2);
    const shows = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 || boxShadow !== "none";
    const fault = !shows ? "has the focus and does not show it" : !stands || !at.contains(over) ? `is out of sight: ${JSON.stringify(box)} in ${innerWidth} by ${innerHeight}, under ${over?.outerHTML.slice(0, 80)}` : null;
    return { stops: stops.length, number, fault: fault && `${at.outerHTML} ${fault}` };
"#;

impl Chromium {
    /// Presses Tab, and looks where the focus is; answers with the number of the stop and how many there are.
    pub async fn tab(&self) -> (Option<u64>, u64) {
        self.keys(Key::Tab).await;
        let start = Instant::now();
        let mut stop = self.ask(STOP).await;
        // The browser scrolls to what has the focus a moment later.
        while !stop["fault"].is_null() && start.elapsed() < PATIENCE_FOR_SCROLLING {
            stop = self.ask(STOP).await;
        }
        assert_eq!(stop["fault"].as_str(), None, "at {}", self.url().await);
        (stop["number"].as_u64(), stop["stops"].as_u64().unwrap())
    }

    /// Presses Tab until what has the focus has this attribute.
    pub async fn tab_to(&self, attribute: &str, value: &str) {
        for _ in 0..20 {
            if self.focused(attribute).await == value {
                return;
            }
            self.tab().await;
        }
        panic!("the keyboard does not reach {value} at {}", self.url().await);
    }

    /// Tab goes by everything that can be pressed or filled in.
    pub async fn tabs_by_everything(&self) {
        let (mut seen, mut last, mut stays) = (BTreeSet::new(), None, 0);
        loop {
            let (number, stops) = self.tab().await;
            // A date has a stop for the year, the month, the day and the calendar.
            stays = if number == last { stays + 1 } else { 0 };
            let is_new = number.is_none_or(|number| seen.insert(number)) || (1..4).contains(&stays);
            last = number;
            if seen.len() as u64 == stops {
                return;
            }
            assert!(is_new, "Tab goes round by {seen:?} only, of {stops}, at {}", self.url().await);
        }
    }
}
