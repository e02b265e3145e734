//! The sentences of passkeys in English.

use super::{Passkeys, Phrase};

pub(super) const PASSKEYS: Passkeys = Passkeys {
    sign_in: "Sign in with a passkey",
    confirm: "Confirm with a passkey",
    cancelled: "Your device gave no passkey. Try again, or go on another way.",
    refused: "This passkey cannot be used here. Try another one, or your password.",
    late: "That took too long. Please try again.",
    refused_as_second: "This passkey cannot be used here. It has to be one of yours.",
    use_one: "Use a passkey",
    one: "You have one.",
    several: Phrase::new("You have {}."),
    look_after: "Look after your passkeys",
    title: "Passkeys",
    intro: "Sign in with the screen lock of a device, or with a security key, in place of your password.",
    none: "With a passkey you sign in by your device’s fingerprint, face or PIN, in place of your password. It cannot be \
           guessed, and no false website can get hold of it.",
    impossible: "This server has no name that passkeys could be made for, only an address in numbers. Whoever runs it can \
                 change that.",
    added: Phrase::new("Added {}."),
    used: Phrase::new("Last used {} UTC."),
    unused: "Not used yet.",
    synced: "It may be on several of your devices.",
    on_one_device: "It is on one device only.",
    add: "Add a passkey",
    rename: "Rename",
    remove: "Remove",
    back: "Back to your passkeys",
    back_to_security: "Back to how you sign in",
    done_added: "The passkey was added. From now on you can sign in with it.",
    done_renamed: "The passkey has its new name.",
    done_removed: "The passkey was removed. Nobody can sign in with it any more.",
    new_title: "Add a passkey",
    new_intro: "Your device will ask for your fingerprint, face or PIN, which stay there: we are told only that it was you.",
    unsupported: "For this, your browser must know passkeys and run scripts.",
    name: "Name",
    name_hint: "By which you will recognise it, for example the device on which it is.",
    name_needed: "Please give it a name of 1 to 60 characters.",
    new_submit: "Go on",
    known: "This passkey was added before.",
    too_many: "You have as many passkeys as you can. Remove one that you no longer need.",
    not_added: "This passkey could not be added. Please try again, or use another device.",
    rename_title: Phrase::new("Rename {}"),
    rename_submit: "Save",
    remove_title: Phrase::new("Remove {}?"),
    remove_what: "Nobody will be able to sign in with it any more. Your device may go on offering it until you delete it \
                  there, too.",
    remove_submit: "Remove it",
    keep: "Keep it",
    last_way_in: "You have no password and no other passkey: without this one you could not sign in any more. Add another \
                  passkey first.",
};
