### メール。

## mail

mail-greeting = { $person } 様
mail-once = リンクは { $time }以内に 1 回だけ使えます。
mail-minutes = { $count } 分
mail-hours = { $count } 時間
mail-days = { $count } 日
mail-sent-by = { $issuer } から送信しました。このアドレスへの返信は読まれません。
mail-invitation-subject = アカウントの準備ができました
mail-invitation-intro = あなたのアカウントが作成されました。ユーザー名は { $username } です。パスワードを決めるとログインできます。
mail-invitation-action = パスワードを決める
mail-invitation-note = このリンクを誰にも渡さないでください。持っている人は誰でもあなたとしてログインできます。
mail-recovery-subject = 新しいパスワードを設定してください
mail-recovery-intro = アカウント { $username } のパスワードを忘れたという申し出がありました。
mail-recovery-action = 新しいパスワードを設定
mail-recovery-note = お心当たりがない場合は、何もしないでください。パスワードは変わりません。このリンクを誰にも渡さないでください。
mail-password-changed-subject = パスワードが変更されました
mail-password-changed-intro = アカウント { $username } のパスワードが新しくなりました。すべての場所でログアウトしました。
mail-password-changed-action = 心当たりがない場合: 別のパスワードを設定
mail-password-changed-note = ご自分で変更した場合は、何もする必要はありません。
mail-password-link-subject = 新しいパスワードを設定してください
mail-password-link-intro = アカウント { $username } の担当者から、新しいパスワードを設定するためのリンクをお送りします。
mail-password-link-action = 新しいパスワードを設定
mail-password-link-note = それまでは以前のパスワードが有効です。このリンクを誰にも渡さないでください。持っている人は誰でもあなたとしてログインできます。
mail-new-device-subject = 新しいデバイスからのログイン
mail-new-device-intro = アカウント { $username } に、これまで使われていないブラウザからログインがありました:
mail-new-device-action = 心当たりがない場合: 別のパスワードを設定
mail-new-device-note = ご本人であれば、何もする必要はありません。
mail-factor-added-subject = ログイン方法が追加されました
mail-factor-added-intro = アカウント { $username } に、ご本人であることを示す方法が 1 つ増えました:
mail-factor-added-action = 心当たりがない場合: 別のパスワードを設定
mail-factor-added-note = ご自分で追加した場合は、何もする必要はありません。
mail-factor-removed-subject = ログイン方法が削除されました
mail-factor-removed-intro = アカウント { $username } から、ご本人であることを示す方法が 1 つ削除されました:
mail-factor-removed-action = 心当たりがない場合: 別のパスワードを設定
mail-factor-removed-note = ご自分で削除したか、削除を依頼した場合は、何もする必要はありません。
mail-app = 認証アプリ: { $name }
mail-passkey = パスキー: { $name }
mail-all-factors = すべてのパスキー、認証アプリ、リカバリーコード
