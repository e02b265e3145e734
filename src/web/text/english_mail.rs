//! The letters and the pages that belong to them, in English.

use super::Phrase;
use super::mail::{LetterWords, Mail, Recover};

pub(super) const MAIL: Mail = Mail {
    greeting: Phrase::new("Hello {},"),
    once: Phrase::new("You can follow the link once, within {}."),
    one_minute: "a minute",
    minutes: Phrase::new("{} minutes"),
    one_hour: "an hour",
    hours: Phrase::new("{} hours"),
    one_day: "a day",
    days: Phrase::new("{} days"),
    sent_by: Phrase::new("Sent by {}. Nobody reads answers to this address."),
    invitation: LetterWords {
        subject: "Your account is ready",
        intro: Phrase::new("An account was made for you. Your username is {}. Choose a password, and you can sign in."),
        action: "Choose your password",
        note: "Give this link to nobody: whoever has it can sign in as you.",
    },
    password_link: LetterWords {
        subject: "Choose a new password",
        intro: Phrase::new("Whoever looks after your account {} sends you a link by which you choose a new password."),
        action: "Choose a new password",
        note: "Your old password is good until you do. Give this link to nobody: whoever has it can sign in as you.",
    },
    recovery: LetterWords {
        subject: "Choose a new password",
        intro: Phrase::new("Somebody, probably you, has forgotten the password of the account {}."),
        action: "Choose a new password",
        note: "If it was not you, do nothing: your password stays as it is. Give this link to nobody.",
    },
    password_changed: LetterWords {
        subject: "Your password was changed",
        intro: Phrase::new("The account {} has a new password. You were signed out everywhere."),
        action: "It was not me: choose another password",
        note: "If you changed it yourself, there is nothing to do.",
    },
    new_device: LetterWords {
        subject: "A sign-in from a new device",
        intro: Phrase::new("Somebody signed in to the account {} in a browser that was not used for it before:"),
        action: "It was not me: choose another password",
        note: "If it was you, there is nothing to do.",
    },
    factor_added: LetterWords {
        subject: "A way to sign in was added",
        intro: Phrase::new("The account {} has one more way to prove who you are:"),
        action: "It was not me: choose another password",
        note: "If you added it yourself, there is nothing to do.",
    },
    factor_removed: LetterWords {
        subject: "A way to sign in was removed",
        intro: Phrase::new("A way to prove who you are was removed from the account {}:"),
        action: "It was not me: choose another password",
        note: "If you removed it yourself, or asked for it, there is nothing to do.",
    },
    app: Phrase::new("Authenticator app: {}"),
    passkey: Phrase::new("Passkey: {}"),
    all_factors: "All passkeys, authenticator apps and recovery codes",
};

pub(super) const RECOVER: Recover = Recover {
    forgotten: "Forgotten your password?",
    title: "Choose a new password",
    intro: "Tell us who you are, and we send you a link by mail.",
    login: "Username or email address",
    submit: "Send the link",
    incomplete: "Enter your username or your email address.",
    back: "Back to the sign-in",
    sent_title: "Look into your mail",
    sent: "If there is an account of that name with an email address, a link is on its way to it. It works once, and for a \
           short time only.",
    sent_hint: "No mail after a few minutes? Look among unwanted mail, check what you typed, or ask whoever runs this \
                server.",
    password_title: "Choose a new password",
    password_intro: Phrase::new("For the account {}. Whoever is signed in to it now is signed out, in every browser."),
    password_clears: "Until now nobody has shown that the email address of this account is theirs. So its passkeys, \
                      authenticator apps, recovery codes and API keys are removed, and apps have to ask you again.",
    password_submit: "Set the password",
    done_title: "Your new password is set",
    done: "You are signed out everywhere. Sign in with the new password.",
    sign_in: "Sign in",
};
