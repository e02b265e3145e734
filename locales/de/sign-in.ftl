### Anmelden, und worum Apps bitten. Anrede: Sie.

## common

common-skip = Zum Inhalt springen
common-support = Hilfe
common-privacy = Datenschutz
common-imprint = Impressum
common-privacy-policy = Datenschutzerklärung
common-terms = Nutzungsbedingungen
common-links-of-app = Auf den Seiten von { $app }:
common-language = Sprache
common-too-many-attempts = Zu viele Versuche. Versuchen Sie es in { $minutes } Min. noch einmal.

## scopes

scopes-openid = Sie wiedererkennen, wenn Sie zurückkommen
scopes-profile = Ihren Namen und Benutzernamen sehen
scopes-email = Ihre E-Mail-Adresse sehen
scopes-address = Ihre Postanschrift sehen
scopes-phone = Ihre Telefonnummer sehen
scopes-offline-access = Diesen Zugriff behalten, während Sie die App nicht verwenden

## claims

claims-name = Ihren vollständigen Namen sehen
claims-given-name = Ihren Vornamen sehen
claims-family-name = Ihren Nachnamen sehen
claims-middle-name = Ihren zweiten Vornamen sehen
claims-nickname = Ihren Spitznamen sehen
claims-preferred-username = Ihren Benutzernamen sehen
claims-profile = Die Adresse Ihrer Profilseite sehen
claims-picture = Ihr Bild sehen
claims-website = Die Adresse Ihrer Website sehen
claims-email = Ihre E-Mail-Adresse sehen
claims-email-verified = Sehen, ob Ihre E-Mail-Adresse bestätigt ist
claims-gender = Ihr Geschlecht sehen
claims-birthdate = Ihr Geburtsdatum sehen
claims-zoneinfo = Ihre Zeitzone sehen
claims-locale = Ihre Sprache sehen
claims-phone-number = Ihre Telefonnummer sehen
claims-phone-number-verified = Sehen, ob Ihre Telefonnummer bestätigt ist
claims-address = Ihre Postanschrift sehen
claims-updated-at = Sehen, wann Ihr Profil zuletzt geändert wurde

## sign-in

sign-in-title = Anmelden
sign-in-to-app = um mit { $app } fortzufahren
sign-in-confirm-title = Bitte bestätigen Sie, dass Sie es sind
sign-in-confirm = Geben Sie Ihr Passwort noch einmal ein.
sign-in-confirm-for-app = { $app } fragt noch einmal nach Ihrem Passwort.
sign-in-username = Benutzername
sign-in-password = Passwort
sign-in-remember = Auf diesem Gerät angemeldet bleiben
sign-in-submit = Anmelden
sign-in-submit-confirm = Bestätigen
sign-in-register = Konto erstellen
sign-in-wrong-pair = Benutzername oder Passwort ist nicht richtig.
sign-in-incomplete = Geben Sie Ihren Benutzernamen und Ihr Passwort ein.

## select-account

select-account-title = Konto auswählen
select-account-to-app = um mit { $app } fortzufahren
select-account-to-us = Diese Konten sind in diesem Browser angemeldet.
select-account-another = Anderes Konto verwenden

## consent

consent-title = { $app } möchte Ihr Konto verwenden
consent-goes-to = Danach kehren Sie zu { $host } zurück
consent-goes-to-device = Danach kehren Sie zu einer App auf diesem Gerät zurück
consent-registered-itself = Diese App hat sich hier selbst registriert. Niemand hat geprüft, ob sie ist, was sie zu sein vorgibt: Fahren Sie nur fort, wenn Sie wissen, woher sie kommt.
consent-described-at = Diese App beschreibt sich selbst auf { $host }. Niemand hier hat das geprüft: Fahren Sie nur fort, wenn Sie diese Website kennen und ihr vertrauen.
consent-described-on-device = Jedes Programm auf diesem Gerät könnte sich als diese App ausgeben. Fahren Sie nur fort, wenn Sie sie gerade selbst gestartet haben.
consent-signed-in-as = Angemeldet als { $person }
consent-not-you = Nicht Sie?
consent-it-will = Die App kann dann
consent-your-choice = Sie entscheiden, ob die App Folgendes darf
consent-new = neu
consent-allowed-before = bereits erlaubt
consent-allow = Erlauben
consent-deny = Nicht erlauben
consent-withdraw = Sie können das jederzeit zurücknehmen: in Ihrem Konto unter „Apps mit Zugriff“.

## device

device-title = Gerät verbinden
device-intro = Geben Sie den Code ein, den Ihr Gerät zeigt.
device-check = Zeigt Ihr Gerät diesen Code? Dann fahren Sie fort.
device-user-code = Code
device-user-code-hint = Acht Buchstaben, zum Beispiel BCDF-GHJK.
device-beware = Geben Sie nur einen Code ein, den Sie auf einem Gerät vor sich sehen. Wer Ihnen einen schickt, will in Ihr Konto.
device-submit = Weiter
device-wrong = Kein Gerät wartet auf diesen Code. Prüfen Sie ihn, oder beginnen Sie auf dem Gerät von vorn: Codes laufen nach einer Weile ab.
device-question = Die Anfrage kommt von einem Gerät, das diesen Code zeigt.
device-code = Code
device-address = Netzwerkadresse
device-unknown-address = unbekannt
device-elsewhere = Das Gerät ist nicht in dem Netzwerk, das Sie gerade verwenden.
device-asked = Angefragt
device-asked-now = vor weniger als einer Minute
device-asked-minutes-ago =
    { $minutes ->
        [one] vor einer Minute
       *[other] vor { $minutes } Minuten
    }
device-warning = Erlauben Sie das nur, wenn Sie es gerade selbst gestartet haben, auf einem Gerät vor Ihnen, das diesen Code zeigt. Hat Ihnen jemand den Code geschickt oder gesagt, erlauben Sie es nicht: Sonst käme diese Person in Ihr Konto.
device-allowed-title = Ihr Gerät ist verbunden
device-allowed = Machen Sie dort weiter. Sie können diese Seite schließen.
device-denied-title = Das Gerät erhält nichts
device-denied = Ihm wurde mitgeteilt, dass Sie es nicht erlaubt haben. Sie können diese Seite schließen.
device-gone-title = Dieser Code ist abgelaufen
device-gone = Er wurde bereits beantwortet, oder es ist zu viel Zeit vergangen.
device-start-again = Beginnen Sie auf dem Gerät von vorn, und geben Sie den Code ein, den es dann zeigt.
device-another = Anderen Code eingeben
device-too-many-title = Zu viele falsche Codes
device-too-many = Sie können in { $minutes } Min. einen anderen eingeben. Beginnen Sie inzwischen auf dem Gerät von vorn.
device-ask-admins = Fragen Sie die Administratoren dieses Dienstes, und beginnen Sie dann auf dem Gerät von vorn.

## approval

approval-title = { $app } braucht die Genehmigung eines Administrators
approval-it-wants = Bevor Sie es erlauben können, muss ein Administrator der App Folgendes genehmigen:
approval-reason = Wofür brauchen Sie { $app }?
approval-reason-hint = Das lesen die Administratoren; ihre Antwort erscheint hier. Kommen Sie später zur App zurück.
approval-reason-missing = Sagen Sie in wenigen Worten, wofür Sie es brauchen.
approval-ask = Genehmigung anfragen
approval-ask-again = Noch einmal anfragen
approval-waiting-title = Es wird auf einen Administrator gewartet
approval-waiting = Am { $date } haben Sie angefragt, der App Folgendes zu genehmigen:
approval-waiting-hint = Mehr ist nicht zu tun. Wenn Sie zur App zurückkommen, sehen Sie, wie entschieden wurde.
approval-refused-title = Ein Administrator hat abgelehnt
approval-refused = Folgendes wurde der App nicht genehmigt:
approval-answer = Die Begründung
approval-shut-out-title = Mit diesem Konto können Sie { $app } nicht verwenden
approval-shut-out = Die Administratoren dieses Dienstes haben die App nicht für Sie freigegeben. Fragen Sie sie, wenn Sie sie brauchen.
approval-without = Ohne das fortfahren
approval-without-hint = Das Übrige darf die App trotzdem.
approval-back = Zurück zu { $app }

## sign-out

sign-out-title = Abmelden?
sign-out-question = Sie sind als { $person } angemeldet.
sign-out-asked-by = { $app } bittet darum, Sie hier abzumelden.
sign-out-stays = Die App, die Sie hergeschickt hat, hat in ihrer Anfrage einen Fehler gemacht; daher kann diese Seite Sie nicht zu ihr zurückführen.
sign-out-confirm = Abmelden
sign-out-all = Von allen Konten in diesem Browser abmelden
sign-out-stay = Angemeldet bleiben
sign-out-done-title = Sie sind abgemeldet
sign-out-done = Schließen Sie an einem gemeinsam genutzten Computer auch die Apps, die Sie verwendet haben.
sign-out-sign-in-again = Wieder anmelden
sign-out-others-stay = Andere Konten sind in diesem Browser noch angemeldet.
sign-out-choose = Anderes Konto auswählen
sign-out-back-to-app = Zurück zu { $app }
sign-out-telling-title = Sie werden abgemeldet
sign-out-telling = Die Apps, die Sie verwendet haben, werden benachrichtigt. Das dauert höchstens ein paar Sekunden.
sign-out-go-on = Weiter

## set-up

set-up-title = Server einrichten
set-up-intro = Erstellen Sie das erste Konto. Es wird das des Administrators.
set-up-invitation-title = Willkommen
set-up-invitation-intro = Wählen Sie ein Passwort für Ihr Konto, { $person }.
set-up-username = Benutzername
set-up-username-hint = Ein kurzer Name zum Anmelden, zum Beispiel ada.
set-up-email = E-Mail-Adresse
set-up-display-name = Ihr Name
set-up-display-name-hint = So, wie andere ihn lesen sollen.
set-up-password = Passwort
set-up-password-hint = Mindestens { $characters } Zeichen. Ein paar zufällige Wörter sind gut.
set-up-submit = Konto erstellen
set-up-invitation-submit = Passwort festlegen
set-up-registration-title = Konto erstellen
set-up-has-account = Ich habe ein Konto
set-up-problems = Bitte sehen Sie sich das noch einmal an:
set-up-username-malformed = Wählen Sie einen Benutzernamen von höchstens 64 Zeichen, ohne Leerzeichen am Anfang oder Ende.
set-up-username-taken = Dieser Benutzername ist vergeben. Wählen Sie einen anderen.
set-up-username-is-address = Wählen Sie einen Benutzernamen ohne „@“, es sei denn, er ist Ihre eigene bestätigte E-Mail-Adresse.
set-up-email-malformed = Geben Sie eine E-Mail-Adresse ein, zum Beispiel ada@example.org.
set-up-email-taken = Ein anderes Konto hat diese E-Mail-Adresse.
set-up-display-name-malformed = Geben Sie einen kürzeren Namen in einer Zeile ein.
set-up-password-short = Wählen Sie ein Passwort mit mindestens { $characters } Zeichen.
set-up-password-long = Wählen Sie ein kürzeres Passwort.
set-up-password-is-username = Wählen Sie ein Passwort, das nicht Ihr Benutzername ist.
set-up-accept-terms = Ich akzeptiere die { $terms }.
set-up-terms = Nutzungsbedingungen
set-up-terms-not-accepted = Akzeptieren Sie die Bedingungen: Ohne das kann kein Konto erstellt werden.
set-up-address-intro = Nennen Sie uns Ihre E-Mail-Adresse. Wir senden Ihnen einen Link, mit dem Sie Ihr Konto erstellen.
set-up-address-hosts = Nur mit einer Adresse bei: { $hosts }
set-up-address-not-allowed = Mit einer solchen Adresse kann hier kein Konto erstellt werden.
set-up-address-sent = Ein Link, mit dem Sie Ihr Konto erstellen, ist an die Adresse unterwegs. Wenn ein Konto sie schon hat, steht das in der E-Mail.

## passwords

passwords-weak = { $why } Fügen Sie ein oder zwei Wörter hinzu, die nicht zusammengehören.
passwords-keys = Dieses Passwort folgt den Tasten einer Tastatur.
passwords-repeats = Dieses Passwort wiederholt sich.
passwords-sequence = Dieses Passwort ist eine Reihe wie abc oder 6543.
passwords-date = Dieses Passwort ist ein Datum oder ein Jahr.
passwords-word = Dieses Passwort ist ein einzelnes Wort.
passwords-name = Dieses Passwort ist ein Name.
passwords-common = Viele wählen dieses oder ein ähnliches Passwort.
passwords-guessable = Dieses Passwort ist leicht zu erraten.
passwords-breached = Dieses Passwort ist aus einem Datenleck bekannt; andere würden es daher zuerst versuchen. Wählen Sie ein anderes.

## recover

recover-forgotten = Passwort vergessen?
recover-title = Neues Passwort wählen
recover-intro = Sagen Sie uns, wer Sie sind, und wir schicken Ihnen einen Link per E-Mail.
recover-login = Benutzername oder E-Mail-Adresse
recover-submit = Link senden
recover-incomplete = Geben Sie Ihren Benutzernamen oder Ihre E-Mail-Adresse ein.
recover-back = Zurück zur Anmeldung
recover-sent-title = Sehen Sie in Ihrem E-Mail-Postfach nach
recover-sent = Wenn es ein Konto dieses Namens mit einer E-Mail-Adresse gibt, ist ein Link dorthin unterwegs. Er funktioniert einmal und nur für kurze Zeit.
recover-sent-hint = Nach ein paar Minuten keine E-Mail? Sehen Sie im Spam-Ordner nach, prüfen Sie Ihre Eingabe, oder fragen Sie den Betreiber dieses Servers.
recover-password-title = Neues Passwort wählen
recover-password-intro = Für das Konto { $username }. Wer dort gerade angemeldet ist, wird abgemeldet, in jedem Browser.
recover-password-submit = Passwort festlegen
recover-password-clears = Bisher hat niemand nachgewiesen, dass ihm die E-Mail-Adresse dieses Kontos gehört. Daher werden die Passkeys, Authenticator-Apps, Wiederherstellungscodes und API-Schlüssel des Kontos entfernt, und Apps müssen Sie erneut um Erlaubnis bitten.
recover-done-title = Ihr neues Passwort ist festgelegt
recover-done = Sie sind überall abgemeldet. Melden Sie sich mit dem neuen Passwort an.
recover-sign-in = Anmelden

## home

home-title = Ihr Konto
home-signed-in-as = Sie sind als { $person } angemeldet.
home-welcome = Ihr Konto ist bereit.
home-sign-out = Abmelden
home-console = Zur Konsole
home-apps = Ihre Apps
home-nobody = Über diesen Server melden sich Menschen bei Apps an. Hier ist niemand angemeldet.
home-nobody-chosen = Wählen Sie, welches der Konten in diesem Browser Sie verwenden möchten.
home-choose = Konto auswählen
home-accounts = Konten in diesem Browser
home-switch = Konto wechseln
home-add = Weiteres Konto hinzufügen
home-sign-in = Anmelden
home-for-developers = Für Entwickler
home-issuer = Aussteller (Issuer)
home-discovery = Discovery-Dokument

## form-post

form-post-title = Zurück zu { $app }
form-post-text = Sie werden weitergeleitet. Wenn nichts geschieht, klicken Sie auf die Schaltfläche.
form-post-submit = Weiter

## error

error-unknown-app-title = Wir kennen diese App nicht
error-unknown-app-text = Eine App hat Sie zum Anmelden hergeschickt, ist auf diesem Server aber nicht registriert.
error-unknown-app-next = Gehen Sie zur App zurück, und sagen Sie deren Betreibern, was Sie hier sehen.
error-wrong-redirect-title = Die Adresse dieser App passt nicht
error-wrong-redirect-text = Die App wollte, dass wir Sie an eine Adresse schicken, die sie nicht registriert hat. Zu Ihrer Sicherheit hören wir hier auf.
error-wrong-redirect-next = Gehen Sie zur App zurück, und sagen Sie deren Betreibern, was Sie hier sehen.
error-malformed-title = Wir können diese Anfrage nicht lesen
error-malformed-text = Die App hat Sie mit einer Anfrage hergeschickt, die wir nicht verstehen.
error-malformed-next = Gehen Sie zur App zurück, und versuchen Sie es noch einmal. Geschieht es wieder, sagen Sie es deren Betreibern.
error-stale-title = Diese Seite ist zu alt
error-stale-text = Zu Ihrer Sicherheit muss eine Anmeldung innerhalb einer gewissen Zeit abgeschlossen werden; diese hat zu lange gewartet.
error-stale-next = Gehen Sie zur App zurück, und melden Sie sich von dort aus noch einmal an.
error-altered-title = Dieser Link funktioniert nicht
error-altered-text = Die Adresse dieser Seite ist unvollständig oder wurde verändert.
error-altered-next = Gehen Sie zur App zurück, und melden Sie sich von dort aus noch einmal an.
error-form-refused-title = Wir konnten dieses Formular nicht annehmen
error-form-refused-text = Es scheint nicht von dieser Seite in Ihrem Browser zu kommen. Das geschieht, wenn Cookies blockiert werden oder wenn sich inzwischen jemand in einem anderen Tab an- oder abgemeldet hat.
error-form-refused-next = Gehen Sie zurück, laden Sie die Seite neu, und versuchen Sie es mit erlaubten Cookies noch einmal.
error-link-spent-title = Dieser Link wurde verwendet oder ist zu alt
error-link-spent-text = Jeder solche Link funktioniert einmal und nur für begrenzte Zeit.
error-link-spent-next = Bitten Sie den Absender um einen neuen.
error-by-invitation-title = Konten gibt es hier auf Einladung
error-by-invitation-text = Der Betreiber dieses Servers lädt ein, jede Person mit einem eigenen Link.
error-by-invitation-next = Bitten Sie ihn um eine Einladung, oder melden Sie sich an, wenn Sie ein Konto haben.
error-forbidden-title = Diese Seite ist für Administratoren
error-forbidden-text = Sie sind angemeldet, aber mit einem Konto, das diesen Server nicht verwalten darf.
error-forbidden-next = Melden Sie sich ab, und kommen Sie als Administrator zurück, oder fragen Sie einen.
error-not-found-title = Hier ist nichts
error-not-found-text = Vielleicht ist die Adresse falsch geschrieben, oder die Seite ist umgezogen.
error-not-found-next = Prüfen Sie die Adresse, oder gehen Sie zu der App zurück, von der Sie kommen.
error-busy-title = Einen Moment, bitte
error-busy-text = Der Server hat mehr zu tun, als er auf einmal kann.
error-busy-next = Warten Sie ein paar Sekunden, und laden Sie die Seite dann neu.
error-too-many-title = Zu viele Versuche
error-too-many-text = Von dort, wo Sie sind, wurde das so oft versucht, dass wir es eine Weile nicht mehr prüfen.
error-too-many-next = Warten Sie ein paar Minuten, und versuchen Sie es dann noch einmal.
error-internal-title = Etwas ist schiefgegangen
error-internal-text = Der Fehler liegt bei uns, nicht bei Ihnen.
error-internal-next = Versuchen Sie es gleich noch einmal. Geschieht es wieder, nennen Sie dem Betreiber dieses Servers die Fehler-ID unten.
error-for-developer = Für die Entwickler der App
error-sent = Was gesendet wurde
error-parameter = Parameter
error-value = Wert
error-absent = nicht gesendet
error-rule = Regel
error-remedy = Was zu tun ist
error-code = Fehlercode
error-id = Fehler-ID
error-time = Zeit
error-id-hint = Unter dieser ID sagt das Protokoll des Servers mehr.

## sign-in-link

sign-in-link-offer = Mit einem Link per E-Mail anmelden
sign-in-link-title = Per E-Mail anmelden
sign-in-link-intro = Sagen Sie uns, wer Sie sind, und wir schicken Ihnen einen Link, mit dem Sie sich anmelden.
sign-in-link-sent = Wenn es ein solches Konto mit bestätigter E-Mail-Adresse gibt, ist ein Link dorthin unterwegs. Er funktioniert einmal und nur einige Minuten lang.
sign-in-link-confirm-title = Hier anmelden?
sign-in-link-confirm = Sie machen als { $username } weiter.
sign-in-link-confirm-submit = Anmelden
