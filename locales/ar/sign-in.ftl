### تسجيل الدخول وما تطلبه التطبيقات. الأسلوب: رسمي محايد.

## common

common-skip = الانتقال إلى المحتوى
common-support = المساعدة
common-privacy = الخصوصية
common-imprint = إشعار قانوني
common-privacy-policy = سياسة الخصوصية
common-terms = شروط الخدمة
common-links-of-app = على صفحات { $app }:
common-language = اللغة
common-too-many-attempts =
    { $minutes ->
        [one] محاولات كثيرة جدًا. يُرجى إعادة المحاولة بعد دقيقة.
        [two] محاولات كثيرة جدًا. يُرجى إعادة المحاولة بعد دقيقتين.
        [few] محاولات كثيرة جدًا. يُرجى إعادة المحاولة بعد { $minutes } دقائق.
        [many] محاولات كثيرة جدًا. يُرجى إعادة المحاولة بعد { $minutes } دقيقة.
       *[other] محاولات كثيرة جدًا. يُرجى إعادة المحاولة بعد { $minutes } دقيقة.
    }

## scopes

scopes-openid = التعرّف عليك عند عودتك
scopes-profile = الاطلاع على اسمك واسم المستخدم
scopes-email = الاطلاع على عنوان بريدك الإلكتروني
scopes-address = الاطلاع على عنوانك البريدي
scopes-phone = الاطلاع على رقم هاتفك
scopes-offline-access = الاحتفاظ بهذا الوصول عندما لا تستخدم التطبيق

## claims

claims-name = الاطلاع على اسمك الكامل
claims-given-name = الاطلاع على اسمك الأول
claims-family-name = الاطلاع على اسم عائلتك
claims-middle-name = الاطلاع على اسمك الأوسط
claims-nickname = الاطلاع على لقبك
claims-preferred-username = الاطلاع على اسم المستخدم
claims-profile = الاطلاع على عنوان صفحة ملفك الشخصي
claims-picture = الاطلاع على صورتك
claims-website = الاطلاع على عنوان موقعك الإلكتروني
claims-email = الاطلاع على عنوان بريدك الإلكتروني
claims-email-verified = معرفة ما إذا كان عنوان بريدك الإلكتروني مؤكدًا
claims-gender = الاطلاع على جنسك
claims-birthdate = الاطلاع على تاريخ ميلادك
claims-zoneinfo = الاطلاع على منطقتك الزمنية
claims-locale = الاطلاع على لغتك
claims-phone-number = الاطلاع على رقم هاتفك
claims-phone-number-verified = معرفة ما إذا كان رقم هاتفك مؤكدًا
claims-address = الاطلاع على عنوانك البريدي
claims-updated-at = معرفة وقت آخر تغيير لملفك الشخصي

## sign-in

sign-in-title = تسجيل الدخول
sign-in-to-app = للمتابعة إلى { $app }
sign-in-confirm-title = يُرجى تأكيد هويتك
sign-in-confirm = أدخِل كلمة المرور مرة أخرى.
sign-in-confirm-for-app = يطلب { $app } إدخال كلمة المرور مرة أخرى.
sign-in-username = اسم المستخدم
sign-in-password = كلمة المرور
sign-in-remember = إبقاء تسجيل الدخول على هذا الجهاز
sign-in-submit = تسجيل الدخول
sign-in-submit-confirm = تأكيد
sign-in-register = إنشاء حساب
sign-in-wrong-pair = اسم المستخدم أو كلمة المرور غير صحيح.
sign-in-incomplete = أدخِل اسم المستخدم وكلمة المرور معًا.

## select-account

select-account-title = اختيار حساب
select-account-to-app = للمتابعة إلى { $app }
select-account-to-us = هذه الحسابات مسجّلة الدخول في هذا المتصفح.
select-account-another = استخدام حساب آخر

## consent

consent-title = يريد { $app } استخدام حسابك
consent-goes-to = ستعود بعد ذلك إلى { $host }
consent-goes-to-device = ستعود بعد ذلك إلى تطبيق على هذا الجهاز
consent-registered-itself = سجّل هذا التطبيق نفسه هنا، ولم يتحقق أحد من أنه كما يقول: لا تتابع إلا إذا كنت تعرف مصدره.
consent-described-at = يعرّف هذا التطبيق بنفسه على { $host }، ولم يتحقق أحد هنا من ذلك: لا تتابع إلا إذا كنت تعرف هذا الموقع وتثق به.
consent-described-on-device = يمكن لأي برنامج على هذا الجهاز أن ينتحل هذا التطبيق. لا تتابع إلا إذا كنت قد شغّلته بنفسك للتو.
consent-signed-in-as = تسجيل الدخول باسم { $person }
consent-not-you = ليس حسابك؟
consent-it-will = سيتمكن التطبيق من
consent-your-choice = القرار لك فيما إذا كان يجوز له
consent-new = جديد
consent-allowed-before = مسموح به سابقًا
consent-allow = السماح
consent-deny = عدم السماح
consent-withdraw = يمكنك التراجع عن ذلك في أي وقت من «التطبيقات المسموح لها بالوصول» في حسابك.

## device

device-title = ربط جهاز
device-intro = أدخِل الرمز الظاهر على جهازك.
device-check = هل يظهر هذا الرمز على جهازك؟ إذن تابِع.
device-user-code = الرمز
device-user-code-hint = ثمانية أحرف، مثل BCDF-GHJK.
device-beware = لا تُدخِل إلا رمزًا تراه على جهاز أمامك. من يرسل إليك رمزًا يريد الوصول إلى حسابك.
device-submit = متابعة
device-wrong = لا يوجد جهاز ينتظر هذا الرمز. تحقّق منه أو ابدأ من جديد على الجهاز: تنتهي صلاحية الرموز بعد مدة.
device-question = يأتي الطلب من جهاز يعرض هذا الرمز.
device-code = الرمز
device-address = عنوان الشبكة
device-unknown-address = غير معروف
device-elsewhere = الجهاز ليس على الشبكة التي تستخدمها الآن.
device-asked = وقت الطلب
device-asked-now = قبل أقل من دقيقة
device-asked-minutes-ago =
    { $minutes ->
        [one] قبل دقيقة
        [two] قبل دقيقتين
        [few] قبل { $minutes } دقائق
        [many] قبل { $minutes } دقيقة
       *[other] قبل { $minutes } دقيقة
    }
device-warning = لا تسمح بذلك إلا إذا كنت قد بدأته بنفسك للتو على جهاز أمامك يعرض هذا الرمز. إذا أرسل إليك أحد الرمز أو أخبرك به فلا تسمح، وإلا تمكّن من الوصول إلى حسابك.
device-allowed-title = تم ربط جهازك
device-allowed = تابِع هناك. يمكنك إغلاق هذه الصفحة.
device-denied-title = لم يحصل الجهاز على شيء
device-denied = أُبلِغ بأنك لم تسمح. يمكنك إغلاق هذه الصفحة.
device-gone-title = انتهت صلاحية هذا الرمز
device-gone = تمت الإجابة عنه من قبل، أو مضى وقت أطول مما ينبغي.
device-start-again = ابدأ من جديد على الجهاز وأدخِل الرمز الذي يعرضه عندئذ.
device-another = إدخال رمز آخر
device-too-many-title = رموز خاطئة كثيرة جدًا
device-too-many =
    { $minutes ->
        [one] يمكنك إدخال رمز آخر بعد دقيقة. ابدأ في الأثناء من جديد على الجهاز.
        [two] يمكنك إدخال رمز آخر بعد دقيقتين. ابدأ في الأثناء من جديد على الجهاز.
        [few] يمكنك إدخال رمز آخر بعد { $minutes } دقائق. ابدأ في الأثناء من جديد على الجهاز.
        [many] يمكنك إدخال رمز آخر بعد { $minutes } دقيقة. ابدأ في الأثناء من جديد على الجهاز.
       *[other] يمكنك إدخال رمز آخر بعد { $minutes } دقيقة. ابدأ في الأثناء من جديد على الجهاز.
    }
device-ask-admins = اسأل مسؤولي هذه الخدمة ثم ابدأ من جديد على الجهاز.

## approval

approval-title = يحتاج { $app } إلى موافقة أحد المسؤولين
approval-it-wants = قبل أن تتمكن من السماح، يجب أن يوافق أحد المسؤولين على أن يُسمح للتطبيق بما يلي
approval-reason = لماذا تحتاج إلى { $app }؟
approval-reason-hint = يقرأ المسؤولون هذا ويردّون هنا: عُد إلى التطبيق لاحقًا.
approval-reason-missing = اذكر في كلمات قليلة لماذا تحتاج إليه.
approval-ask = طلب الموافقة
approval-ask-again = إعادة الطلب
approval-waiting-title = بانتظار أحد المسؤولين
approval-waiting = طلبت في ‎{ $date }‎ أن يُسمح للتطبيق بما يلي
approval-waiting-hint = لا يلزم شيء آخر. عند عودتك إلى التطبيق سترى القرار.
approval-refused-title = رفض أحد المسؤولين
approval-refused = لم تتم الموافقة على أن يُسمح للتطبيق بما يلي
approval-answer = ردّ المسؤولين
approval-shut-out-title = لا يمكنك استخدام { $app } بهذا الحساب
approval-shut-out = لم يُتِح مسؤولو هذه الخدمة التطبيق لك. اسألهم إذا كنت تحتاج إليه.
approval-without = المتابعة من دونه
approval-without-hint = يظل الباقي مسموحًا للتطبيق.
approval-back = الرجوع إلى { $app }

## sign-out

sign-out-title = هل تريد تسجيل الخروج؟
sign-out-question = أنت مسجّل الدخول باسم { $person }.
sign-out-asked-by = يطلب { $app } تسجيل خروجك هنا.
sign-out-stays = أخطأ التطبيق الذي أرسلك إلى هنا في طلبه، لذا لا يمكن لهذه الصفحة إعادتك إليه.
sign-out-confirm = تسجيل الخروج
sign-out-all = تسجيل الخروج من كل الحسابات في هذا المتصفح
sign-out-stay = البقاء مسجّل الدخول
sign-out-done-title = تم تسجيل خروجك
sign-out-done = على جهاز مشترك، أغلِق أيضًا التطبيقات التي استخدمتها.
sign-out-sign-in-again = تسجيل الدخول من جديد
sign-out-others-stay = لا تزال حسابات أخرى مسجّلة الدخول في هذا المتصفح.
sign-out-choose = اختيار حساب آخر
sign-out-back-to-app = الرجوع إلى { $app }
sign-out-telling-title = جارٍ تسجيل خروجك
sign-out-telling = يجري إبلاغ التطبيقات التي استخدمتها. يستغرق ذلك بضع ثوانٍ على الأكثر.
sign-out-go-on = متابعة

## set-up

set-up-title = إعداد الخادم
set-up-intro = أنشئ الحساب الأول. سيكون حساب المسؤول.
set-up-invitation-title = أهلًا بك
set-up-invitation-intro = اختر كلمة مرور لحسابك يا { $person }.
set-up-username = اسم المستخدم
set-up-username-hint = اسم قصير لتسجيل الدخول، مثل ada.
set-up-email = عنوان البريد الإلكتروني
set-up-display-name = اسمك
set-up-display-name-hint = كما ينبغي أن يقرأه الآخرون.
set-up-password = كلمة المرور
set-up-password-hint =
    { $characters ->
        [few] { $characters } أحرف على الأقل. من الجيد اختيار بضع كلمات عشوائية.
       *[other] { $characters } حرفًا على الأقل. من الجيد اختيار بضع كلمات عشوائية.
    }
set-up-submit = إنشاء الحساب
set-up-invitation-submit = تعيين كلمة المرور
set-up-registration-title = إنشاء حسابك
set-up-has-account = لديّ حساب
set-up-problems = هناك ما يحتاج إلى مراجعة:
set-up-username-malformed = اختر اسم مستخدم من 64 حرفًا على الأكثر دون مسافة في أوله أو آخره.
set-up-username-taken = اسم المستخدم هذا مستخدَم. اختر اسمًا آخر.
set-up-username-is-address = اختر اسم مستخدم من دون «@»، إلا إذا كان عنوان بريدك الإلكتروني المؤكَّد.
set-up-email-malformed = أدخِل عنوان بريد إلكتروني، مثل ada@example.org.
set-up-email-taken = عنوان البريد الإلكتروني هذا مستخدَم في حساب آخر.
set-up-display-name-malformed = أدخِل اسمًا أقصر في سطر واحد.
set-up-password-short =
    { $characters ->
        [few] اختر كلمة مرور من { $characters } أحرف على الأقل.
       *[other] اختر كلمة مرور من { $characters } حرفًا على الأقل.
    }
set-up-password-long = اختر كلمة مرور أقصر.
set-up-password-is-username = اختر كلمة مرور غير اسم المستخدم.
set-up-accept-terms = أوافق على { $terms }.
set-up-terms = شروط الاستخدام
set-up-terms-not-accepted = وافِق على الشروط: لا يمكن إنشاء حساب من دون ذلك.
set-up-address-intro = اكتب عنوان بريدك الإلكتروني، ونرسل إليه رابطًا تُنشئ به حسابك.
set-up-address-hosts = فقط بعنوان لدى: { $hosts }
set-up-address-not-allowed = لا تُنشأ هنا حسابات بعنوان كهذا.
set-up-address-sent = الرابط الذي تُنشئ به حسابك في طريقه إلى العنوان. وإذا كان العنوان لحساب قائم، فالرسالة تذكر ذلك.

## passwords

passwords-weak = { $why } أضِف كلمة أو كلمتين لا صلة بينهما.
passwords-keys = تتبع كلمة المرور هذه مفاتيح لوحة المفاتيح.
passwords-repeats = كلمة المرور هذه تكرّر نفسها.
passwords-sequence = كلمة المرور هذه تسلسل مثل abc أو 6543.
passwords-date = كلمة المرور هذه تاريخ أو سنة.
passwords-word = كلمة المرور هذه كلمة واحدة.
passwords-name = كلمة المرور هذه اسم.
passwords-common = يختار كثيرون كلمة المرور هذه أو ما يشبهها.
passwords-guessable = كلمة المرور هذه سهلة التخمين.
passwords-breached = كلمة المرور هذه معروفة من تسريب بيانات، وسيجرّبها الآخرون أولًا. اختر كلمة مرور أخرى.

## recover

recover-forgotten = هل نسيت كلمة المرور؟
recover-title = اختيار كلمة مرور جديدة
recover-intro = أخبرنا من أنت، وسنرسل إليك رابطًا بالبريد الإلكتروني.
recover-login = اسم المستخدم أو عنوان البريد الإلكتروني
recover-submit = إرسال الرابط
recover-incomplete = أدخِل اسم المستخدم أو عنوان بريدك الإلكتروني.
recover-back = الرجوع إلى تسجيل الدخول
recover-sent-title = تحقّق من بريدك
recover-sent = إذا كان هناك حساب بهذا الاسم وله عنوان بريد إلكتروني، فالرابط في طريقه إليه. يعمل مرة واحدة ولمدة قصيرة فقط.
recover-sent-hint = لم تصلك رسالة بعد بضع دقائق؟ ابحث في البريد غير المرغوب فيه، أو تحقّق مما كتبته، أو اسأل القائمين على هذا الخادم.
recover-password-title = اختيار كلمة مرور جديدة
recover-password-intro = للحساب { $username }. سيُسجَّل خروج كل من هو مسجّل الدخول إليه الآن، في كل متصفح.
recover-password-submit = تعيين كلمة المرور
recover-password-clears = لم يُثبت أحد حتى الآن أن عنوان البريد الإلكتروني لهذا الحساب له. لذا تُزال مفاتيح المرور وتطبيقات المصادقة ورموز الاسترداد ومفاتيح API، وعلى التطبيقات أن تسألك من جديد.
recover-done-title = تم تعيين كلمة المرور الجديدة
recover-done = تم تسجيل خروجك من كل مكان. سجّل الدخول بكلمة المرور الجديدة.
recover-sign-in = تسجيل الدخول

## home

home-title = حسابك
home-signed-in-as = أنت مسجّل الدخول باسم { $person }.
home-welcome = حسابك جاهز.
home-sign-out = تسجيل الخروج
home-console = الانتقال إلى لوحة الإدارة
home-apps = تطبيقاتك
home-nobody = يسجّل هذا الخادم دخول الأشخاص إلى التطبيقات. لا أحد مسجّل الدخول هنا.
home-nobody-chosen = اختر أيًّا من الحسابات في هذا المتصفح تريد استخدامه.
home-choose = اختيار حساب
home-accounts = الحسابات في هذا المتصفح
home-switch = تبديل الحساب
home-add = إضافة حساب آخر
home-sign-in = تسجيل الدخول
home-for-developers = للمطوّرين
home-issuer = جهة الإصدار (Issuer)
home-discovery = مستند الاكتشاف (Discovery)

## form-post

form-post-title = الرجوع إلى { $app }
form-post-text = جارٍ نقلك. إذا لم يحدث شيء فاضغط على الزر.
form-post-submit = متابعة

## error

error-unknown-app-title = لا نعرف هذا التطبيق
error-unknown-app-text = أرسلك تطبيق إلى هنا لتسجيل الدخول، لكنه غير مسجّل على هذا الخادم.
error-unknown-app-next = عُد إلى التطبيق وأخبر القائمين عليه بما تراه هنا.
error-wrong-redirect-title = عنوان هذا التطبيق غير مطابق
error-wrong-redirect-text = طلب التطبيق إرسالك إلى عنوان لم يسجّله. نتوقف هنا حفاظًا على سلامتك.
error-wrong-redirect-next = عُد إلى التطبيق وأخبر القائمين عليه بما تراه هنا.
error-malformed-title = لا يمكننا قراءة هذا الطلب
error-malformed-text = أرسلك التطبيق إلى هنا بطلب لا نستطيع فهمه.
error-malformed-next = عُد إلى التطبيق وحاول مرة أخرى. إذا تكرّر ذلك فأخبر القائمين عليه.
error-stale-title = أصبحت هذه الصفحة قديمة
error-stale-text = حفاظًا على سلامتك يجب إكمال تسجيل الدخول خلال مدة محدّدة، وقد انتظر هذا أطول مما ينبغي.
error-stale-next = عُد إلى التطبيق وسجّل الدخول من هناك من جديد.
error-altered-title = هذا الرابط لا يعمل
error-altered-text = عنوان هذه الصفحة غير مكتمل أو جرى تغييره.
error-altered-next = عُد إلى التطبيق وسجّل الدخول من هناك من جديد.
error-form-refused-title = تعذّر علينا قبول هذا النموذج
error-form-refused-text = يبدو أنه لم يأتِ من هذه الصفحة في متصفحك. يحدث ذلك عند حظر ملفات تعريف الارتباط، أو عندما يسجّل أحد دخوله أو خروجه في علامة تبويب أخرى.
error-form-refused-next = عُد وأعِد تحميل الصفحة وحاول مرة أخرى مع السماح بملفات تعريف الارتباط.
error-link-spent-title = استُخدم هذا الرابط أو أصبح قديمًا
error-link-spent-text = يعمل كل رابط من هذا النوع مرة واحدة ولمدة محدودة فقط.
error-link-spent-next = اطلب رابطًا جديدًا ممن أرسله.
error-by-invitation-title = تُنشأ الحسابات هنا بدعوة
error-by-invitation-text = يدعو القائمون على هذا الخادم كل شخص برابط خاص به.
error-by-invitation-next = اطلب منهم دعوة، أو سجّل الدخول إذا كان لديك حساب.
error-forbidden-title = هذه الصفحة للمسؤولين
error-forbidden-text = أنت مسجّل الدخول، لكن بحساب لا يجوز له إدارة هذا الخادم.
error-forbidden-next = سجّل الخروج وعُد بصفتك مسؤولًا، أو اسأل أحد المسؤولين.
error-not-found-title = لا يوجد شيء هنا
error-not-found-text = ربما كُتب العنوان خطأً أو نُقلت الصفحة.
error-not-found-next = تحقّق من العنوان أو عُد إلى التطبيق الذي أتيت منه.
error-busy-title = لحظة من فضلك
error-busy-text = لدى الخادم من العمل أكثر مما يستطيع إنجازه دفعة واحدة.
error-busy-next = انتظر بضع ثوانٍ ثم أعِد تحميل الصفحة.
error-too-many-title = محاولات كثيرة جدًا
error-too-many-text = تكرّرت هذه المحاولة من مكانك كثيرًا، لذا لن ننظر فيها لبعض الوقت.
error-too-many-next = انتظر بضع دقائق ثم حاول مرة أخرى.
error-internal-title = حدث خطأ ما
error-internal-text = الخطأ منّا وليس منك.
error-internal-next = حاول مرة أخرى بعد لحظات. إذا تكرّر ذلك فأخبر القائمين على هذا الخادم بمعرّف الخطأ أدناه.
error-for-developer = لمطوّر التطبيق
error-sent = ما تم إرساله
error-parameter = المَعلمة
error-value = القيمة
error-absent = لم تُرسل
error-rule = القاعدة
error-remedy = ما يجب فعله
error-code = رمز الخطأ
error-id = معرّف الخطأ
error-time = الوقت
error-id-hint = يحتوي سجل الخادم على تفاصيل أكثر تحت هذا المعرّف.

## sign-in-link

sign-in-link-offer = تسجيل الدخول برابط يصلك بالبريد الإلكتروني
sign-in-link-title = تسجيل الدخول بالبريد الإلكتروني
sign-in-link-intro = أخبرنا من أنت، وسنرسل إليك رابطًا تسجّل به الدخول.
sign-in-link-sent = إذا كان هناك حساب بهذا الاسم وله عنوان بريد مؤكَّد، فالرابط في طريقه إليه. يعمل مرة واحدة ولدقائق قليلة فقط.
sign-in-link-confirm-title = تسجيل الدخول هنا؟
sign-in-link-confirm = ستتابع باسم { $username }.
sign-in-link-confirm-submit = تسجيل الدخول
