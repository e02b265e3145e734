### Los correos.

## mail

mail-greeting = Hola, { $person }:
mail-once = Puede seguir el enlace una sola vez, en el plazo de { $time }.
mail-minutes =
    { $count ->
        [one] un minuto
       *[other] { $count } minutos
    }
mail-hours =
    { $count ->
        [one] una hora
       *[other] { $count } horas
    }
mail-days =
    { $count ->
        [one] un día
       *[other] { $count } días
    }
mail-sent-by = Enviado por { $issuer }. Nadie lee las respuestas a esta dirección.
mail-invitation-subject = Su cuenta está lista
mail-invitation-intro = Se ha creado una cuenta para usted. Su nombre de usuario es { $username }. Elija una contraseña y podrá iniciar sesión.
mail-invitation-action = Elegir su contraseña
mail-invitation-note = No dé este enlace a nadie: quien lo tenga puede iniciar sesión como usted.
mail-recovery-subject = Elija una contraseña nueva
mail-recovery-intro = Alguien, probablemente usted, ha olvidado la contraseña de la cuenta { $username }.
mail-recovery-action = Elegir una contraseña nueva
mail-recovery-note = Si no ha sido usted, no haga nada: su contraseña queda como está. No dé este enlace a nadie.
mail-password-changed-subject = Su contraseña ha cambiado
mail-password-changed-intro = La cuenta { $username } tiene una contraseña nueva. Se ha cerrado su sesión en todas partes.
mail-password-changed-action = No he sido yo: elegir otra contraseña
mail-password-changed-note = Si la ha cambiado usted, no hay nada que hacer.
mail-password-link-subject = Elija una contraseña nueva
mail-password-link-intro = Quien gestiona su cuenta { $username } le envía un enlace para elegir una contraseña nueva.
mail-password-link-action = Elegir una contraseña nueva
mail-password-link-note = Su contraseña anterior vale hasta entonces. No dé este enlace a nadie: quien lo tenga puede iniciar sesión como usted.
mail-new-device-subject = Inicio de sesión desde un dispositivo nuevo
mail-new-device-intro = Alguien inició sesión en la cuenta { $username } en un navegador que no se había usado antes para ella:
mail-new-device-action = No he sido yo: elegir otra contraseña
mail-new-device-note = Si ha sido usted, no hay nada que hacer.
mail-factor-added-subject = Se añadió una forma de iniciar sesión
mail-factor-added-intro = La cuenta { $username } tiene una forma más de demostrar quién es usted:
mail-factor-added-action = No he sido yo: elegir otra contraseña
mail-factor-added-note = Si la ha añadido usted, no hay nada que hacer. Si no, elija otra contraseña y quítela en su cuenta; si se le pide al iniciar sesión, avise a los responsables de este servidor, que pueden quitarla.
mail-factor-removed-subject = Se quitó una forma de iniciar sesión
mail-factor-removed-intro = Se quitó de la cuenta { $username } una forma de demostrar quién es usted:
mail-factor-removed-action = No he sido yo: elegir otra contraseña
mail-factor-removed-note = Si la ha quitado usted o lo ha pedido, no hay nada que hacer.
mail-app = Aplicación de autenticación: { $name }
mail-passkey = Llave de acceso: { $name }
mail-all-factors = Todas las llaves de acceso, aplicaciones de autenticación y códigos de recuperación
mail-greeting-of-nobody = Hola:
mail-sign-in-link-subject = Su enlace para iniciar sesión
mail-sign-in-link-intro = Alguien, probablemente usted, quiere iniciar sesión en la cuenta { $username }.
mail-sign-in-link-action = Iniciar sesión
mail-sign-in-link-note = Si no ha sido usted, no haga nada. No dé este enlace a nadie: quien lo tenga puede iniciar sesión en su nombre.
mail-email-verification-subject = Confirme su dirección de correo
mail-email-verification-intro = Alguien, probablemente usted, quiere usar esta dirección de correo para una cuenta en { $issuer }. Inicie sesión en esa cuenta y confirme que la dirección es suya.
mail-email-verification-action = Confirmar la dirección
mail-email-verification-note = Si no tiene tal cuenta, no haga nada: la dirección no se usará.
mail-email-changed-subject = Se cambió su dirección de correo
mail-email-changed-intro = La cuenta { $username } tiene ahora otra dirección de correo. Lo que escribamos irá allí.
mail-email-changed-action = No he sido yo: recuperar esta dirección
mail-email-changed-note = Si la ha cambiado usted, no hay nada que hacer.
mail-email-replaced-subject = Se sustituyó su dirección de correo
mail-email-replaced-intro = La cuenta { $username } tiene ahora otra dirección de correo. Lo que escribamos irá allí y ya no aquí.
mail-email-replaced-action = Ver cómo está protegida la cuenta
mail-email-replaced-note = Si la ha cambiado usted, no hay nada que hacer. Si no, avise a los responsables de este servidor.
mail-provider = Cuenta en { $name }
mail-register-invitation-subject = Tiene una invitación
mail-register-invitation-intro = Se le invita a crear una cuenta con la dirección { $username }.
mail-register-invitation-action = Crear su cuenta
mail-register-invitation-note = No dé este enlace a nadie: quien lo tenga puede crear una cuenta con su dirección.
mail-registration-subject = Cree su cuenta
mail-registration-intro = Alguien, probablemente usted, quiere crear una cuenta con la dirección { $username }.
mail-registration-action = Crear su cuenta
mail-registration-note = Si no ha sido usted, no haga nada: no se crea ninguna cuenta. No dé este enlace a nadie.
mail-account-exists-subject = Ya tiene una cuenta
mail-account-exists-intro = Alguien, probablemente usted, quiere crear una cuenta con la dirección { $username }. Ya existe una.
mail-account-exists-action = Iniciar sesión
mail-account-exists-note = Si ha olvidado la contraseña, pida otra en el inicio de sesión. Si no ha sido usted, no hay nada que hacer.
