### Letters.

## mail

mail-greeting = Hello { $person },
mail-once = You can follow the link once, within { $time }.
mail-minutes =
    { $count ->
        [one] a minute
       *[other] { $count } minutes
    }
mail-hours =
    { $count ->
        [one] an hour
       *[other] { $count } hours
    }
mail-days =
    { $count ->
        [one] a day
       *[other] { $count } days
    }
mail-sent-by = Sent by { $issuer }. Nobody reads answers to this address.
mail-invitation-subject = Your account is ready
mail-invitation-intro = An account was made for you. Your username is { $username }. Choose a password, and you can sign in.
mail-invitation-action = Choose your password
mail-invitation-note = Give this link to nobody: whoever has it can sign in as you.
mail-recovery-subject = Choose a new password
mail-recovery-intro = Somebody, probably you, has forgotten the password of the account { $username }.
mail-recovery-action = Choose a new password
mail-recovery-note = If it was not you, do nothing: your password stays as it is. Give this link to nobody.
mail-password-changed-subject = Your password was changed
mail-password-changed-intro = The account { $username } has a new password. You were signed out everywhere.
mail-password-changed-action = It was not me: choose another password
mail-password-changed-note = If you changed it yourself, there is nothing to do.
mail-password-link-subject = Choose a new password
mail-password-link-intro = Whoever looks after your account { $username } sends you a link by which you choose a new password.
mail-password-link-action = Choose a new password
mail-password-link-note = Your old password is good until you do. Give this link to nobody: whoever has it can sign in as you.
mail-new-device-subject = A sign-in from a new device
mail-new-device-intro = Somebody signed in to the account { $username } in a browser that was not used for it before:
mail-new-device-action = It was not me: choose another password
mail-new-device-note = If it was you, there is nothing to do.
mail-factor-added-subject = A way to sign in was added
mail-factor-added-intro = The account { $username } has one more way to prove who you are:
mail-factor-added-action = It was not me: choose another password
mail-factor-added-note = If you added it yourself, there is nothing to do. If not, choose another password and remove it in your account; if the sign-in asks for it, tell whoever runs this server, who can take it away.
mail-factor-removed-subject = A way to sign in was removed
mail-factor-removed-intro = A way to prove who you are was removed from the account { $username }:
mail-factor-removed-action = It was not me: choose another password
mail-factor-removed-note = If you removed it yourself, or asked for it, there is nothing to do.
mail-app = Authenticator app: { $name }
mail-passkey = Passkey: { $name }
mail-all-factors = All passkeys, authenticator apps and recovery codes
mail-greeting-of-nobody = Hello,
mail-sign-in-link-subject = Your sign-in link
mail-sign-in-link-intro = Somebody, probably you, wants to sign in to the account { $username }.
mail-sign-in-link-action = Sign in
mail-sign-in-link-note = If it was not you, do nothing. Give this link to nobody: whoever has it can sign in as you.
mail-email-verification-subject = Confirm your email address
mail-email-verification-intro = Somebody, probably you, wants to use this email address for an account at { $issuer }. Sign in to the account there, and confirm that the address is yours.
mail-email-verification-action = Confirm the address
mail-email-verification-note = If you have no such account, do nothing: the address is not used.
mail-email-changed-subject = Your email address was changed
mail-email-changed-intro = The account { $username } has another email address now. What we write goes there.
mail-email-changed-action = It was not me: have this address back
mail-email-changed-note = If you changed it yourself, there is nothing to do.
mail-email-replaced-subject = Your email address was replaced
mail-email-replaced-intro = The account { $username } has another email address now. What we write goes there, and no longer here.
mail-email-replaced-action = See how the account is secured
mail-email-replaced-note = If you changed it yourself, there is nothing to do. Otherwise tell whoever runs this server.
mail-provider = Account at { $name }
mail-register-invitation-subject = You are invited
mail-register-invitation-intro = You are invited to make an account with the address { $username }.
mail-register-invitation-action = Make your account
mail-register-invitation-note = Give this link to nobody: whoever has it can make an account with your address.
mail-registration-subject = Make your account
mail-registration-intro = Somebody, probably you, wants to make an account with the address { $username }.
mail-registration-action = Make your account
mail-registration-note = If it was not you, do nothing: no account is made. Give this link to nobody.
mail-account-exists-subject = You have an account already
mail-account-exists-intro = Somebody, probably you, wants to make an account with the address { $username }. There is one already.
mail-account-exists-action = Sign in
mail-account-exists-note = If you have forgotten the password, ask for another one at the sign-in. If it was not you, there is nothing to do.
