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
