//! The buttons that lead to other providers, and what a page with them may do.

use crate::domain::upstream::providers::Provider;
use crate::web::headers::PageHeaders;
use crate::web::page::ProviderButton;
use crate::web::visit::Visit;

/// All providers, as buttons.
pub(super) fn buttons(visit: &Visit) -> Vec<ProviderButton> {
    let button =
        |provider: &Provider| ProviderButton { id: provider.config.id.clone(), name: provider.config.name.clone() };
    visit.cx.providers.all().iter().map(button).collect()
}

/// The headers of a page with those buttons, or with a form that is followed by the way to a provider.
pub(super) fn leading_there(visit: &Visit, headers: PageHeaders) -> PageHeaders {
    headers.leading_to(&visit.cx.providers.schemes())
}
