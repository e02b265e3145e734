### ログインと、アプリが求めるもの。「です・ます」調。

## common

common-skip = 本文へ移動
common-support = ヘルプ
common-privacy = プライバシー
common-imprint = 運営者情報
common-privacy-policy = プライバシーポリシー
common-terms = 利用規約
common-links-of-app = { $app } のページ:
common-language = 言語
common-too-many-attempts = 試行回数が多すぎます。{ $minutes } 分後にもう一度お試しください。

## scopes

scopes-openid = 再訪時にあなたを識別する
scopes-profile = 名前とユーザー名を見る
scopes-email = メールアドレスを見る
scopes-address = 住所を見る
scopes-phone = 電話番号を見る
scopes-offline-access = アプリを使っていない間もこのアクセスを保持する

## claims

claims-name = 氏名を見る
claims-given-name = 名を見る
claims-family-name = 姓を見る
claims-middle-name = ミドルネームを見る
claims-nickname = ニックネームを見る
claims-preferred-username = ユーザー名を見る
claims-profile = プロフィールページのアドレスを見る
claims-picture = 写真を見る
claims-website = ウェブサイトのアドレスを見る
claims-email = メールアドレスを見る
claims-email-verified = メールアドレスが確認済みかどうかを見る
claims-gender = 性別を見る
claims-birthdate = 生年月日を見る
claims-zoneinfo = タイムゾーンを見る
claims-locale = 言語を見る
claims-phone-number = 電話番号を見る
claims-phone-number-verified = 電話番号が確認済みかどうかを見る
claims-address = 住所を見る
claims-updated-at = プロフィールの最終更新日時を見る

## sign-in

sign-in-title = ログイン
sign-in-to-app = { $app } に進みます
sign-in-confirm-title = ご本人であることを確認してください
sign-in-confirm = パスワードをもう一度入力してください。
sign-in-confirm-for-app = { $app } がパスワードの再入力を求めています。
sign-in-username = ユーザー名
sign-in-password = パスワード
sign-in-remember = このデバイスでログインしたままにする
sign-in-submit = ログイン
sign-in-submit-confirm = 確認
sign-in-register = アカウントを作成
sign-in-wrong-pair = ユーザー名またはパスワードが正しくありません。
sign-in-incomplete = ユーザー名とパスワードの両方を入力してください。

## select-account

select-account-title = アカウントの選択
select-account-to-app = { $app } に進みます
select-account-to-us = このブラウザでログイン中のアカウントです。
select-account-another = 別のアカウントを使う

## consent

consent-title = { $app } があなたのアカウントの使用を求めています
consent-goes-to = この後 { $host } に戻ります
consent-goes-to-device = この後このデバイスのアプリに戻ります
consent-registered-itself = このアプリは自分でここに登録しました。名乗るとおりのものか、誰も確認していません。提供元がわかる場合にだけ続けてください。
consent-described-at = このアプリの説明は、アプリ自身が { $host } で示しているものです。ここでは誰も確認していません。そのサイトを知っていて信頼できる場合にだけ続けてください。
consent-described-on-device = このデバイスのどのプログラムも、このアプリになりすませます。たった今ご自分で起動した場合にだけ続けてください。
consent-signed-in-as = { $person } としてログイン中
consent-not-you = 別の方ですか?
consent-it-will = アプリができるようになること
consent-your-choice = 許可するかどうかを選べること
consent-new = 新規
consent-allowed-before = 許可済み
consent-allow = 許可する
consent-deny = 許可しない
consent-withdraw = いつでも取り消せます。アカウントの「アクセスを許可したアプリ」をご覧ください。

## device

device-title = デバイスの接続
device-intro = デバイスに表示されているコードを入力してください。
device-check = デバイスにこのコードが表示されていますか? 表示されていれば続けてください。
device-user-code = コード
device-user-code-hint = BCDF-GHJK のような 8 文字です。
device-beware = 目の前のデバイスに表示されているコードだけを入力してください。コードを送ってくる人は、あなたのアカウントに入ろうとしています。
device-submit = 続ける
device-wrong = このコードを待っているデバイスはありません。コードを確認するか、デバイスでやり直してください。コードはしばらくすると期限切れになります。
device-question = このコードを表示しているデバイスからの要求です。
device-code = コード
device-address = ネットワークアドレス
device-unknown-address = 不明
device-elsewhere = このデバイスは、あなたが今使っているネットワークにありません。
device-asked = 要求
device-asked-now = たった今
device-asked-minutes-ago = { $minutes } 分前
device-warning = このコードを表示している目の前のデバイスで、たった今ご自分で始めた場合にだけ許可してください。誰かがコードを送ってきたり伝えてきたりした場合は、許可しないでください。その人があなたのアカウントに入ってしまいます。
device-allowed-title = デバイスが接続されました
device-allowed = デバイスで続けてください。このページは閉じてかまいません。
device-denied-title = デバイスには何も渡しません
device-denied = 許可しなかったことをデバイスに伝えました。このページは閉じてかまいません。
device-gone-title = このコードは期限切れです
device-gone = すでに回答済みか、時間が経ちすぎました。
device-start-again = デバイスでやり直し、そこに表示されるコードを入力してください。
device-another = 別のコードを入力
device-too-many-title = 誤ったコードが多すぎます
device-too-many = { $minutes } 分後に別のコードを入力できます。その間にデバイスでやり直してください。
device-ask-admins = このサービスの管理者に問い合わせてから、デバイスでやり直してください。

## approval

approval-title = { $app } には管理者の承認が必要です
approval-it-wants = あなたが許可する前に、アプリの次の権限を管理者が承認する必要があります
approval-reason = { $app } を何に使いますか?
approval-reason-hint = 管理者が読み、ここで回答します。後でアプリに戻ってきてください。
approval-reason-missing = 何に必要か、簡単に書いてください。
approval-ask = 承認を依頼
approval-ask-again = もう一度依頼
approval-waiting-title = 管理者の回答を待っています
approval-waiting = { $date } にアプリの次の権限を依頼しました
approval-waiting-hint = ほかにすることはありません。アプリに戻ってくると結果がわかります。
approval-refused-title = 管理者が承認しませんでした
approval-refused = アプリの次の権限は承認されませんでした
approval-answer = 管理者の回答
approval-shut-out-title = このアカウントでは { $app } を使えません
approval-shut-out = このサービスの管理者は、あなたにこのアプリを公開していません。必要であれば問い合わせてください。
approval-without = それなしで続ける
approval-without-hint = 残りの権限はアプリに許可されます。
approval-back = { $app } に戻る

## sign-out

sign-out-title = ログアウトしますか?
sign-out-question = { $person } としてログインしています。
sign-out-asked-by = { $app } がここからのログアウトを求めています。
sign-out-stays = ここへ案内したアプリの要求に誤りがあったため、このページからアプリに戻ることはできません。
sign-out-confirm = ログアウト
sign-out-all = このブラウザのすべてのアカウントからログアウト
sign-out-stay = ログインしたままにする
sign-out-done-title = ログアウトしました
sign-out-done = 共用のコンピューターでは、使ったアプリも閉じてください。
sign-out-sign-in-again = もう一度ログイン
sign-out-others-stay = このブラウザでは、ほかのアカウントがまだログイン中です。
sign-out-choose = 別のアカウントを選ぶ
sign-out-back-to-app = { $app } に戻る
sign-out-telling-title = ログアウトしています
sign-out-telling = 使ったアプリに通知しています。長くても数秒で終わります。
sign-out-go-on = 続ける

## set-up

set-up-title = サーバーのセットアップ
set-up-intro = 最初のアカウントを作成してください。管理者のアカウントになります。
set-up-invitation-title = ようこそ
set-up-invitation-intro = { $person } さん、アカウントのパスワードを決めてください。
set-up-username = ユーザー名
set-up-username-hint = ada のような、ログインに使う短い名前です。
set-up-email = メールアドレス
set-up-display-name = 名前
set-up-display-name-hint = ほかの人に表示される名前です。
set-up-password = パスワード
set-up-password-hint = { $characters } 文字以上。無関係な単語をいくつか並べるのがおすすめです。
set-up-submit = アカウントを作成
set-up-invitation-submit = パスワードを設定
set-up-registration-title = アカウントの作成
set-up-has-account = アカウントを持っています
set-up-problems = 見直しが必要です:
set-up-username-malformed = ユーザー名は 64 文字以内で、前後に空白を入れずに決めてください。
set-up-username-taken = このユーザー名は使われています。別の名前にしてください。
set-up-username-is-address = 「@」を含まないユーザー名にしてください。含められるのは、ご自分の確認済みのメールアドレスだけです。
set-up-email-malformed = ada@example.org のようなメールアドレスを入力してください。
set-up-email-taken = このメールアドレスは別のアカウントが使っています。
set-up-display-name-malformed = もっと短い名前を 1 行で入力してください。
set-up-password-short = { $characters } 文字以上のパスワードにしてください。
set-up-password-long = もっと短いパスワードにしてください。
set-up-password-is-username = ユーザー名とは異なるパスワードにしてください。
set-up-accept-terms = { $terms }に同意します。
set-up-terms = 利用規約
set-up-terms-not-accepted = 規約に同意してください。同意がないとアカウントを作成できません。
set-up-address-intro = メールアドレスを入力してください。アカウントを作成するためのリンクをお送りします。
set-up-address-hosts = 次のアドレスに限ります: { $hosts }
set-up-address-not-allowed = このアドレスではアカウントを作成できません。
set-up-address-sent = アカウントを作成するためのリンクをそのアドレスにお送りしました。すでにアカウントがある場合は、メールでお知らせします。

## passwords

passwords-weak = { $why }互いに関係のない単語を 1 つか 2 つ加えてください。
passwords-keys = このパスワードはキーボードの配列どおりです。
passwords-repeats = このパスワードは同じものの繰り返しです。
passwords-sequence = このパスワードは abc や 6543 のような連続した並びです。
passwords-date = このパスワードは日付か年です。
passwords-word = このパスワードは 1 つの単語です。
passwords-name = このパスワードは人名です。
passwords-common = このパスワード、またはよく似たものを多くの人が使っています。
passwords-guessable = このパスワードは簡単に推測できます。
passwords-breached = このパスワードは情報漏えいで知られているため、真っ先に試されます。別のものにしてください。

## recover

recover-forgotten = パスワードをお忘れですか?
recover-title = 新しいパスワードの設定
recover-intro = ユーザー名またはメールアドレスを入力していただければ、メールでリンクをお送りします。
recover-login = ユーザー名またはメールアドレス
recover-submit = リンクを送信
recover-incomplete = ユーザー名またはメールアドレスを入力してください。
recover-back = ログインに戻る
recover-sent-title = メールをご確認ください
recover-sent = その名前のアカウントがあり、メールアドレスが登録されていれば、リンクをお送りしました。使えるのは 1 回だけで、短い時間に限ります。
recover-sent-hint = 数分経ってもメールが届きませんか? 迷惑メールを探すか、入力内容を確認するか、このサーバーの運営者に問い合わせてください。
recover-password-title = 新しいパスワードの設定
recover-password-intro = アカウント { $username } のパスワードです。現在ログイン中の方は、すべてのブラウザでログアウトされます。
recover-password-submit = パスワードを設定
recover-password-clears = このアカウントのメールアドレスの持ち主であることは、まだ誰も示していません。そのため、パスキー、認証アプリ、リカバリーコード、API キーは削除され、アプリは改めて許可を求める必要があります。
recover-done-title = 新しいパスワードを設定しました
recover-done = すべての場所でログアウトしました。新しいパスワードでログインしてください。
recover-sign-in = ログイン

## home

home-title = アカウント
home-signed-in-as = { $person } としてログインしています。
home-welcome = アカウントの準備ができました。
home-sign-out = ログアウト
home-console = 管理コンソールへ
home-apps = アプリ
home-nobody = このサーバーはアプリへのログインを受け付けます。ここでは誰もログインしていません。
home-nobody-chosen = このブラウザのどのアカウントを使うか選んでください。
home-choose = アカウントを選ぶ
home-accounts = このブラウザのアカウント
home-switch = アカウントを切り替え
home-add = 別のアカウントを追加
home-sign-in = ログイン
home-for-developers = 開発者向け
home-issuer = 発行者 (Issuer)
home-discovery = ディスカバリー文書

## form-post

form-post-title = { $app } に戻る
form-post-text = 移動しています。何も起こらない場合はボタンを押してください。
form-post-submit = 続ける

## error

error-unknown-app-title = このアプリは登録されていません
error-unknown-app-text = アプリがログインのためにここへ案内しましたが、このサーバーに登録されていません。
error-unknown-app-next = アプリに戻り、ここに表示されている内容をアプリの運営者に伝えてください。
error-wrong-redirect-title = このアプリのアドレスが一致しません
error-wrong-redirect-text = アプリが、登録していないアドレスへの移動を求めました。安全のため、ここで中止します。
error-wrong-redirect-next = アプリに戻り、ここに表示されている内容をアプリの運営者に伝えてください。
error-malformed-title = この要求を読み取れません
error-malformed-text = アプリから、理解できない要求が送られてきました。
error-malformed-next = アプリに戻ってもう一度お試しください。繰り返す場合はアプリの運営者に伝えてください。
error-stale-title = このページは古くなりました
error-stale-text = 安全のため、ログインは一定の時間内に終える必要があります。時間が経ちすぎました。
error-stale-next = アプリに戻り、そこからもう一度ログインしてください。
error-altered-title = このリンクは使えません
error-altered-text = このページのアドレスが不完全か、書き換えられています。
error-altered-next = アプリに戻り、そこからもう一度ログインしてください。
error-form-refused-title = このフォームを受け付けられませんでした
error-form-refused-text = お使いのブラウザのこのページから送られたものではないようです。Cookie がブロックされている場合や、別のタブで誰かがログインまたはログアウトした場合に起こります。
error-form-refused-next = 前に戻り、ページを再読み込みし、Cookie を許可してもう一度お試しください。
error-link-spent-title = このリンクは使用済みか、古すぎます
error-link-spent-text = このようなリンクは 1 回だけ、限られた時間内に使えます。
error-link-spent-next = 送り主に新しいリンクを依頼してください。
error-by-invitation-title = アカウントの作成は招待制です
error-by-invitation-text = このサーバーの運営者が、一人ひとりに専用のリンクを送って招待します。
error-by-invitation-next = 運営者に招待を依頼してください。アカウントをお持ちの場合はログインしてください。
error-forbidden-title = このページは管理者用です
error-forbidden-text = ログインしていますが、このアカウントではこのサーバーを管理できません。
error-forbidden-next = ログアウトして管理者としてログインするか、管理者に問い合わせてください。
error-not-found-title = ここには何もありません
error-not-found-text = アドレスが間違っているか、ページが移動した可能性があります。
error-not-found-next = アドレスを確認するか、元のアプリに戻ってください。
error-busy-title = 少々お待ちください
error-busy-text = サーバーが混み合っています。
error-busy-next = 数秒待ってからページを再読み込みしてください。
error-too-many-title = 試行回数が多すぎます
error-too-many-text = お使いの場所から何度も試されたため、しばらくの間受け付けません。
error-too-many-next = 数分待ってからもう一度お試しください。
error-internal-title = 問題が発生しました
error-internal-text = こちらの不具合で、あなたのせいではありません。
error-internal-next = しばらくしてからもう一度お試しください。繰り返す場合は、下のエラー ID をこのサーバーの運営者に伝えてください。
error-for-developer = アプリの開発者の方へ
error-sent = 送信された内容
error-parameter = パラメーター
error-value = 値
error-absent = 送信なし
error-rule = 規則
error-remedy = 対処方法
error-code = エラーコード
error-id = エラー ID
error-time = 時刻
error-id-hint = この ID でサーバーのログに詳細が残っています。

## sign-in-link

sign-in-link-offer = メールのリンクでログイン
sign-in-link-title = メールでログイン
sign-in-link-intro = ユーザー名またはメールアドレスを入力していただければ、ログイン用のリンクをお送りします。
sign-in-link-sent = その名前のアカウントに確認済みのメールアドレスがあれば、リンクをお送りしました。使えるのは一度だけ、数分間だけです。
sign-in-link-confirm-title = ここでログインしますか?
sign-in-link-confirm = { $username } として続けます。
sign-in-link-confirm-submit = ログイン
