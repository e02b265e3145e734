//! Where pictures of pages hang: `target/screenshots/`, or the folder that `CLAVIGER_SCREENSHOTS` names, with a page to
//! leaf through each room.

use std::cell::RefCell;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::chromium::Chromium;
use super::look::{Colours, Look, Screen};

/// What pages have in common beyond what axe asks for; answers with what is wrong.
const FAULTS: &str = r#"
    const faults = [];
    if (!document.title.includes(" · ")) faults.push(`the title is "${document.title}"`);
    for (const field of document.querySelectorAll("input:not([type=hidden], [type=checkbox], [type=radio])"))
        if (!field.autocomplete) faults.push(`${field.name} does not tell password managers what it is`);
    for (const image of document.images) if (!image.naturalWidth) faults.push(`${image.src} did not load`);
    return faults;
"#;

/// The console speaks English, which nobody reads from right to left; what is in Arabic is turned round already.
const IS_FOR_PEOPLE: &str = r#"return document.dir !== "rtl" && !location.pathname.includes("/admin")"#;

/// The wall.
pub struct Wall<'a> {
    browser: &'a Chromium,
    folder: PathBuf,
    pages: RefCell<Vec<&'static str>>,
}

impl<'a> Wall<'a> {
    /// An empty one.
    pub fn new(browser: &'a Chromium) -> Self {
        let default = || Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("screenshots");
        let folder = std::env::var_os("CLAVIGER_SCREENSHOTS").map_or_else(default, PathBuf::from);
        std::fs::create_dir_all(&folder).unwrap();
        Self { browser, folder, pages: RefCell::default() }
    }

    /// Looks at the page in every way, and hangs up a picture of each.
    pub async fn hang(&self, page: &'static str) {
        println!("{page}");
        assert_eq!(self.browser.ask(FAULTS).await, json!([]));
        self.pages.borrow_mut().push(page);
        for look in Look::ALL {
            println!("{look:?}");
            self.browser.look(look).await;
            // The system's own colours are not the page's to answer for.
            if look.colours != Colours::Forced {
                self.browser.is_accessible().await;
            }
            self.browser.is_in_reach().await;
            self.browser.photograph(&self.folder.join(picture(page, look))).await;
        }
        if self.browser.ask(IS_FOR_PEOPLE).await == json!(true) {
            self.mirror(page).await;
        }
        self.browser.can_be_magnified().await;
        for screen in Screen::WALKED {
            self.browser.look(Look::new(screen, Colours::Light)).await;
            self.browser.tabs_by_everything().await;
        }
        self.browser.look(Look::new(self.browser.screen, Colours::Light)).await;
        self.browser.is_quiet().await;
    }

    /// Turns the page round, as people see it who read from right to left, on a phone. That its sentences are theirs as well is
    /// seen where pages are opened in Arabic.
    async fn mirror(&self, page: &str) {
        println!("mirrored");
        self.browser.ask("document.documentElement.dir = 'rtl'").await;
        self.browser.look(Look::new(Screen::Phone, Colours::Light)).await;
        self.browser.is_accessible().await;
        self.browser.is_in_reach().await;
        self.browser.photograph(&self.folder.join(mirrored(page))).await;
        self.browser.ask("document.documentElement.dir = 'ltr'").await;
    }

    /// Writes the page `room`.html, on which all of them are seen.
    pub fn write_index(&self, room: &str) {
        let mut html = String::from(
            "<!doctype html><html lang=en><meta charset=utf-8><title>Pages</title>\
             <style>body { font-family: system-ui; background: #888 } div { display: flex; gap: 1rem; align-items: start; \
             overflow-x: auto } img { height: 30rem } figure { margin: 0 }</style><h1>Pages</h1>\n",
        );
        for page in self.pages.borrow().iter() {
            write!(html, "<h2>{page}</h2><div>").unwrap();
            let looks = Look::ALL.map(|look| (picture(page, look), look.name()));
            for (file, name) in looks.into_iter().chain([(mirrored(page), "mirrored".to_owned())]) {
                if !self.folder.join(&file).exists() {
                    continue;
                }
                let image = format!("<a href='{file}'><img src='{file}' alt=''></a>");
                write!(html, "<figure>{image}<figcaption>{name}</figcaption></figure>").unwrap();
            }
            html.push_str("</div>\n");
        }
        std::fs::write(self.folder.join(format!("{room}.html")), html).unwrap();
    }
}

fn mirrored(page: &str) -> String {
    format!("{page}-mirrored.png")
}

fn picture(page: &str, look: Look) -> String {
    format!("{page}-{}.png", look.name())
}
