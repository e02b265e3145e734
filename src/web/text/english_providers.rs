//! The texts about other providers in English.

use super::{ErrorWords, Phrase, Providers};

pub(super) const PROVIDERS: Providers = Providers {
    or: "or",
    with: Phrase::new("Continue with {}"),
    title: "Sign-in through other providers",
    hint: "With an account that is linked here you can sign in without your password.",
    none: "No account is linked yet.",
    look_after: "Look after linked accounts",
    since: Phrase::new("Linked since {}."),
    last_used: Phrase::new("Last used {}."),
    unlink: Phrase::new("Unlink {}"),
    link: Phrase::new("Link an account at {}"),
    linked: "The account is linked. From now on you can sign in with it.",
    unlinked: "The account is not linked any more.",
    last_way_in: "That is your only way to sign in. Link another account, add a passkey or choose a password first.",
    back: "Back to security",
    register_title: "Create an account",
    register_intro: Phrase::new("{} says who you are. Choose by what name you are known here."),
    register_email: Phrase::new("Your email address is {}."),
    register_submit: "Create the account",
    denied: ErrorWords {
        title: "You did not sign in there",
        text: "You stopped, or the provider did not allow it. Nothing has changed here.",
        next: "Go back and choose another way to sign in.",
    },
    failed: ErrorWords {
        title: "The provider could not say who you are",
        text: "It cannot be reached just now, or its answer was not one that we can trust.",
        next: "Try again in a moment, or choose another way to sign in. If it stays so, tell whoever runs this server.",
    },
    stale: ErrorWords {
        title: "This sign-in has ended",
        text: "It was begun in another browser, has been used already, or has taken too long.",
        next: "Go back and begin again.",
    },
    no_account: ErrorWords {
        title: "You have no account here yet",
        text: "The provider knows you, but no account here belongs to you there, and none is made that way.",
        next: "If you have an account here, sign in to it and link the two in your account. Otherwise ask whoever runs this server.",
    },
    sign_in_first: ErrorWords {
        title: "You have an account here already",
        text: "An account here has the same email address. So that nobody else gets into it, it is not opened by that alone.",
        next: "Sign in to it as usual, then link the two in your account. After that, this way in works, too.",
    },
    of_somebody_else: ErrorWords {
        title: "This account is linked with another one",
        text: "Somebody signs in here by it already, perhaps you yourself in another account.",
        next: "Choose another account there, or unlink it in the account here that it belongs to.",
    },
    disabled: ErrorWords {
        title: "You cannot sign in",
        text: "Your account here is disabled.",
        next: "Ask whoever runs this server.",
    },
    to_sign_in: "Back to the sign-in",
    to_accounts: "Back to the linked accounts",
};
