//! The letters and the pages that belong to them, in English.

use super::Phrase;
use super::mail::{LetterWords, Mail, OwnEmail, Recover};

pub(super) const MAIL: Mail = Mail {
    greeting: Phrase::new("Hello {},"),
    greeting_of_nobody: "Hello,",
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
    email_verification: LetterWords {
        subject: "Confirm your email address",
        intro: Phrase::new("The account {} wants to use this email address. If it is yours, sign in there and confirm it."),
        action: "Confirm the address",
        note: "If you have no such account, do nothing: the address is not used.",
    },
    email_changed: LetterWords {
        subject: "Your email address was changed",
        intro: Phrase::new("The account {} has another email address now. What we write goes there."),
        action: "It was not me: undo it",
        note: "If you changed it yourself, there is nothing to do.",
    },
    new_device: LetterWords {
        subject: "A sign-in from a new device",
        intro: Phrase::new("Somebody signed in to the account {} from a device that was not seen before."),
        action: "It was not me: choose another password",
        note: "If it was you, there is nothing to do.",
    },
    factor_added: LetterWords {
        subject: "A way to sign in was added",
        intro: Phrase::new("The account {} has another way to prove who you are:"),
        action: "It was not me: choose another password",
        note: "If you added it yourself, there is nothing to do.",
    },
    factor_removed: LetterWords {
        subject: "A way to sign in was removed",
        intro: Phrase::new("A way to prove who you are was removed from the account {}:"),
        action: "It was not me: choose another password",
        note: "If you removed it yourself, there is nothing to do.",
    },
};

pub(super) const OWN_EMAIL: OwnEmail = OwnEmail {
    title: "Your email address",
    none: "You have none yet.",
    verified: "confirmed",
    unverified: "not confirmed",
    field: "Email address",
    hint: "We send a link to it. The address counts once you have followed that.",
    submit: "Send the link",
    sent: "A link is on its way, unless the address belongs to another account.",
    done: "The address is confirmed.",
    account: Phrase::new("For the account {}."),
    confirm_title: "Is this your email address?",
    confirm_hint: "With it you can sign in and choose another password, and apps that you allow it are told it.",
    confirm_submit: "Yes, use it",
    undo_title: "Have your old address back?",
    undo_hint: "Everybody who is signed in to the account is signed out, and apps lose what they hold. Then choose another \
                password.",
    undo_submit: "Undo the change",
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
    password_submit: "Set the password",
    done_title: "Your new password is set",
    done: "You are signed out everywhere. Sign in with the new password.",
    sign_in: "Sign in",
};
