### E-Mails.

## mail

mail-greeting = Guten Tag { $person }!
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
mail-new-device-subject = Anmeldung von einem neuen Gerät
mail-new-device-intro = Jemand hat sich beim Konto { $username } in einem Browser angemeldet, der dafür noch nicht verwendet wurde:
mail-new-device-action = Das war ich nicht: anderes Passwort wählen
mail-new-device-note = Wenn Sie es waren, ist nichts zu tun.
mail-factor-added-subject = Eine Anmeldemethode wurde hinzugefügt
mail-factor-added-intro = Das Konto { $username } hat einen weiteren Nachweis dafür, dass Sie es sind:
mail-factor-added-action = Das war ich nicht: anderes Passwort wählen
mail-factor-added-note = Wenn Sie ihn selbst hinzugefügt haben, ist nichts zu tun. Wählen Sie sonst ein anderes Passwort, und entfernen Sie ihn in Ihrem Konto. Wird er bei der Anmeldung verlangt, sagen Sie es dem Betreiber dieses Servers, der ihn wegnehmen kann.
mail-factor-removed-subject = Eine Anmeldemethode wurde entfernt
mail-factor-removed-intro = Vom Konto { $username } wurde ein Nachweis dafür entfernt, dass Sie es sind:
mail-factor-removed-action = Das war ich nicht: anderes Passwort wählen
mail-factor-removed-note = Wenn Sie ihn selbst entfernt oder darum gebeten haben, ist nichts zu tun.
mail-app = Authenticator-App: { $name }
mail-passkey = Passkey: { $name }
mail-all-factors = Alle Passkeys, Authenticator-Apps und Wiederherstellungscodes
mail-greeting-of-nobody = Guten Tag!
mail-sign-in-link-subject = Ihr Anmeldelink
mail-sign-in-link-intro = Jemand, vermutlich Sie, möchte sich beim Konto { $username } anmelden.
mail-sign-in-link-action = Anmelden
mail-sign-in-link-note = Wenn Sie es nicht waren, tun Sie nichts. Geben Sie diesen Link niemandem: Wer ihn hat, kann sich als Sie anmelden.
mail-email-verification-subject = Bestätigen Sie Ihre E-Mail-Adresse
mail-email-verification-intro = Jemand, vermutlich Sie, möchte diese E-Mail-Adresse für ein Konto bei { $issuer } verwenden. Melden Sie sich dort am Konto an und bestätigen Sie, dass die Adresse Ihnen gehört.
mail-email-verification-action = Adresse bestätigen
mail-email-verification-note = Wenn Sie kein solches Konto haben, tun Sie nichts: Die Adresse wird nicht verwendet.
mail-email-changed-subject = Ihre E-Mail-Adresse wurde geändert
mail-email-changed-intro = Das Konto { $username } hat jetzt eine andere E-Mail-Adresse. Was wir schreiben, geht dorthin.
mail-email-changed-action = Das war ich nicht: diese Adresse zurückholen
mail-email-changed-note = Wenn Sie sie selbst geändert haben, ist nichts zu tun.
mail-email-replaced-subject = Ihre E-Mail-Adresse wurde ersetzt
mail-email-replaced-intro = Das Konto { $username } hat jetzt eine andere E-Mail-Adresse. Was wir schreiben, geht dorthin und nicht mehr hierher.
mail-email-replaced-action = Ansehen, wie das Konto gesichert ist
mail-email-replaced-note = Wenn Sie sie selbst geändert haben, ist nichts zu tun. Andernfalls sagen Sie es dem Betreiber dieses Servers.
mail-provider = Konto bei { $name }
mail-register-invitation-subject = Sie sind eingeladen
mail-register-invitation-intro = Sie sind eingeladen, ein Konto mit der Adresse { $username } zu erstellen.
mail-register-invitation-action = Konto erstellen
mail-register-invitation-note = Geben Sie diesen Link niemandem: Wer ihn hat, kann ein Konto mit Ihrer Adresse erstellen.
mail-registration-subject = Erstellen Sie Ihr Konto
mail-registration-intro = Jemand, vermutlich Sie, möchte ein Konto mit der Adresse { $username } erstellen.
mail-registration-action = Konto erstellen
mail-registration-note = Wenn Sie es nicht waren, tun Sie nichts: Dann entsteht kein Konto. Geben Sie diesen Link niemandem.
mail-account-exists-subject = Sie haben schon ein Konto
mail-account-exists-intro = Jemand, vermutlich Sie, möchte ein Konto mit der Adresse { $username } erstellen. Es gibt schon eines.
mail-account-exists-action = Anmelden
mail-account-exists-note = Wenn Sie das Passwort vergessen haben, fordern Sie bei der Anmeldung ein neues an. Wenn Sie es nicht waren, ist nichts zu tun.
