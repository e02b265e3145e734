//! What an app asks to be told about a person, where it asks claim by claim.

use super::fluent::texts;

texts! {
    /// The words for each standard claim, as the person at the screen knows it.
    pub(crate) struct Claims {
        pub name: &'static str,
        pub given_name: &'static str,
        pub family_name: &'static str,
        pub middle_name: &'static str,
        pub nickname: &'static str,
        pub preferred_username: &'static str,
        pub profile: &'static str,
        pub picture: &'static str,
        pub website: &'static str,
        pub email: &'static str,
        pub email_verified: &'static str,
        pub gender: &'static str,
        pub birthdate: &'static str,
        pub zoneinfo: &'static str,
        pub locale: &'static str,
        pub phone_number: &'static str,
        pub phone_number_verified: &'static str,
        pub address: &'static str,
        pub updated_at: &'static str,
    }
}

impl Claims {
    /// The words for a claim; what is no standard claim has none.
    #[must_use]
    pub(crate) fn words(&self, claim: &str) -> Option<&'static str> {
        Some(match claim {
            "name" => self.name,
            "given_name" => self.given_name,
            "family_name" => self.family_name,
            "middle_name" => self.middle_name,
            "nickname" => self.nickname,
            "preferred_username" => self.preferred_username,
            "profile" => self.profile,
            "picture" => self.picture,
            "website" => self.website,
            "email" => self.email,
            "email_verified" => self.email_verified,
            "gender" => self.gender,
            "birthdate" => self.birthdate,
            "zoneinfo" => self.zoneinfo,
            "locale" => self.locale,
            "phone_number" => self.phone_number,
            "phone_number_verified" => self.phone_number_verified,
            "address" => self.address,
            "updated_at" => self.updated_at,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::protocol::claims;
    use crate::web::text::Texts;

    #[test]
    fn has_words_for_whatever_a_scope_releases() {
        let words = &Texts::english().claims;
        for name in claims::SUPPORTED.iter().filter(|name| claims::find(name).is_some()) {
            assert!(words.words(name).is_some_and(|words| !words.contains('_')), "{name}");
        }
        assert_eq!(words.words("sub"), None);
    }
}
