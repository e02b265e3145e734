### E-Mails.

## mail

mail-greeting = Guten Tag { $person },
mail-once = Sie können dem Link einmal folgen, innerhalb von { $time }.
mail-minutes =
    { $count ->
        [one] einer Minute
       *[other] { $count } Minuten
    }
mail-hours =
    { $count ->
        [one] einer Stunde
       *[other] { $count } Stunden
    }
mail-days =
    { $count ->
        [one] einem Tag
       *[other] { $count } Tagen
    }
mail-sent-by = Gesendet von { $issuer }. Antworten an diese Adresse liest niemand.
mail-invitation-subject = Ihr Konto ist bereit
mail-invitation-intro = Für Sie wurde ein Konto erstellt. Ihr Benutzername ist { $username }. Wählen Sie ein Passwort, dann können Sie sich anmelden.
mail-invitation-action = Passwort wählen
mail-invitation-note = Geben Sie diesen Link niemandem: Wer ihn hat, kann sich als Sie anmelden.
mail-recovery-subject = Wählen Sie ein neues Passwort
mail-recovery-intro = Jemand, vermutlich Sie, hat das Passwort des Kontos { $username } vergessen.
mail-recovery-action = Neues Passwort wählen
mail-recovery-note = Wenn Sie es nicht waren, tun Sie nichts: Ihr Passwort bleibt, wie es ist. Geben Sie diesen Link niemandem.
mail-password-changed-subject = Ihr Passwort wurde geändert
mail-password-changed-intro = Das Konto { $username } hat ein neues Passwort. Sie wurden überall abgemeldet.
mail-password-changed-action = Das war ich nicht: anderes Passwort wählen
mail-password-changed-note = Wenn Sie es selbst geändert haben, ist nichts zu tun.
mail-password-link-subject = Wählen Sie ein neues Passwort
mail-password-link-intro = Wer Ihr Konto { $username } betreut, schickt Ihnen einen Link, mit dem Sie ein neues Passwort wählen.
mail-password-link-action = Neues Passwort wählen
mail-password-link-note = Ihr altes Passwort gilt, bis Sie das tun. Geben Sie diesen Link niemandem: Wer ihn hat, kann sich als Sie anmelden.
