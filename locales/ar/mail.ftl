### الرسائل.

## mail

mail-greeting = مرحبًا ⁨{ $person }⁩،
mail-once = يمكنك استخدام الرابط مرة واحدة خلال { $time }.
mail-minutes =
    { $count ->
        [one] دقيقة واحدة
        [two] دقيقتين
        [few] { $count } دقائق
        [many] { $count } دقيقة
       *[other] { $count } دقيقة
    }
mail-hours =
    { $count ->
        [one] ساعة واحدة
        [two] ساعتين
        [few] { $count } ساعات
        [many] { $count } ساعة
       *[other] { $count } ساعة
    }
mail-days =
    { $count ->
        [one] يوم واحد
        [two] يومين
        [few] { $count } أيام
        [many] { $count } يومًا
       *[other] { $count } يوم
    }
mail-sent-by = أرسلها ⁨{ $issuer }⁩. لا أحد يقرأ الردود على هذا العنوان.
mail-invitation-subject = حسابك جاهز
mail-invitation-intro = أُنشئ حساب لك. اسم المستخدم هو ⁨{ $username }⁩. اختر كلمة مرور لتتمكن من تسجيل الدخول.
mail-invitation-action = اختيار كلمة المرور
mail-invitation-note = لا تُعطِ هذا الرابط لأحد: من يملكه يستطيع تسجيل الدخول باسمك.
mail-recovery-subject = اختر كلمة مرور جديدة
mail-recovery-intro = نسي شخص ما، ولعله أنت، كلمة مرور الحساب ⁨{ $username }⁩.
mail-recovery-action = اختيار كلمة مرور جديدة
mail-recovery-note = إذا لم تكن أنت فلا تفعل شيئًا: تبقى كلمة مرورك كما هي. لا تُعطِ هذا الرابط لأحد.
mail-password-changed-subject = تم تغيير كلمة مرورك
mail-password-changed-intro = للحساب ⁨{ $username }⁩ كلمة مرور جديدة. تم تسجيل خروجك من كل مكان.
mail-password-changed-action = لم أكن أنا: اختيار كلمة مرور أخرى
mail-password-changed-note = إذا غيّرتها بنفسك فلا يلزم فعل شيء.
mail-password-link-subject = اختر كلمة مرور جديدة
mail-password-link-intro = يرسل إليك القائم على حسابك ⁨{ $username }⁩ رابطًا تختار به كلمة مرور جديدة.
mail-password-link-action = اختيار كلمة مرور جديدة
mail-password-link-note = تبقى كلمة مرورك القديمة صالحة حتى تفعل ذلك. لا تُعطِ هذا الرابط لأحد: من يملكه يستطيع تسجيل الدخول باسمك.
mail-new-device-subject = تسجيل دخول من جهاز جديد
mail-new-device-intro = سجّل شخص ما الدخول إلى الحساب ⁨{ $username }⁩ من متصفح لم يُستخدم له من قبل:
mail-new-device-action = لم أكن أنا: اختيار كلمة مرور أخرى
mail-new-device-note = إذا كنت أنت فلا يلزم فعل شيء.
mail-factor-added-subject = أُضيفت طريقة لتسجيل الدخول
mail-factor-added-intro = للحساب ⁨{ $username }⁩ طريقة أخرى لإثبات هويتك:
mail-factor-added-action = لم أكن أنا: اختيار كلمة مرور أخرى
mail-factor-added-note = إذا أضفتها بنفسك فلا يلزم فعل شيء. وإلا فاختر كلمة مرور أخرى وأزِلها من حسابك. وإذا طُلبت منك عند تسجيل الدخول فأخبر القائمين على هذا الخادم، فبإمكانهم إزالتها.
mail-factor-removed-subject = أُزيلت طريقة لتسجيل الدخول
mail-factor-removed-intro = أُزيلت من الحساب ⁨{ $username }⁩ طريقة لإثبات هويتك:
mail-factor-removed-action = لم أكن أنا: اختيار كلمة مرور أخرى
mail-factor-removed-note = إذا أزلتها بنفسك أو طلبت ذلك فلا يلزم فعل شيء.
mail-app = تطبيق مصادقة: ⁨{ $name }⁩
mail-passkey = مفتاح مرور: ⁨{ $name }⁩
mail-all-factors = كل مفاتيح المرور وتطبيقات المصادقة ورموز الاسترداد
mail-greeting-of-nobody = مرحبًا،
mail-sign-in-link-subject = رابط تسجيل دخولك
mail-sign-in-link-intro = يريد شخص ما، ولعله أنت، تسجيل الدخول إلى الحساب ⁨{ $username }⁩.
mail-sign-in-link-action = تسجيل الدخول
mail-sign-in-link-note = إذا لم تكن أنت فلا تفعل شيئًا. لا تُعطِ هذا الرابط لأحد: فمن يملكه يستطيع تسجيل الدخول باسمك.
mail-email-verification-subject = أكِّد عنوان بريدك الإلكتروني
mail-email-verification-intro = يريد شخص ما، ولعله أنت، استخدام عنوان البريد هذا لحساب لدى ⁨{ $issuer }⁩. سجّل الدخول إلى الحساب هناك وأكِّد أن العنوان لك.
mail-email-verification-action = تأكيد العنوان
mail-email-verification-note = إذا لم يكن لديك حساب كهذا فلا تفعل شيئًا: لن يُستخدم العنوان.
mail-email-changed-subject = غُيِّر عنوان بريدك الإلكتروني
mail-email-changed-intro = صار للحساب ⁨{ $username }⁩ عنوان بريد آخر. ما نكتبه يصل إليه من الآن.
mail-email-changed-action = لم أكن أنا: استعادة هذا العنوان
mail-email-changed-note = إذا غيّرته بنفسك فلا يلزم فعل شيء.
mail-email-replaced-subject = استُبدل عنوان بريدك الإلكتروني
mail-email-replaced-intro = صار للحساب ⁨{ $username }⁩ عنوان بريد آخر. ما نكتبه يصل إليه، ولا يصل إلى هنا بعد الآن.
mail-email-replaced-action = الاطلاع على حماية الحساب
mail-email-replaced-note = إذا غيّرته بنفسك فلا يلزم فعل شيء. وإلا فأخبر من يدير هذا الخادم.
mail-provider = حساب لدى ⁨{ $name }⁩
mail-register-invitation-subject = لديك دعوة
mail-register-invitation-intro = أنت مدعوّ إلى إنشاء حساب بالعنوان ⁨{ $username }⁩.
mail-register-invitation-action = إنشاء حسابك
mail-register-invitation-note = لا تُعطِ هذا الرابط لأحد: من يملكه يستطيع إنشاء حساب بعنوانك.
mail-registration-subject = أنشئ حسابك
mail-registration-intro = يريد شخص ما، ولعله أنت، إنشاء حساب بالعنوان ⁨{ $username }⁩.
mail-registration-action = إنشاء حسابك
mail-registration-note = إذا لم تكن أنت فلا تفعل شيئًا: لن يُنشأ أي حساب. لا تُعطِ هذا الرابط لأحد.
mail-account-exists-subject = لديك حساب بالفعل
mail-account-exists-intro = يريد شخص ما، ولعله أنت، إنشاء حساب بالعنوان ⁨{ $username }⁩. هناك حساب به بالفعل.
mail-account-exists-action = تسجيل الدخول
mail-account-exists-note = إذا نسيت كلمة المرور فاطلب غيرها في صفحة تسجيل الدخول. وإذا لم تكن أنت فليس عليك فعل شيء.
