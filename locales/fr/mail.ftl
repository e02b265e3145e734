### Les e-mails.

## mail

mail-greeting = Bonjour { $person },
mail-once = Vous pouvez suivre le lien une seule fois, dans un délai de { $time }.
mail-minutes =
    { $count ->
        [one] une minute
       *[other] { $count } minutes
    }
mail-hours =
    { $count ->
        [one] une heure
       *[other] { $count } heures
    }
mail-days =
    { $count ->
        [one] un jour
       *[other] { $count } jours
    }
mail-sent-by = Envoyé par { $issuer }. Personne ne lit les réponses à cette adresse.
mail-invitation-subject = Votre compte est prêt
mail-invitation-intro = Un compte a été créé pour vous. Votre nom d’utilisateur est { $username }. Choisissez un mot de passe, et vous pourrez vous connecter.
mail-invitation-action = Choisir votre mot de passe
mail-invitation-note = Ne donnez ce lien à personne : quiconque l’a peut se connecter à votre place.
mail-recovery-subject = Choisissez un nouveau mot de passe
mail-recovery-intro = Quelqu’un, sans doute vous, a oublié le mot de passe du compte { $username }.
mail-recovery-action = Choisir un nouveau mot de passe
mail-recovery-note = Si ce n’était pas vous, ne faites rien : votre mot de passe reste le même. Ne donnez ce lien à personne.
mail-password-changed-subject = Votre mot de passe a été modifié
mail-password-changed-intro = Le compte { $username } a un nouveau mot de passe. Vous avez été déconnecté partout.
mail-password-changed-action = Ce n’était pas moi : choisir un autre mot de passe
mail-password-changed-note = Si vous l’avez modifié vous-même, il n’y a rien à faire.
mail-password-link-subject = Choisissez un nouveau mot de passe
mail-password-link-intro = La personne qui gère votre compte { $username } vous envoie un lien pour choisir un nouveau mot de passe.
mail-password-link-action = Choisir un nouveau mot de passe
mail-password-link-note = Votre ancien mot de passe reste valable jusque-là. Ne donnez ce lien à personne : quiconque l’a peut se connecter à votre place.
mail-new-device-subject = Connexion depuis un nouvel appareil
mail-new-device-intro = Quelqu’un s’est connecté au compte { $username } dans un navigateur qui n’avait encore jamais servi pour ce compte :
mail-new-device-action = Ce n’était pas moi : choisir un autre mot de passe
mail-new-device-note = Si c’était vous, il n’y a rien à faire.
mail-factor-added-subject = Un moyen de connexion a été ajouté
mail-factor-added-intro = Le compte { $username } a un moyen de plus de prouver qui vous êtes :
mail-factor-added-action = Ce n’était pas moi : choisir un autre mot de passe
mail-factor-added-note = Si vous l’avez ajouté vous-même, il n’y a rien à faire. Sinon, choisissez un autre mot de passe et supprimez-le dans votre compte ; s’il est demandé à la connexion, prévenez les responsables de ce serveur, qui peuvent le retirer.
mail-factor-removed-subject = Un moyen de connexion a été supprimé
mail-factor-removed-intro = Un moyen de prouver qui vous êtes a été retiré du compte { $username } :
mail-factor-removed-action = Ce n’était pas moi : choisir un autre mot de passe
mail-factor-removed-note = Si vous l’avez retiré vous-même ou l’avez demandé, il n’y a rien à faire.
mail-app = Application d’authentification : { $name }
mail-passkey = Clé d’accès : { $name }
mail-all-factors = Toutes les clés d’accès, applications d’authentification et tous les codes de secours
mail-greeting-of-nobody = Bonjour,
mail-sign-in-link-subject = Votre lien de connexion
mail-sign-in-link-intro = Quelqu’un, sans doute vous, souhaite se connecter au compte { $username }.
mail-sign-in-link-action = Se connecter
mail-sign-in-link-note = Si ce n’était pas vous, ne faites rien. Ne donnez ce lien à personne : quiconque l’a peut se connecter à votre place.
mail-email-verification-subject = Confirmez votre adresse e-mail
mail-email-verification-intro = Quelqu’un, sans doute vous, souhaite utiliser cette adresse e-mail pour un compte chez { $issuer }. Connectez-vous à ce compte et confirmez que l’adresse est la vôtre.
mail-email-verification-action = Confirmer l’adresse
mail-email-verification-note = Si vous n’avez pas de tel compte, ne faites rien : l’adresse ne sera pas utilisée.
mail-email-changed-subject = Votre adresse e-mail a été modifiée
mail-email-changed-intro = Le compte { $username } a désormais une autre adresse e-mail. Nos messages y seront envoyés.
mail-email-changed-action = Ce n’était pas moi : récupérer cette adresse
mail-email-changed-note = Si vous l’avez modifiée vous-même, il n’y a rien à faire.
mail-email-replaced-subject = Votre adresse e-mail a été remplacée
mail-email-replaced-intro = Le compte { $username } a désormais une autre adresse e-mail. Nos messages y seront envoyés, et non plus ici.
mail-email-replaced-action = Voir comment le compte est protégé
mail-email-replaced-note = Si vous l’avez modifiée vous-même, il n’y a rien à faire. Sinon, prévenez les responsables de ce serveur.
mail-provider = Compte chez { $name }
mail-register-invitation-subject = Vous êtes invité
mail-register-invitation-intro = Vous êtes invité à créer un compte avec l’adresse { $username }.
mail-register-invitation-action = Créer votre compte
mail-register-invitation-note = Ne donnez ce lien à personne : quiconque l’a peut créer un compte avec votre adresse.
mail-registration-subject = Créez votre compte
mail-registration-intro = Quelqu’un, sans doute vous, veut créer un compte avec l’adresse { $username }.
mail-registration-action = Créer votre compte
mail-registration-note = Si ce n’était pas vous, ne faites rien : aucun compte n’est créé. Ne donnez ce lien à personne.
mail-account-exists-subject = Vous avez déjà un compte
mail-account-exists-intro = Quelqu’un, sans doute vous, veut créer un compte avec l’adresse { $username }. Il en existe déjà un.
mail-account-exists-action = Se connecter
mail-account-exists-note = Si vous avez oublié le mot de passe, demandez-en un autre à la connexion. Si ce n’était pas vous, il n’y a rien à faire.
