### Signing in, and what apps ask for.

## common

common-skip = Skip to the content
common-support = Help
common-privacy = Privacy
common-imprint = Legal notice
common-privacy-policy = Privacy policy
common-terms = Terms of service
common-links-of-app = { $app } on its own pages:
common-language = Language
common-too-many-attempts = Too many attempts. Try again in { $minutes } min.

## scopes

scopes-openid = Recognise you when you come back
scopes-profile = See your name and username
scopes-email = See your email address
scopes-address = See your postal address
scopes-phone = See your phone number
scopes-offline-access = Keep this access while you are not using the app

## claims

claims-name = See your full name
claims-given-name = See your given name
claims-family-name = See your family name
claims-middle-name = See your middle name
claims-nickname = See your nickname
claims-preferred-username = See your username
claims-profile = See the address of your profile page
claims-picture = See your picture
claims-website = See the address of your website
claims-email = See your email address
claims-email-verified = See whether your email address is confirmed
claims-gender = See your gender
claims-birthdate = See your date of birth
claims-zoneinfo = See your time zone
claims-locale = See your language
claims-phone-number = See your phone number
claims-phone-number-verified = See whether your phone number is confirmed
claims-address = See your postal address
claims-updated-at = See when your profile last changed

## sign-in

sign-in-title = Sign in
sign-in-to-app = to continue to { $app }
sign-in-confirm-title = Please confirm that it’s you
sign-in-confirm = Enter your password once more.
sign-in-confirm-for-app = { $app } asks for your password once more.
sign-in-username = Username
sign-in-password = Password
sign-in-remember = Keep me signed in on this device
sign-in-submit = Sign in
sign-in-submit-confirm = Confirm
sign-in-register = Create an account
sign-in-wrong-pair = The username or password is not right.
sign-in-incomplete = Enter both your username and your password.

## select-account

select-account-title = Choose an account
select-account-to-app = to continue to { $app }
select-account-to-us = These accounts are signed in in this browser.
select-account-another = Use another account

## consent

consent-title = { $app } would like to use your account
consent-goes-to = You will go back to { $host }
consent-goes-to-device = You will go back to an app on this device
consent-registered-itself = This app has registered itself here. Nobody has checked that it is what it says: only go on if you know where it comes from.
consent-described-at = This app says what it is at { $host }. Nobody here has checked it: only go on if you know that site and trust it.
consent-described-on-device = Any program on this device could pass itself off as this app. Only go on if you have just started it yourself.
consent-signed-in-as = Signed in as { $person }
consent-not-you = Not you?
consent-it-will = The app will be able to
consent-your-choice = You choose whether it may
consent-new = new
consent-allowed-before = allowed before
consent-allow = Allow
consent-deny = Don’t allow
consent-withdraw = You can take this back at any time: under Apps with access in your account.

## device

device-title = Connect a device
device-intro = Enter the code that your device shows.
device-check = Does your device show this code? Then go on.
device-user-code = Code
device-user-code-hint = Eight letters, such as BCDF-GHJK.
device-beware = Only enter a code that you see on a device in front of you. Whoever sends you one wants to get into your account.
device-submit = Continue
device-wrong = No device waits for this code. Check it, or start again on the device: codes end after a while.
device-question = It asks on a device that shows this code.
device-code = Code
device-address = Network address
device-unknown-address = unknown
device-elsewhere = The device is not on the network that you use now.
device-asked = Asked
device-asked-now = less than a minute ago
device-asked-minutes-ago =
    { $minutes ->
        [one] a minute ago
       *[other] { $minutes } minutes ago
    }
device-warning = Allow this only if you have just started it yourself, on a device in front of you that shows this code. If somebody sent you the code or told it to you, do not allow it: they would get into your account.
device-allowed-title = Your device is connected
device-allowed = Go on there. You can close this page.
device-denied-title = The device gets nothing
device-denied = It was told that you did not allow it. You can close this page.
device-gone-title = This code has ended
device-gone = It was answered already, or too much time has passed.
device-start-again = Start again on the device, and enter the code that it shows then.
device-another = Enter another code
device-too-many-title = Too many wrong codes
device-too-many = You can enter another one in { $minutes } min. Meanwhile start again on the device.
device-ask-admins = Ask the administrators of this service, then start again on the device.

## approval

approval-title = { $app } needs an administrator’s approval
approval-it-wants = Before you can allow it, an administrator has to approve that the app may
approval-reason = What do you need { $app } for?
approval-reason-hint = The administrators read this. They answer here: come back to the app later.
approval-reason-missing = Say in a few words what you need it for.
approval-ask = Ask for approval
approval-ask-again = Ask again
approval-waiting-title = Waiting for an administrator
approval-waiting = You asked on { $date } that the app may
approval-waiting-hint = Nothing else is to be done. When you come back to the app, you will see what they decided.
approval-refused-title = An administrator said no
approval-refused = They did not approve that the app may
approval-answer = What they said
approval-shut-out-title = You can’t use { $app } with this account
approval-shut-out = The administrators of this service have not opened the app to you. Ask them if you need it.
approval-without = Go on without it
approval-without-hint = The app may still do the rest.
approval-back = Back to { $app }

## sign-out

sign-out-title = Sign out?
sign-out-question = You are signed in as { $person }.
sign-out-asked-by = { $app } asks to sign you out here.
sign-out-stays = The app that sent you here made a mistake in its request, so that this page can’t lead you back to it.
sign-out-confirm = Sign out
sign-out-all = Sign out of all accounts in this browser
sign-out-stay = Stay signed in
sign-out-done-title = You are signed out
sign-out-done = On a shared computer, also close the apps that you used.
sign-out-sign-in-again = Sign in again
sign-out-others-stay = Other accounts are still signed in in this browser.
sign-out-choose = Choose another account
sign-out-back-to-app = Back to { $app }
sign-out-telling-title = Signing you out
sign-out-telling = The apps that you used are told. It takes a few seconds at most.
sign-out-go-on = Go on

## set-up

set-up-title = Set up your server
set-up-intro = Create the first account. It will be the administrator’s.
set-up-invitation-title = Welcome
set-up-invitation-intro = Choose a password for your account, { $person }.
set-up-username = Username
set-up-username-hint = A short name such as ada, to sign in with.
set-up-email = Email address
set-up-display-name = Your name
set-up-display-name-hint = As others should read it.
set-up-password = Password
set-up-password-hint = At least { $characters } characters. A few random words are good.
set-up-submit = Create account
set-up-invitation-submit = Set password
set-up-registration-title = Create your account
set-up-has-account = I have an account
set-up-problems = Something needs another look:
set-up-username-malformed = Choose a username of at most 64 characters, without a space at either end.
set-up-username-taken = This username is taken. Choose another.
set-up-username-is-address = Choose a username without “@”, unless it is your own confirmed email address.
set-up-email-malformed = Enter an email address, such as ada@example.org.
set-up-email-taken = Another account has this email address.
set-up-display-name-malformed = Enter a shorter name, on one line.
set-up-password-short = Choose a password of at least { $characters } characters.
set-up-password-long = Choose a shorter password.
set-up-password-is-username = Choose a password that is not your username.
set-up-accept-terms = I accept the { $terms }.
set-up-terms = terms of use
set-up-terms-not-accepted = Accept the terms: without that no account can be made.
set-up-address-intro = Tell us your email address, and we send you a link by which you make your account.
set-up-address-hosts = Only with an address at: { $hosts }
set-up-address-not-allowed = Accounts are not made with such an address here.
set-up-address-sent = A link by which you make your account is on its way to the address. If an account has it already, the mail says so.

## passwords

passwords-weak = { $why } Add a word or two that don’t belong together.
passwords-keys = This password follows the keys of a keyboard.
passwords-repeats = This password repeats itself.
passwords-sequence = This password is a sequence, like abc or 6543.
passwords-date = This password is a date or a year.
passwords-word = This password is a single word.
passwords-name = This password is a name.
passwords-common = Many people choose this password, or one like it.
passwords-guessable = This password is easy to guess.
passwords-breached = This password is known from a breach somewhere, so others would try it first. Choose another one.

## recover

recover-forgotten = Forgotten your password?
recover-title = Choose a new password
recover-intro = Tell us who you are, and we send you a link by mail.
recover-login = Username or email address
recover-submit = Send the link
recover-incomplete = Enter your username or your email address.
recover-back = Back to the sign-in
recover-sent-title = Look into your mail
recover-sent = If there is an account of that name with an email address, a link is on its way to it. It works once, and for a short time only.
recover-sent-hint = No mail after a few minutes? Look among unwanted mail, check what you typed, or ask whoever runs this server.
recover-password-title = Choose a new password
recover-password-intro = For the account { $username }. Whoever is signed in to it now is signed out, in every browser.
recover-password-submit = Set the password
recover-password-clears = Until now nobody has shown that the email address of this account is theirs. So its passkeys, authenticator apps, recovery codes and API keys are removed, and apps have to ask you again.
recover-done-title = Your new password is set
recover-done = You are signed out everywhere. Sign in with the new password.
recover-sign-in = Sign in

## home

home-title = Your account
home-signed-in-as = You are signed in as { $person }.
home-welcome = Your account is ready.
home-sign-out = Sign out
home-console = Go to the console
home-apps = Your apps
home-nobody = This server signs people in to apps. Nobody is signed in here.
home-nobody-chosen = Choose which of the accounts in this browser you want to use.
home-choose = Choose an account
home-accounts = Accounts in this browser
home-switch = Switch account
home-add = Add another account
home-sign-in = Sign in
home-for-developers = For developers
home-issuer = Issuer
home-discovery = Discovery document

## form-post

form-post-title = Back to { $app }
form-post-text = You are on your way. If nothing happens, press the button.
form-post-submit = Continue

## error

error-unknown-app-title = We don’t know this app
error-unknown-app-text = An app sent you here to sign in, but it is not registered on this server.
error-unknown-app-next = Go back to the app and tell those who run it what you see here.
error-wrong-redirect-title = This app’s address doesn’t fit
error-wrong-redirect-text = The app asked us to send you to an address that it has not registered. For your safety we stop here.
error-wrong-redirect-next = Go back to the app and tell those who run it what you see here.
error-malformed-title = We can’t read this request
error-malformed-text = The app sent you here with a request that we can’t make sense of.
error-malformed-next = Go back to the app and try again. If it happens again, tell those who run it.
error-stale-title = This page has grown old
error-stale-text = For your safety a sign-in has to be finished within a while, and this one waited too long.
error-stale-next = Go back to the app and sign in again from there.
error-altered-title = This link doesn’t work
error-altered-text = The address of this page is incomplete or has been changed.
error-altered-next = Go back to the app and sign in again from there.
error-form-refused-title = We couldn’t take this form
error-form-refused-text = It seems not to have come from this page in your browser. That happens when cookies are blocked, or when somebody has signed in or out in another tab since.
error-form-refused-next = Go back, reload the page, and try again with cookies allowed.
error-link-spent-title = This link has been used or is too old
error-link-spent-text = Each such link works once, and for a limited time only.
error-link-spent-next = Ask whoever sent it for a new one.
error-by-invitation-title = Accounts are made by invitation here
error-by-invitation-text = Whoever runs this server invites people, each by a link of their own.
error-by-invitation-next = Ask them for an invitation, or sign in if you have an account.
error-forbidden-title = This page is for administrators
error-forbidden-text = You are signed in, but as somebody who may not administer this server.
error-forbidden-next = Sign out and come back as an administrator, or ask one of them.
error-not-found-title = There is nothing here
error-not-found-text = The address may be mistyped, or the page has moved.
error-not-found-next = Check the address, or go back to the app that you came from.
error-busy-title = One moment, please
error-busy-text = The server has more to do than it can at once.
error-busy-next = Wait a few seconds, then reload the page.
error-too-many-title = Too many attempts
error-too-many-text = This was tried so often from where you are that we don’t look at it any more for a while.
error-too-many-next = Wait a few minutes, then try again.
error-internal-title = Something went wrong
error-internal-text = The fault is ours, not yours.
error-internal-next = Try again in a moment. If it happens again, tell whoever runs this server the error id below.
error-for-developer = For the developer of the app
error-sent = What was sent
error-parameter = Parameter
error-value = Value
error-absent = not sent
error-rule = Rule
error-remedy = What to do
error-code = Error code
error-id = Error id
error-time = Time
error-id-hint = The server’s log says more under this id.

## sign-in-link

sign-in-link-offer = Sign in by a link in a mail
sign-in-link-title = Sign in by mail
sign-in-link-intro = Tell us who you are, and we send you a link by which you sign in.
sign-in-link-sent = If there is an account of that name with a confirmed email address, a link is on its way to it. It works once, and for a few minutes only.
sign-in-link-confirm-title = Sign in here?
sign-in-link-confirm = You go on as { $username }.
sign-in-link-confirm-submit = Sign in
