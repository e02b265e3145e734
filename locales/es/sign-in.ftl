### El inicio de sesión y lo que piden las aplicaciones. Tratamiento: usted.

## common

common-skip = Ir al contenido
common-support = Ayuda
common-privacy = Privacidad
common-imprint = Aviso legal
common-privacy-policy = Política de privacidad
common-terms = Condiciones del servicio
common-links-of-app = En las páginas de { $app }:
common-language = Idioma
common-too-many-attempts = Demasiados intentos. Inténtelo de nuevo en { $minutes } min.

## scopes

scopes-openid = Reconocerle cuando vuelva
scopes-profile = Ver su nombre y su nombre de usuario
scopes-email = Ver su dirección de correo electrónico
scopes-address = Ver su dirección postal
scopes-phone = Ver su número de teléfono
scopes-offline-access = Conservar este acceso mientras no usa la aplicación

## claims

claims-name = Ver su nombre completo
claims-given-name = Ver su nombre de pila
claims-family-name = Ver sus apellidos
claims-middle-name = Ver su segundo nombre
claims-nickname = Ver su apodo
claims-preferred-username = Ver su nombre de usuario
claims-profile = Ver la dirección de su página de perfil
claims-picture = Ver su foto
claims-website = Ver la dirección de su sitio web
claims-email = Ver su dirección de correo electrónico
claims-email-verified = Ver si su dirección de correo electrónico está confirmada
claims-gender = Ver su género
claims-birthdate = Ver su fecha de nacimiento
claims-zoneinfo = Ver su zona horaria
claims-locale = Ver su idioma
claims-phone-number = Ver su número de teléfono
claims-phone-number-verified = Ver si su número de teléfono está confirmado
claims-address = Ver su dirección postal
claims-updated-at = Ver cuándo cambió su perfil por última vez

## sign-in

sign-in-title = Iniciar sesión
sign-in-to-app = para continuar en { $app }
sign-in-confirm-title = Confirme que es usted
sign-in-confirm = Introduzca su contraseña una vez más.
sign-in-confirm-for-app = { $app } pide su contraseña una vez más.
sign-in-username = Nombre de usuario
sign-in-password = Contraseña
sign-in-remember = Mantener la sesión iniciada en este dispositivo
sign-in-submit = Iniciar sesión
sign-in-submit-confirm = Confirmar
sign-in-register = Crear una cuenta
sign-in-wrong-pair = El nombre de usuario o la contraseña no es correcto.
sign-in-incomplete = Introduzca su nombre de usuario y su contraseña.

## select-account

select-account-title = Elija una cuenta
select-account-to-app = para continuar en { $app }
select-account-to-us = Estas cuentas tienen la sesión iniciada en este navegador.
select-account-another = Usar otra cuenta

## consent

consent-title = { $app } quiere usar su cuenta
consent-goes-to = Después volverá a { $host }
consent-goes-to-device = Después volverá a una aplicación de este dispositivo
consent-registered-itself = Esta aplicación se ha registrado aquí por sí misma. Nadie ha comprobado que sea lo que dice ser: continúe solo si sabe de dónde viene.
consent-described-at = Esta aplicación se describe a sí misma en { $host }. Nadie lo ha comprobado aquí: continúe solo si conoce ese sitio y confía en él.
consent-described-on-device = Cualquier programa de este dispositivo podría hacerse pasar por esta aplicación. Continúe solo si acaba de iniciarla usted.
consent-signed-in-as = Sesión iniciada como { $person }
consent-not-you = ¿No es usted?
consent-it-will = La aplicación podrá
consent-your-choice = Usted decide si la aplicación puede
consent-new = nuevo
consent-allowed-before = ya permitido
consent-allow = Permitir
consent-deny = No permitir
consent-withdraw = Puede retirarlo en cualquier momento: en su cuenta, en «Aplicaciones con acceso».

## device

device-title = Conectar un dispositivo
device-intro = Introduzca el código que muestra su dispositivo.
device-check = ¿Muestra su dispositivo este código? Entonces continúe.
device-user-code = Código
device-user-code-hint = Ocho letras, por ejemplo BCDF-GHJK.
device-beware = Introduzca solo un código que vea en un dispositivo que tenga delante. Quien le envía uno quiere entrar en su cuenta.
device-submit = Continuar
device-wrong = Ningún dispositivo espera este código. Compruébelo o empiece de nuevo en el dispositivo: los códigos caducan al cabo de un rato.
device-question = La solicitud viene de un dispositivo que muestra este código.
device-code = Código
device-address = Dirección de red
device-unknown-address = desconocida
device-elsewhere = El dispositivo no está en la red que usa usted ahora.
device-asked = Solicitado
device-asked-now = hace menos de un minuto
device-asked-minutes-ago =
    { $minutes ->
        [one] hace un minuto
       *[other] hace { $minutes } minutos
    }
device-warning = Permítalo solo si acaba de iniciarlo usted, en un dispositivo que tiene delante y que muestra este código. Si alguien le ha enviado o dicho el código, no lo permita: esa persona entraría en su cuenta.
device-allowed-title = Su dispositivo está conectado
device-allowed = Continúe allí. Puede cerrar esta página.
device-denied-title = El dispositivo no recibe nada
device-denied = Se le ha comunicado que usted no lo ha permitido. Puede cerrar esta página.
device-gone-title = Este código ha caducado
device-gone = Ya se respondió, o ha pasado demasiado tiempo.
device-start-again = Empiece de nuevo en el dispositivo e introduzca el código que muestre entonces.
device-another = Introducir otro código
device-too-many-title = Demasiados códigos incorrectos
device-too-many = Podrá introducir otro en { $minutes } min. Mientras tanto, empiece de nuevo en el dispositivo.
device-ask-admins = Pregunte a los administradores de este servicio y empiece de nuevo en el dispositivo.

## approval

approval-title = { $app } necesita la aprobación de un administrador
approval-it-wants = Antes de que usted pueda permitirlo, un administrador debe aprobar que la aplicación pueda
approval-reason = ¿Para qué necesita { $app }?
approval-reason-hint = Lo leerán los administradores. Responden aquí: vuelva a la aplicación más tarde.
approval-reason-missing = Diga en pocas palabras para qué lo necesita.
approval-ask = Pedir aprobación
approval-ask-again = Pedir de nuevo
approval-waiting-title = En espera de un administrador
approval-waiting = El { $date } pidió que la aplicación pueda
approval-waiting-hint = No hay nada más que hacer. Cuando vuelva a la aplicación verá lo que han decidido.
approval-refused-title = Un administrador lo ha rechazado
approval-refused = No se ha aprobado que la aplicación pueda
approval-answer = Respuesta de los administradores
approval-shut-out-title = No puede usar { $app } con esta cuenta
approval-shut-out = Los administradores de este servicio no le han dado acceso a la aplicación. Pregúnteles si la necesita.
approval-without = Continuar sin ello
approval-without-hint = La aplicación puede hacer igualmente lo demás.
approval-back = Volver a { $app }

## sign-out

sign-out-title = ¿Cerrar sesión?
sign-out-question = Ha iniciado sesión como { $person }.
sign-out-asked-by = { $app } pide cerrar su sesión aquí.
sign-out-stays = La aplicación que le ha enviado aquí cometió un error en su solicitud, por lo que esta página no puede llevarle de vuelta a ella.
sign-out-confirm = Cerrar sesión
sign-out-all = Cerrar sesión en todas las cuentas de este navegador
sign-out-stay = Mantener la sesión
sign-out-done-title = Ha cerrado sesión
sign-out-done = En un ordenador compartido, cierre también las aplicaciones que ha usado.
sign-out-sign-in-again = Iniciar sesión de nuevo
sign-out-others-stay = Otras cuentas siguen con la sesión iniciada en este navegador.
sign-out-choose = Elegir otra cuenta
sign-out-back-to-app = Volver a { $app }
sign-out-telling-title = Cerrando su sesión
sign-out-telling = Se está avisando a las aplicaciones que ha usado. Tarda unos segundos como mucho.
sign-out-go-on = Continuar

## set-up

set-up-title = Configure su servidor
set-up-intro = Cree la primera cuenta. Será la del administrador.
set-up-invitation-title = Le damos la bienvenida
set-up-invitation-intro = Elija una contraseña para su cuenta, { $person }.
set-up-username = Nombre de usuario
set-up-username-hint = Un nombre corto para iniciar sesión, por ejemplo ada.
set-up-email = Dirección de correo electrónico
set-up-display-name = Su nombre
set-up-display-name-hint = Como deben leerlo los demás.
set-up-password = Contraseña
set-up-password-hint = Al menos { $characters } caracteres. Van bien unas cuantas palabras al azar.
set-up-submit = Crear cuenta
set-up-invitation-submit = Establecer contraseña
set-up-registration-title = Cree su cuenta
set-up-has-account = Ya tengo una cuenta
set-up-problems = Hay algo que revisar:
set-up-username-malformed = Elija un nombre de usuario de 64 caracteres como máximo, sin espacios al principio ni al final.
set-up-username-taken = Este nombre de usuario ya está en uso. Elija otro.
set-up-username-is-address = Elija un nombre de usuario sin «@», salvo que sea su propia dirección de correo electrónico confirmada.
set-up-email-malformed = Introduzca una dirección de correo electrónico, por ejemplo ada@example.org.
set-up-email-taken = Otra cuenta tiene esta dirección de correo electrónico.
set-up-display-name-malformed = Introduzca un nombre más corto, en una sola línea.
set-up-password-short = Elija una contraseña de al menos { $characters } caracteres.
set-up-password-long = Elija una contraseña más corta.
set-up-password-is-username = Elija una contraseña que no sea su nombre de usuario.
set-up-accept-terms = Acepto las { $terms }.
set-up-terms = condiciones de uso
set-up-terms-not-accepted = Acepte las condiciones: sin ello no se puede crear una cuenta.
set-up-address-intro = Indique su dirección de correo electrónico y le enviaremos un enlace para crear su cuenta.
set-up-address-hosts = Solo con una dirección de: { $hosts }
set-up-address-not-allowed = Con una dirección así no se crean cuentas aquí.
set-up-address-sent = Un enlace para crear su cuenta está en camino a esa dirección. Si una cuenta ya la tiene, el mensaje lo dice.

## passwords

passwords-weak = { $why } Añada una o dos palabras que no tengan relación entre sí.
passwords-keys = Esta contraseña sigue las teclas de un teclado.
passwords-repeats = Esta contraseña repite lo mismo una y otra vez.
passwords-sequence = Esta contraseña es una secuencia, como abc o 6543.
passwords-date = Esta contraseña es una fecha o un año.
passwords-word = Esta contraseña es una sola palabra.
passwords-name = Esta contraseña es un nombre.
passwords-common = Mucha gente elige esta contraseña o una parecida.
passwords-guessable = Esta contraseña es fácil de adivinar.
passwords-breached = Esta contraseña se conoce por una filtración de datos, así que otros la probarían primero. Elija otra.

## recover

recover-forgotten = ¿Ha olvidado su contraseña?
recover-title = Elija una contraseña nueva
recover-intro = Díganos quién es y le enviaremos un enlace por correo.
recover-login = Nombre de usuario o dirección de correo electrónico
recover-submit = Enviar el enlace
recover-incomplete = Introduzca su nombre de usuario o su dirección de correo electrónico.
recover-back = Volver al inicio de sesión
recover-sent-title = Mire su correo
recover-sent = Si existe una cuenta con ese nombre y con dirección de correo electrónico, hay un enlace en camino. Funciona una vez y solo por poco tiempo.
recover-sent-hint = ¿No llega nada tras unos minutos? Mire en el correo no deseado, compruebe lo que escribió o pregunte a los responsables de este servidor.
recover-password-title = Elija una contraseña nueva
recover-password-intro = Para la cuenta { $username }. Se cerrará la sesión de quien la tenga iniciada ahora, en todos los navegadores.
recover-password-submit = Establecer la contraseña
recover-password-clears = Hasta ahora nadie ha demostrado que la dirección de correo de esta cuenta sea suya. Por eso se quitan sus llaves de acceso, aplicaciones de autenticación, códigos de recuperación y claves de API, y las aplicaciones tendrán que pedírselo de nuevo.
recover-done-title = Su contraseña nueva está establecida
recover-done = Se ha cerrado su sesión en todas partes. Inicie sesión con la contraseña nueva.
recover-sign-in = Iniciar sesión

## home

home-title = Su cuenta
home-signed-in-as = Ha iniciado sesión como { $person }.
home-welcome = Su cuenta está lista.
home-sign-out = Cerrar sesión
home-console = Ir a la consola
home-apps = Sus aplicaciones
home-nobody = Este servidor sirve para iniciar sesión en aplicaciones. Aquí nadie ha iniciado sesión.
home-nobody-chosen = Elija cuál de las cuentas de este navegador quiere usar.
home-choose = Elegir una cuenta
home-accounts = Cuentas en este navegador
home-switch = Cambiar de cuenta
home-add = Añadir otra cuenta
home-sign-in = Iniciar sesión
home-for-developers = Para desarrolladores
home-issuer = Emisor (issuer)
home-discovery = Documento de descubrimiento

## form-post

form-post-title = Volver a { $app }
form-post-text = Le estamos redirigiendo. Si no ocurre nada, pulse el botón.
form-post-submit = Continuar

## error

error-unknown-app-title = No conocemos esta aplicación
error-unknown-app-text = Una aplicación le ha enviado aquí para iniciar sesión, pero no está registrada en este servidor.
error-unknown-app-next = Vuelva a la aplicación y diga a sus responsables lo que ve aquí.
error-wrong-redirect-title = La dirección de esta aplicación no encaja
error-wrong-redirect-text = La aplicación nos pidió enviarle a una dirección que no ha registrado. Por su seguridad, nos detenemos aquí.
error-wrong-redirect-next = Vuelva a la aplicación y diga a sus responsables lo que ve aquí.
error-malformed-title = No podemos leer esta solicitud
error-malformed-text = La aplicación le ha enviado aquí con una solicitud que no entendemos.
error-malformed-next = Vuelva a la aplicación e inténtelo de nuevo. Si vuelve a ocurrir, dígaselo a sus responsables.
error-stale-title = Esta página ha caducado
error-stale-text = Por su seguridad, un inicio de sesión debe terminarse en un tiempo determinado, y este ha esperado demasiado.
error-stale-next = Vuelva a la aplicación e inicie sesión de nuevo desde allí.
error-altered-title = Este enlace no funciona
error-altered-text = La dirección de esta página está incompleta o ha sido modificada.
error-altered-next = Vuelva a la aplicación e inicie sesión de nuevo desde allí.
error-form-refused-title = No hemos podido aceptar este formulario
error-form-refused-text = Parece que no viene de esta página en su navegador. Ocurre cuando se bloquean las cookies o cuando alguien ha iniciado o cerrado sesión en otra pestaña entretanto.
error-form-refused-next = Vuelva atrás, recargue la página e inténtelo de nuevo con las cookies permitidas.
error-link-spent-title = Este enlace ya se ha usado o es demasiado antiguo
error-link-spent-text = Cada enlace de este tipo funciona una vez y solo por tiempo limitado.
error-link-spent-next = Pida uno nuevo a quien se lo envió.
error-by-invitation-title = Aquí las cuentas se crean por invitación
error-by-invitation-text = Los responsables de este servidor invitan a cada persona con un enlace propio.
error-by-invitation-next = Pídales una invitación, o inicie sesión si ya tiene una cuenta.
error-forbidden-title = Esta página es para administradores
error-forbidden-text = Ha iniciado sesión, pero con una cuenta que no puede administrar este servidor.
error-forbidden-next = Cierre sesión y vuelva como administrador, o pregunte a uno de ellos.
error-not-found-title = Aquí no hay nada
error-not-found-text = Puede que la dirección esté mal escrita o que la página se haya movido.
error-not-found-next = Compruebe la dirección o vuelva a la aplicación de la que viene.
error-busy-title = Un momento, por favor
error-busy-text = El servidor tiene más trabajo del que puede hacer a la vez.
error-busy-next = Espere unos segundos y recargue la página.
error-too-many-title = Demasiados intentos
error-too-many-text = Esto se ha intentado tantas veces desde donde está usted que no se admitirán más intentos durante un rato.
error-too-many-next = Espere unos minutos e inténtelo de nuevo.
error-internal-title = Algo ha ido mal
error-internal-text = El error es nuestro, no suyo.
error-internal-next = Inténtelo de nuevo en un momento. Si vuelve a ocurrir, diga a los responsables de este servidor el identificador de error que aparece abajo.
error-for-developer = Para los desarrolladores de la aplicación
error-sent = Lo que se envió
error-parameter = Parámetro
error-value = Valor
error-absent = no enviado
error-rule = Regla
error-remedy = Qué hacer
error-code = Código de error
error-id = Identificador de error
error-time = Hora
error-id-hint = El registro del servidor dice más bajo este identificador.

## sign-in-link

sign-in-link-offer = Iniciar sesión con un enlace por correo
sign-in-link-title = Iniciar sesión por correo
sign-in-link-intro = Díganos quién es y le enviaremos un enlace para iniciar sesión.
sign-in-link-sent = Si existe esa cuenta con una dirección de correo confirmada, va de camino un enlace. Funciona una vez y solo unos minutos.
sign-in-link-confirm-title = ¿Iniciar sesión aquí?
sign-in-link-confirm = Continúa como { $username }.
sign-in-link-confirm-submit = Iniciar sesión
