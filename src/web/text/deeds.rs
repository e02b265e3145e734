//! What happened to an account, as its owner is told it.

use super::fluent::texts;
use crate::domain::people::activity::Deed;

macro_rules! deeds {
    ($( $deed:ident $field:ident, )*) => {
        texts! {
            /// A sentence for each deed.
            pub(crate) struct Deeds { $( $field: &'static str, )* }
        }

        impl Deeds {
            /// The sentence for this one.
            pub(crate) const fn words(&self, deed: Deed) -> &'static str {
                match deed { $( Deed::$deed => self.$field, )* }
            }
        }
    };
}

deeds! {
    SignedIn signed_in,
    SignInFailed sign_in_failed,
    SignedOut signed_out,
    SignedOutEverywhere signed_out_everywhere,
    AppAllowed app_allowed,
    AppDenied app_denied,
    AppWithdrawn app_withdrawn,
    DeviceAllowed device_allowed,
    DeviceDenied device_denied,
    CodeReused code_reused,
    TokenReused token_reused,
    AccountMade account_made,
    ProfileChanged profile_changed,
    RoleChanged role_changed,
    Disabled disabled,
    Enabled enabled,
    DataDownloaded data_downloaded,
    PasswordSet password_set,
    SecondFactorUsed second_factor_used,
    SecondFactorFailed second_factor_failed,
    FactorAdded factor_added,
    FactorRemoved factor_removed,
    FactorsReset factors_reset,
    CodesMade codes_made,
    LinkMade link_made,
    LinkUsed link_used,
    GroupJoined group_joined,
    GroupLeft group_left,
    ApprovalRequested approval_requested,
    ApprovalGiven approval_given,
    ApprovalRefused approval_refused,
    ApprovalWithdrawn approval_withdrawn,
    KeyMade key_made,
    KeyChanged key_changed,
    KeyRotated key_rotated,
    KeyDisabled key_disabled,
    KeyEnabled key_enabled,
    KeyDeleted key_deleted,
    KeyLeaked key_leaked,
    HeldBack held_back,
    RecoveryAsked recovery_asked,
    PasskeyAdded passkey_added,
    PasskeyRenamed passkey_renamed,
    PasskeyRemoved passkey_removed,
    PasskeyUsed passkey_used,
    ProviderLinked provider_linked,
    ProviderUnlinked provider_unlinked,
    SignInLinkAsked sign_in_link_asked,
    EmailChanged email_changed,
    EmailVerified email_verified,
}
