//! What pages are seen on: screens, and the colours that their readers chose.

use serde_json::json;

use super::chromium::Chromium;

/// A screen, and what it is touched with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Screen {
    /// Wide, with a mouse.
    Desktop,
    /// Narrow, touched with a finger.
    Phone,
    /// A desktop's at 400 %, the least width that a page has to fit in (WCAG 2.2, 1.4.10).
    Magnified,
}

/// The colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colours {
    Light,
    Dark,
    /// The system's few, whatever the page says: high contrast.
    Forced,
}

/// How a page is seen.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    pub screen: Screen,
    pub colours: Colours,
}

impl Screen {
    /// Those that people walk through the pages on.
    pub const WALKED: [Self; 2] = [Self::Desktop, Self::Phone];
}

impl Look {
    /// Those that every page is looked at in.
    pub const ALL: [Self; 5] = [
        Self::new(Screen::Desktop, Colours::Light),
        Self::new(Screen::Desktop, Colours::Dark),
        Self::new(Screen::Phone, Colours::Light),
        Self::new(Screen::Phone, Colours::Dark),
        // Last, because Chromium goes on painting the system's background until the next page.
        Self::new(Screen::Desktop, Colours::Forced),
    ];

    pub const fn new(screen: Screen, colours: Colours) -> Self {
        Self { screen, colours }
    }

    /// Its name in the name of a file.
    pub fn name(self) -> String {
        format!("{:?}-{:?}", self.screen, self.colours).to_lowercase()
    }
}

impl Chromium {
    /// Shows this tab as another person sees it.
    pub async fn look(&self, look: Look) {
        let (width, height, mobile) = match look.screen {
            Screen::Desktop => (1280, 800, false),
            Screen::Phone => (390, 844, true),
            Screen::Magnified => (320, 256, false),
        };
        let screen = json!({
            "width": width, "height": height, "screenWidth": width, "screenHeight": height,
            "deviceScaleFactor": 1, "mobile": mobile,
        });
        self.devtools("Emulation.setDeviceMetricsOverride", screen).await;
        self.devtools("Emulation.setTouchEmulationEnabled", json!({ "enabled": mobile })).await;

        let dark = if look.colours == Colours::Dark { "dark" } else { "light" };
        let forced = if look.colours == Colours::Forced { "active" } else { "none" };
        let features = json!([
            { "name": "prefers-color-scheme", "value": dark },
            { "name": "forced-colors", "value": forced },
            // No picture is taken halfway from one colour to the other.
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ]);
        self.devtools("Emulation.setEmulatedMedia", json!({ "features": features })).await;
    }
}
