//! Whether a page fits its screen, and whether everything on it that can be pressed is within reach.

use serde_json::json;

use super::chromium::Chromium;
use super::look::{Colours, Look, Screen};

/// Answers with what is wrong. A link within a sentence may be as small as its words (WCAG 2.2, 2.5.8).
const FAULTS: &str = r#"
    const faults = [];
    const { scrollWidth, clientWidth } = document.documentElement;
    // A phone zooms out until all is in view, and calls that its width.
    const width = Math.min(clientWidth, screen.width);
    if (scrollWidth > width) faults.push(`it is ${scrollWidth} wide on a screen of ${width}`);
    const least = matchMedia("(pointer: coarse)").matches ? 44 : 24;
    const { scrollX, scrollY } = window;
    for (const target of document.querySelectorAll("a:not(.skip), button, label.tick, input:not([type=hidden])")) {
        // What is folded away cannot be pressed until it is unfolded.
        if (!target.checkVisibility()) continue;
        target.scrollIntoView({ block: "center", behavior: "instant" });
        const box = target.getClientRects()[0];
        if (target.matches("a:not(.button)") ? !box : !["checkbox", "radio"].includes(target.type) && !(box?.height >= least && box?.width >= least))
            faults.push(`${target.outerHTML} is ${box?.width} by ${box?.height}: too small to hit`);
        const hit = box && document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
        if (!target.contains(hit)) faults.push(`${target.outerHTML} is behind ${hit?.outerHTML}`);
        if (getComputedStyle(target).transitionDuration !== "0s" && matchMedia("(prefers-reduced-motion)").matches)
            faults.push(`${target.outerHTML} moves`);
    }
    scrollTo(scrollX, scrollY);
    return faults;
"#;

/// Sets the text as wide as some readers need it (WCAG 2.2, 1.4.12), and answers with what no longer fits.
const SPACED: &str = r#"
    const spacing = new CSSStyleSheet();
    spacing.replaceSync("* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }"
        + "p { margin-bottom: 2em !important }");
    document.adoptedStyleSheets = [spacing];
    const faults = [];
    for (const element of document.querySelectorAll("html, body, body *:not(.skip, .unseen, thead, thead *, input, select, textarea)"))
        if (element.scrollWidth > element.clientWidth && getComputedStyle(element).display !== "inline")
            faults.push(`${element.outerHTML.slice(0, 200)} is ${element.clientWidth} wide, but holds ${element.scrollWidth}`);
    document.adoptedStyleSheets = [];
    return faults;
"#;

impl Chromium {
    /// Everything fits, and can be pressed.
    pub async fn is_in_reach(&self) {
        self.finds_nothing(FAULTS).await;
    }

    /// It still fits when it is magnified, and its letters stand apart.
    pub async fn can_be_magnified(&self) {
        self.look(Look::new(Screen::Magnified, Colours::Light)).await;
        self.is_in_reach().await;
        self.finds_nothing(SPACED).await;
    }

    async fn finds_nothing(&self, script: &str) {
        let faults = self.ask(script).await;
        assert_eq!(faults, json!([]), "at {:.200}", self.url().await.as_str());
    }
}

const WIDE: &str = "data:text/html,<!doctype html><meta name=viewport content='width=device-width'>";

#[actix_web::test]
#[should_panic(expected = "wide on a screen of 390")]
async fn notices_what_spills_over() {
    let browser = Chromium::start(Screen::Phone).await;
    browser.open(&format!("{WIDE}<p style='width:500px'>Wide")).await;
    browser.is_in_reach().await;
}

#[actix_web::test]
#[should_panic(expected = "is behind <div")]
async fn notices_what_lies_on_top() {
    let browser = Chromium::start(Screen::Phone).await;
    let button = "<button style='width:99px;height:99px'>Press</button>";
    browser.open(&format!("{WIDE}{button}<div style='position:fixed;inset:0'></div>")).await;
    browser.is_in_reach().await;
}
