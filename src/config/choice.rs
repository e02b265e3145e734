//! Settings that are one of a few words.

/// Makes an enum readable: each variant and the word for it.
macro_rules! choice {
    ($name:ident { $( $variant:ident = $word:literal ),+ $(,)? }, $expected:literal) => {
        impl $name {
            /// The word for it in the configuration.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $( Self::$variant => $word, )+ }
            }
        }

        impl $crate::config::readable::Readable for $name {
            const EXPECTED: &'static str = $expected;

            fn parse(value: &$crate::config::source::Value) -> Result<Self, String> {
                match value.text()? {
                    $( $word => Ok(Self::$variant), )+
                    _ => Err("is none of the possible words".to_owned()),
                }
            }

            fn show(&self) -> serde_json::Value {
                serde_json::Value::from(self.as_str())
            }
        }
    };
}

pub(super) use choice;
