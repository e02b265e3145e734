//! axe-core, which knows what people trip over who read a page by other means. It finds nothing at all.

use std::path::Path;
use std::sync::LazyLock;

use serde_json::json;

use super::chromium::Chromium;
use super::look::Screen;

static AXE: LazyLock<String> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/browser");
    std::fs::read_to_string(folder.join("node_modules/axe-core/axe.min.js")).unwrap_or_else(|error| {
        panic!("axe-core is missing: tests/run installs it, as does `npm ci` in {}. {error}", folder.display())
    })
});

/// WCAG 2.2 A and AA, and what axe's makers hold to be good. What it cannot decide is a fault as well; but for the
/// letters in a chart, whose background it never finds: they have the colour of hints, which it looks at everywhere.
const RUN: &str = r#"
    const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    return axe.run({ exclude: [["svg.chart text"]] }, { runOnly: rules, rules: { "target-size": { enabled: true } } }).then((found) =>
        [...found.violations, ...found.incomplete].flatMap(({ id, impact, nodes }) =>
            nodes.map(({ html, any, all, none }) => `${id} (${impact}): ${html}: ${[...any, ...all, ...none][0]?.message}`)));
"#;

impl Chromium {
    /// Nothing on this page stands in anybody's way, as far as a program can tell.
    pub async fn is_accessible(&self) {
        if self.ask("return typeof axe").await == "undefined" {
            self.ask(&AXE).await;
        }
        let faults = self.ask(RUN).await;
        assert_eq!(faults, json!([]), "axe, at {}", self.url().await);
    }
}

#[actix_web::test]
#[should_panic(expected = "label (critical): <input>")]
async fn notices_a_field_without_a_label() {
    let browser = Chromium::start(Screen::Desktop).await;
    browser
        .open("data:text/html,<!doctype html><html lang=en><title>Form</title><main><h1>Form</h1><input></main>")
        .await;
    browser.is_accessible().await;
}
