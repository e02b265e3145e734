//! Colours of a brand, and whether text in them can be read (WCAG 2.2).

use std::fmt;

/// A colour of the sRGB space, written `#rrggbb`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour([u8; 3]);

/// The least contrast of text with its ground: WCAG 2.2, success criterion 1.4.3.
const READABLE: f64 = 4.5;

/// The grounds of our pages in the light, as in `static/claviger.css`.
const LIGHT: [Colour; 2] = [Colour([0xee, 0xf1, 0xed]), Colour([0xfd, 0xfe, 0xfc])];
/// The grounds of our pages in the dark.
const DARK: [Colour; 2] = [Colour([0x10, 0x17, 0x16]), Colour([0x18, 0x21, 0x20])];
const WHITE: Colour = Colour([0xff; 3]);
const BLACK: Colour = Colour([0; 3]);
/// What stands on a button in the dark.
const NIGHT: Colour = Colour([0x0a, 0x16, 0x14]);

/// A mixture moves by so many parts of a hundred at a time.
const STEP: u32 = 4;

impl Colour {
    /// Parses `#rrggbb`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
        let channel = |at: usize| {
            let pair = digits.get(at..at + 2).filter(|pair| pair.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
            u8::from_str_radix(pair, 16).ok()
        };
        Some(Self([channel(0)?, channel(2)?, channel(4)?]))
    }

    /// The colour with `percent` parts of a hundred of `other` in it.
    fn mixed(self, other: Self, percent: u32) -> Self {
        let mix = |one: u8, other: u8| {
            let sum = u32::from(one) * (100 - percent) + u32::from(other) * percent;
            u8::try_from((sum + 50) / 100).unwrap_or(u8::MAX)
        };
        let ([r, g, b], [other_r, other_g, other_b]) = (self.0, other.0);
        Self([mix(r, other_r), mix(g, other_g), mix(b, other_b)])
    }

    /// The relative luminance of WCAG 2.2, from 0 to 1.
    fn luminance(self) -> f64 {
        let channel = |value: u8| {
            let value = f64::from(value) / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        let [r, g, b] = self.0;
        0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b)
    }

    /// The contrast ratio of WCAG 2.2, from 1 to 21.
    #[must_use]
    pub fn contrast(self, other: Self) -> f64 {
        let (one, other) = (self.luminance() + 0.05, other.luminance() + 0.05);
        one.max(other) / one.min(other)
    }

    fn can_be_read_on(self, grounds: &[Self]) -> bool {
        grounds.iter().all(|ground| self.contrast(*ground) >= READABLE)
    }

    /// The first mixture with `other` that can be read on `grounds`.
    fn until_readable(self, other: Self, grounds: &[Self]) -> Self {
        let mixtures = (0..=100).step_by(STEP as usize).map(|percent| self.mixed(other, percent));
        mixtures.clone().find(|mixture| mixture.can_be_read_on(grounds)).unwrap_or(other)
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [r, g, b] = self.0;
        write!(f, "#{r:02x}{g:02x}{b:02x}")
    }
}

/// The colour of buttons and links, which can be read in light and in dark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accent(Colour);

impl Accent {
    /// Takes a colour that can be read on our light pages; of another, the error is the nearest darker one that can.
    ///
    /// For dark pages it is made lighter as far as needed.
    pub fn new(colour: Colour) -> Result<Self, Colour> {
        match colour.until_readable(BLACK, &LIGHT) {
            readable if readable == colour => Ok(Self(colour)),
            darker => Err(darker),
        }
    }

    /// Parses `#rrggbb`. The error is a clause.
    pub fn parse(text: &str) -> Result<Self, String> {
        let colour = Colour::parse(text).ok_or("is no colour")?;
        Self::new(colour).map_err(|darker| format!("cannot be read on a light page, where {darker} could"))
    }

    /// The colour as it was chosen.
    #[must_use]
    pub const fn colour(self) -> Colour {
        self.0
    }

    /// The stylesheet that puts it in the place of ours.
    #[must_use]
    pub fn stylesheet(self) -> String {
        let light = Self::block(self.0, self.0.mixed(BLACK, 25), WHITE);
        let accent = self.0.until_readable(WHITE, &DARK);
        let dark = Self::block(accent, accent.mixed(WHITE, 25), NIGHT);
        format!("{light}\n@media (prefers-color-scheme: dark) {{ {dark} }}\n")
    }

    fn block(accent: Colour, deep: Colour, on: Colour) -> String {
        format!(":root {{ --accent: {accent}; --accent-deep: {deep}; --on-accent: {on}; }}")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn colour(text: &str) -> Colour {
        Colour::parse(text).unwrap()
    }

    #[test]
    fn is_written_in_one_way() {
        assert_eq!(colour("#0F5a52").to_string(), "#0f5a52");
        for other in ["0f5a52", "#0f5a5", "#0f5a520", "#0f5a5g", "#+f5a52", "red", "", "#ééé"] {
            assert_eq!(Colour::parse(other), None, "{other}");
        }
    }

    /// WCAG 2.2, the definition of contrast ratio.
    #[test]
    fn contrast_goes_from_one_to_twenty_one() {
        assert!((colour("#000000").contrast(colour("#ffffff")) - 21.0).abs() < 1e-9);
        assert!((colour("#777777").contrast(colour("#777777")) - 1.0).abs() < 1e-9);
        assert!((colour("#767676").contrast(colour("#ffffff")) - 4.54).abs() < 0.01);
    }

    #[test]
    fn a_colour_that_nobody_could_read_is_answered_with_one_that_can_be_read() {
        let darker = Accent::new(colour("#ffcc00")).unwrap_err();
        assert_eq!(Accent::new(darker), Ok(Accent(darker)));
    }

    #[test]
    fn the_grounds_are_those_of_the_stylesheet() {
        let css = include_str!("../../static/claviger.css");
        let (light, dark) = css.split_once("@media (prefers-color-scheme: dark)").unwrap();
        for (block, grounds) in [(light, LIGHT), (dark, DARK)] {
            for (name, ground) in ["paper", "card"].into_iter().zip(grounds) {
                assert!(block.contains(&format!("--{name}: {ground};")), "{name} {ground}");
            }
        }
    }

    proptest! {
        /// WCAG 2.2, success criterion 1.4.3, for whatever colour somebody chooses.
        #[test]
        fn what_is_taken_can_be_read_in_light_and_in_dark(r: u8, g: u8, b: u8) {
            let accent = Accent::new(Colour([r, g, b])).unwrap_or_else(Accent);
            let css = accent.stylesheet();
            let (light, dark) = css.split_once("@media").unwrap();
            for (block, grounds) in [(light, LIGHT), (dark, DARK)] {
                let value = |name: &str| {
                    let text = block.split_once(&format!("--{name}: ")).unwrap().1;
                    colour(text.split_once(';').unwrap().0)
                };
                let (accent, deep, on) = (value("accent"), value("accent-deep"), value("on-accent"));
                prop_assert!(accent.can_be_read_on(&grounds), "{accent}");
                prop_assert!(on.can_be_read_on(&[accent, deep]), "{on} on {accent} and {deep}");
            }
        }
    }
}
