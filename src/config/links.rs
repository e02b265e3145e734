//! `[links]`: how long one-time links can be followed.

use std::time::Duration;

use super::duration::days;
use super::reader::Reader;

/// `[links]`
#[derive(Clone, Debug)]
pub struct LinksConfig {
    /// The link that makes the first admin.
    pub set_up_lifetime: Duration,
    /// The link that invites a person to choose a password, or to make an account.
    pub invitation_lifetime: Duration,
    /// The link in a mail by which a person who forgot their password chooses another.
    pub recovery_lifetime: Duration,
    /// The link in a mail by which a person signs in.
    pub sign_in_lifetime: Duration,
    /// The link in a mail by which a person shows that they read mail at an address.
    pub verification_lifetime: Duration,
    /// The link in a mail by which a person has their old address back.
    pub email_undo_lifetime: Duration,
    /// The link in a mail by which whoever asked for it makes an account.
    pub registration_lifetime: Duration,
}

impl LinksConfig {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let minute = Duration::from_mins(1);
        Self {
            set_up_lifetime: reader.bounded("links.set_up_lifetime", days(1), minute..=days(30)),
            invitation_lifetime: reader.bounded("links.invitation_lifetime", days(7), minute..=days(90)),
            recovery_lifetime: reader.bounded("links.recovery_lifetime", minute * 30, minute..=days(1)),
            // NIST SP 800-63B-4 §3.1.3.2: what is sent is good for ten minutes.
            sign_in_lifetime: reader.bounded("links.sign_in_lifetime", minute * 10, minute..=minute * 60),
            verification_lifetime: reader.bounded("links.verification_lifetime", days(1), minute..=days(30)),
            email_undo_lifetime: reader.bounded("links.email_undo_lifetime", days(3), minute..=days(30)),
            registration_lifetime: reader.bounded("links.registration_lifetime", days(1), minute..=days(30)),
        }
    }
}
