//! One table ties an enum to its names on the wire; parsing, printing, serde and its schema all follow from it.

/// Declares an enum with its wire names. Gives it `ALL`, `wire`, `from_wire`, `Display`, serde and a schema as that name.
macro_rules! wire_names {
    ($(#[$outer:meta])* pub enum $type:ident { $( $(#[$doc:meta])* $name:ident = $wire:literal, )* }) => {
        $(#[$outer])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $type { $( $(#[$doc])* $name, )* }

        impl $type {
            /// Every value, for discovery and for messages.
            pub const ALL: &[Self] = &[ $( Self::$name, )* ];

            /// The name on the wire.
            #[must_use]
            pub const fn wire(self) -> &'static str { match self { $( Self::$name => $wire, )* } }

            /// The value of that name, compared exactly.
            #[must_use]
            pub fn from_wire(name: &str) -> Option<Self> {
                match name { $( $wire => Some(Self::$name), )* _ => None }
            }

            /// The names of all values, `a, b, c`, for messages.
            #[must_use]
            pub fn names() -> String {
                [ $( $wire, )* ].join(", ")
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.wire()) }
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.wire())
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let name = String::deserialize(deserializer)?;
                Self::from_wire(&name).ok_or_else(|| serde::de::Error::custom(format_args!(
                    "{name:?} is none of {}", Self::names(),
                )))
            }
        }

        impl utoipa::PartialSchema for $type {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                let text = utoipa::openapi::ObjectBuilder::new().schema_type(utoipa::openapi::Type::String);
                text.enum_values(Some([ $( $wire, )* ])).into()
            }
        }

        impl utoipa::ToSchema for $type {}
    };
}

pub(super) use wire_names;
