//! The console, as an admin's browser meets it.

mod api_key_roles;
mod api_keys;
mod approvals;
mod clients;
mod door;
mod editing;
mod events;
mod export;
mod import;
mod invitations;
mod lists;
mod overview;
mod people;
mod resources;
mod roles;
mod try_it;

use crate::support::{Browser, PASSWORD, Page, TestApp};

/// A browser in which the admin `root` is signed in.
async fn at_work(app: &TestApp) -> Browser {
    app.admin("root").await;
    let browser = app.browser();
    let page = browser.open("/admin").await;
    let page = sign_in(&browser, &page, "root").await;
    assert_eq!((page.answer.status, page.url.path()), (200, "/admin"), "{}", page.answer.body);
    browser
}

/// Fills in the sign-in form.
async fn sign_in(browser: &Browser, page: &Page, username: &str) -> Page {
    browser.submit(page, "form#login", &[("username", username), ("password", PASSWORD)]).await
}

/// Presses the button `action` of a page of the console, in the form that has it.
async fn press(browser: &Browser, page: &Page, action: &str, fields: &[(&str, &str)]) -> Page {
    let selector = format!("form:has(button[value={action}])");
    let all: Vec<_> = [("action", action)].iter().chain(fields).copied().collect();
    browser.submit(page, &selector, &all).await
}
