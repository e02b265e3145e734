### La connexion et ce que les applications demandent. On vouvoie.

## common

common-skip = Aller au contenu
common-support = Aide
common-privacy = Confidentialité
common-imprint = Mentions légales
common-privacy-policy = Politique de confidentialité
common-terms = Conditions d’utilisation
common-links-of-app = Sur les pages de { $app } :
common-language = Langue
common-too-many-attempts = Trop de tentatives. Réessayez dans { $minutes } min.

## scopes

scopes-openid = Vous reconnaître à votre retour
scopes-profile = Voir votre nom et votre nom d’utilisateur
scopes-email = Voir votre adresse e-mail
scopes-address = Voir votre adresse postale
scopes-phone = Voir votre numéro de téléphone
scopes-offline-access = Conserver cet accès lorsque vous n’utilisez pas l’application

## claims

claims-name = Voir votre nom complet
claims-given-name = Voir votre prénom
claims-family-name = Voir votre nom de famille
claims-middle-name = Voir votre deuxième prénom
claims-nickname = Voir votre surnom
claims-preferred-username = Voir votre nom d’utilisateur
claims-profile = Voir l’adresse de votre page de profil
claims-picture = Voir votre photo
claims-website = Voir l’adresse de votre site web
claims-email = Voir votre adresse e-mail
claims-email-verified = Voir si votre adresse e-mail est confirmée
claims-gender = Voir votre genre
claims-birthdate = Voir votre date de naissance
claims-zoneinfo = Voir votre fuseau horaire
claims-locale = Voir votre langue
claims-phone-number = Voir votre numéro de téléphone
claims-phone-number-verified = Voir si votre numéro de téléphone est confirmé
claims-address = Voir votre adresse postale
claims-updated-at = Voir quand votre profil a changé pour la dernière fois

## sign-in

sign-in-title = Connexion
sign-in-to-app = pour continuer vers { $app }
sign-in-confirm-title = Veuillez confirmer que c’est bien vous
sign-in-confirm = Saisissez votre mot de passe encore une fois.
sign-in-confirm-for-app = { $app } demande votre mot de passe encore une fois.
sign-in-username = Nom d’utilisateur
sign-in-password = Mot de passe
sign-in-remember = Rester connecté sur cet appareil
sign-in-submit = Se connecter
sign-in-submit-confirm = Confirmer
sign-in-register = Créer un compte
sign-in-wrong-pair = Le nom d’utilisateur ou le mot de passe est incorrect.
sign-in-incomplete = Saisissez votre nom d’utilisateur et votre mot de passe.

## select-account

select-account-title = Choisir un compte
select-account-to-app = pour continuer vers { $app }
select-account-to-us = Ces comptes sont connectés dans ce navigateur.
select-account-another = Utiliser un autre compte

## consent

consent-title = { $app } souhaite utiliser votre compte
consent-goes-to = Vous retournerez ensuite vers { $host }
consent-goes-to-device = Vous retournerez ensuite vers une application sur cet appareil
consent-registered-itself = Cette application s’est enregistrée ici elle-même. Personne n’a vérifié qu’elle est ce qu’elle prétend être : ne continuez que si vous savez d’où elle vient.
consent-described-at = Cette application se décrit elle-même sur { $host }. Personne ici ne l’a vérifiée : ne continuez que si vous connaissez ce site et lui faites confiance.
consent-described-on-device = N’importe quel programme sur cet appareil pourrait se faire passer pour cette application. Ne continuez que si vous venez de la lancer vous-même.
consent-signed-in-as = Connecté en tant que { $person }
consent-not-you = Ce n’est pas vous ?
consent-it-will = L’application pourra
consent-your-choice = Vous choisissez si elle peut
consent-new = nouveau
consent-allowed-before = déjà autorisé
consent-allow = Autoriser
consent-deny = Ne pas autoriser
consent-withdraw = Vous pouvez revenir là-dessus à tout moment : dans votre compte, sous « Applications ayant accès ».

## device

device-title = Connecter un appareil
device-intro = Saisissez le code affiché par votre appareil.
device-check = Votre appareil affiche-t-il ce code ? Alors continuez.
device-user-code = Code
device-user-code-hint = Huit lettres, par exemple BCDF-GHJK.
device-beware = Ne saisissez qu’un code que vous voyez sur un appareil devant vous. Si quelqu’un vous en envoie un, c’est pour entrer dans votre compte.
device-submit = Continuer
device-wrong = Aucun appareil n’attend ce code. Vérifiez-le, ou recommencez sur l’appareil : les codes expirent au bout d’un moment.
device-question = La demande vient d’un appareil qui affiche ce code.
device-code = Code
device-address = Adresse réseau
device-unknown-address = inconnue
device-elsewhere = L’appareil n’est pas sur le réseau que vous utilisez en ce moment.
device-asked = Demandé
device-asked-now = il y a moins d’une minute
device-asked-minutes-ago =
    { $minutes ->
        [one] il y a une minute
       *[other] il y a { $minutes } minutes
    }
device-warning = N’autorisez cela que si vous venez de le lancer vous-même, sur un appareil devant vous qui affiche ce code. Si quelqu’un vous a envoyé ou dicté le code, refusez : cette personne entrerait dans votre compte.
device-allowed-title = Votre appareil est connecté
device-allowed = Continuez sur l’appareil. Vous pouvez fermer cette page.
device-denied-title = L’appareil n’obtient rien
device-denied = Il a été informé de votre refus. Vous pouvez fermer cette page.
device-gone-title = Ce code a expiré
device-gone = Une réponse a déjà été donnée, ou trop de temps s’est écoulé.
device-start-again = Recommencez sur l’appareil et saisissez le code qu’il affichera alors.
device-another = Saisir un autre code
device-too-many-title = Trop de codes incorrects
device-too-many = Vous pourrez en saisir un autre dans { $minutes } min. En attendant, recommencez sur l’appareil.
device-ask-admins = Demandez aux administrateurs de ce service, puis recommencez sur l’appareil.

## approval

approval-title = { $app } nécessite l’approbation d’un administrateur
approval-it-wants = Avant que vous puissiez donner votre accord, un administrateur doit approuver que l’application puisse
approval-reason = Pourquoi avez-vous besoin de { $app } ?
approval-reason-hint = Les administrateurs liront ceci. Ils répondent ici : revenez à l’application plus tard.
approval-reason-missing = Dites en quelques mots pourquoi vous en avez besoin.
approval-ask = Demander l’approbation
approval-ask-again = Demander à nouveau
approval-waiting-title = En attente d’un administrateur
approval-waiting = Vous avez demandé le { $date } que l’application puisse
approval-waiting-hint = Il n’y a rien d’autre à faire. À votre retour dans l’application, vous verrez leur décision.
approval-refused-title = Un administrateur a refusé
approval-refused = Il n’a pas été approuvé que l’application puisse
approval-answer = Leur réponse
approval-shut-out-title = Vous ne pouvez pas utiliser { $app } avec ce compte
approval-shut-out = Les administrateurs de ce service ne vous ont pas donné accès à l’application. Adressez-vous à eux si vous en avez besoin.
approval-without = Continuer sans
approval-without-hint = L’application peut tout de même faire le reste.
approval-back = Retour vers { $app }

## sign-out

sign-out-title = Se déconnecter ?
sign-out-question = Vous êtes connecté en tant que { $person }.
sign-out-asked-by = { $app } demande votre déconnexion ici.
sign-out-stays = L’application qui vous a envoyé ici a fait une erreur dans sa demande ; cette page ne peut donc pas vous y ramener.
sign-out-confirm = Se déconnecter
sign-out-all = Se déconnecter de tous les comptes de ce navigateur
sign-out-stay = Rester connecté
sign-out-done-title = Vous êtes déconnecté
sign-out-done = Sur un ordinateur partagé, fermez aussi les applications que vous avez utilisées.
sign-out-sign-in-again = Se reconnecter
sign-out-others-stay = D’autres comptes sont encore connectés dans ce navigateur.
sign-out-choose = Choisir un autre compte
sign-out-back-to-app = Retour vers { $app }
sign-out-telling-title = Déconnexion en cours
sign-out-telling = Les applications que vous avez utilisées sont prévenues. Cela prend quelques secondes au plus.
sign-out-go-on = Continuer

## set-up

set-up-title = Configurer votre serveur
set-up-intro = Créez le premier compte. Ce sera celui de l’administrateur.
set-up-invitation-title = Bienvenue
set-up-invitation-intro = Choisissez un mot de passe pour votre compte, { $person }.
set-up-username = Nom d’utilisateur
set-up-username-hint = Un nom court pour vous connecter, par exemple ada.
set-up-email = Adresse e-mail
set-up-display-name = Votre nom
set-up-display-name-hint = Tel que les autres doivent le lire.
set-up-password = Mot de passe
set-up-password-hint = Au moins { $characters } caractères. Quelques mots au hasard conviennent bien.
set-up-submit = Créer le compte
set-up-invitation-submit = Définir le mot de passe
set-up-registration-title = Créer votre compte
set-up-has-account = J’ai un compte
set-up-problems = Un point est à revoir :
set-up-username-malformed = Choisissez un nom d’utilisateur de 64 caractères au plus, sans espace au début ni à la fin.
set-up-username-taken = Ce nom d’utilisateur est déjà pris. Choisissez-en un autre.
set-up-username-is-address = Choisissez un nom d’utilisateur sans « @ », sauf s’il s’agit de votre propre adresse e-mail confirmée.
set-up-email-malformed = Saisissez une adresse e-mail, par exemple ada@example.org.
set-up-email-taken = Un autre compte a cette adresse e-mail.
set-up-display-name-malformed = Saisissez un nom plus court, sur une seule ligne.
set-up-password-short = Choisissez un mot de passe d’au moins { $characters } caractères.
set-up-password-long = Choisissez un mot de passe plus court.
set-up-password-is-username = Choisissez un mot de passe différent de votre nom d’utilisateur.
set-up-accept-terms = J’accepte les { $terms }.
set-up-terms = conditions d’utilisation
set-up-terms-not-accepted = Acceptez les conditions : sans cela, aucun compte ne peut être créé.
set-up-address-intro = Indiquez votre adresse e-mail : nous vous y envoyons un lien pour créer votre compte.
set-up-address-hosts = Seulement avec une adresse chez : { $hosts }
set-up-address-not-allowed = Une telle adresse ne permet pas de créer un compte ici.
set-up-address-sent = Un lien pour créer votre compte est envoyé à cette adresse. Si un compte l’a déjà, le message le dit.

## passwords

passwords-weak = { $why } Ajoutez un ou deux mots sans rapport entre eux.
passwords-keys = Ce mot de passe suit les touches d’un clavier.
passwords-repeats = Ce mot de passe se répète.
passwords-sequence = Ce mot de passe est une suite, comme abc ou 6543.
passwords-date = Ce mot de passe est une date ou une année.
passwords-word = Ce mot de passe n’est qu’un seul mot.
passwords-name = Ce mot de passe est un nom.
passwords-common = Beaucoup de gens choisissent ce mot de passe, ou un semblable.
passwords-guessable = Ce mot de passe est facile à deviner.
passwords-breached = Ce mot de passe est connu par une fuite de données : d’autres l’essaieraient en premier. Choisissez-en un autre.

## recover

recover-forgotten = Mot de passe oublié ?
recover-title = Choisir un nouveau mot de passe
recover-intro = Dites-nous qui vous êtes, et nous vous enverrons un lien par e-mail.
recover-login = Nom d’utilisateur ou adresse e-mail
recover-submit = Envoyer le lien
recover-incomplete = Saisissez votre nom d’utilisateur ou votre adresse e-mail.
recover-back = Retour à la connexion
recover-sent-title = Consultez vos e-mails
recover-sent = S’il existe un compte de ce nom avec une adresse e-mail, un lien lui est envoyé. Il fonctionne une fois, et pour peu de temps.
recover-sent-hint = Pas d’e-mail après quelques minutes ? Regardez dans les indésirables, vérifiez votre saisie ou adressez-vous aux responsables de ce serveur.
recover-password-title = Choisir un nouveau mot de passe
recover-password-intro = Pour le compte { $username }. Toute personne qui y est connectée sera déconnectée, dans tous les navigateurs.
recover-password-submit = Définir le mot de passe
recover-password-clears = Jusqu’ici, personne n’a prouvé que l’adresse e-mail de ce compte est la sienne. Les clés d’accès, applications d’authentification, codes de secours et clés d’API du compte sont donc supprimés, et les applications devront vous redemander votre autorisation.
recover-done-title = Votre nouveau mot de passe est défini
recover-done = Vous êtes déconnecté partout. Connectez-vous avec le nouveau mot de passe.
recover-sign-in = Se connecter

## home

home-title = Votre compte
home-signed-in-as = Vous êtes connecté en tant que { $person }.
home-welcome = Votre compte est prêt.
home-sign-out = Se déconnecter
home-console = Aller à la console
home-apps = Vos applications
home-nobody = Ce serveur connecte les personnes à des applications. Personne n’est connecté ici.
home-nobody-chosen = Choisissez lequel des comptes de ce navigateur vous voulez utiliser.
home-choose = Choisir un compte
home-accounts = Comptes dans ce navigateur
home-switch = Changer de compte
home-add = Ajouter un autre compte
home-sign-in = Se connecter
home-for-developers = Pour les développeurs
home-issuer = Émetteur (issuer)
home-discovery = Document de découverte

## form-post

form-post-title = Retour vers { $app }
form-post-text = Vous êtes redirigé. Si rien ne se passe, appuyez sur le bouton.
form-post-submit = Continuer

## error

error-unknown-app-title = Nous ne connaissons pas cette application
error-unknown-app-text = Une application vous a envoyé ici pour vous connecter, mais elle n’est pas enregistrée sur ce serveur.
error-unknown-app-next = Retournez dans l’application et dites à ses responsables ce que vous voyez ici.
error-wrong-redirect-title = L’adresse de cette application ne convient pas
error-wrong-redirect-text = L’application nous a demandé de vous envoyer à une adresse qu’elle n’a pas enregistrée. Pour votre sécurité, nous nous arrêtons là.
error-wrong-redirect-next = Retournez dans l’application et dites à ses responsables ce que vous voyez ici.
error-malformed-title = Nous ne pouvons pas lire cette demande
error-malformed-text = L’application vous a envoyé ici avec une demande que nous ne comprenons pas.
error-malformed-next = Retournez dans l’application et réessayez. Si cela se reproduit, dites-le à ses responsables.
error-stale-title = Cette page est trop ancienne
error-stale-text = Pour votre sécurité, une connexion doit être terminée dans un certain délai, et celle-ci a trop attendu.
error-stale-next = Retournez dans l’application et reconnectez-vous depuis là.
error-altered-title = Ce lien ne fonctionne pas
error-altered-text = L’adresse de cette page est incomplète ou a été modifiée.
error-altered-next = Retournez dans l’application et reconnectez-vous depuis là.
error-form-refused-title = Nous n’avons pas pu accepter ce formulaire
error-form-refused-text = Il ne semble pas venir de cette page dans votre navigateur. Cela arrive quand les cookies sont bloqués, ou quand quelqu’un s’est connecté ou déconnecté entre-temps dans un autre onglet.
error-form-refused-next = Revenez en arrière, rechargez la page et réessayez en autorisant les cookies.
error-link-spent-title = Ce lien a été utilisé ou est trop ancien
error-link-spent-text = Un tel lien fonctionne une seule fois, et pour un temps limité.
error-link-spent-next = Demandez-en un nouveau à qui l’a envoyé.
error-by-invitation-title = Ici, les comptes se créent sur invitation
error-by-invitation-text = Les responsables de ce serveur invitent chaque personne par un lien qui lui est propre.
error-by-invitation-next = Demandez-leur une invitation, ou connectez-vous si vous avez un compte.
error-forbidden-title = Cette page est réservée aux administrateurs
error-forbidden-text = Vous êtes connecté, mais avec un compte qui ne peut pas administrer ce serveur.
error-forbidden-next = Déconnectez-vous et revenez en tant qu’administrateur, ou adressez-vous à l’un d’eux.
error-not-found-title = Il n’y a rien ici
error-not-found-text = L’adresse est peut-être mal saisie, ou la page a été déplacée.
error-not-found-next = Vérifiez l’adresse, ou retournez dans l’application d’où vous venez.
error-busy-title = Un instant, s’il vous plaît
error-busy-text = Le serveur a plus à faire qu’il ne peut à la fois.
error-busy-next = Attendez quelques secondes, puis rechargez la page.
error-too-many-title = Trop de tentatives
error-too-many-text = Cela a été tenté si souvent depuis l’endroit où vous êtes que nous ne l’examinons plus pendant un moment.
error-too-many-next = Attendez quelques minutes, puis réessayez.
error-internal-title = Une erreur s’est produite
error-internal-text = L’erreur vient de nous, pas de vous.
error-internal-next = Réessayez dans un instant. Si cela se reproduit, indiquez aux responsables de ce serveur l’identifiant d’erreur ci-dessous.
error-for-developer = Pour les développeurs de l’application
error-sent = Ce qui a été envoyé
error-parameter = Paramètre
error-value = Valeur
error-absent = non envoyé
error-rule = Règle
error-remedy = Ce qu’il faut faire
error-code = Code d’erreur
error-id = Identifiant d’erreur
error-time = Heure
error-id-hint = Le journal du serveur en dit plus sous cet identifiant.

## sign-in-link

sign-in-link-offer = Se connecter par un lien reçu par e-mail
sign-in-link-title = Se connecter par e-mail
sign-in-link-intro = Dites-nous qui vous êtes, et nous vous enverrons un lien pour vous connecter.
sign-in-link-sent = S’il existe un tel compte avec une adresse e-mail confirmée, un lien lui a été envoyé. Il fonctionne une fois, et quelques minutes seulement.
sign-in-link-confirm-title = Se connecter ici ?
sign-in-link-confirm = Vous continuez en tant que { $username }.
sign-in-link-confirm-submit = Se connecter
