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
