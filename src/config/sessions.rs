//! `[sessions]`: how long a browser stays signed in.

use std::time::Duration;

use super::duration::days;
use super::reader::Reader;

/// `[sessions]`
#[derive(Clone, Debug)]
pub struct SessionsConfig {
    /// A session without "remember me" ends after this long without a request, or with the browser.
    pub idle_lifetime: Duration,
    /// A session with "remember me" ends after this long without a request.
    pub remember_lifetime: Duration,
    /// A session ends this long after the sign-in, however much it is used.
    pub absolute_lifetime: Duration,
    /// How long a person may take to sign in and consent before the app has to ask again.
    pub pending_lifetime: Duration,
    /// The console asks for the password again this long after it was last given.
    pub admin_lifetime: Duration,
    /// Whoever changes how they sign in has proved who they are at most this long ago.
    pub recent_lifetime: Duration,
    /// Whether apps may watch, in a frame of ours, whether who is signed in has changed.
    pub session_management: bool,
}

impl SessionsConfig {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let minute = Duration::from_mins(1);
        Self {
            idle_lifetime: reader.bounded("sessions.idle_lifetime", Duration::from_hours(8), minute..=days(365)),
            remember_lifetime: reader.bounded("sessions.remember_lifetime", days(30), minute..=days(365)),
            absolute_lifetime: reader.bounded("sessions.absolute_lifetime", days(90), minute..=days(365)),
            pending_lifetime: reader.bounded("sessions.pending_lifetime", Duration::from_mins(15), minute..=days(1)),
            admin_lifetime: reader.bounded("sessions.admin_lifetime", Duration::from_hours(1), minute..=days(1)),
            recent_lifetime: reader.bounded("sessions.recent_lifetime", Duration::from_mins(10), minute..=days(1)),
            session_management: reader.value("sessions.session_management", false),
        }
    }
}
