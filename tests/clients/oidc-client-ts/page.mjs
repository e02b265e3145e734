// An app in the browser with oidc-client-ts: each of the routes of ../README.md is a page that acts when it is loaded.
import { UserManager, WebStorageStateStore } from 'oidc-client-ts';

const env = window.settings;
const manager = new UserManager({
  // settings:begin
  // npm install oidc-client-ts; a public client: "token_endpoint_auth_method": "none"
  authority: env.ISSUER,
  client_id: env.CLIENT_ID,
  redirect_uri: env.REDIRECT_URI,
  silent_redirect_uri: `${env.BASE_URL}/silent`,
  post_logout_redirect_uri: env.POST_LOGOUT_REDIRECT_URI,
  scope: 'openid profile email offline_access',
  loadUserInfo: true,
  // settings:end
  userStore: new WebStorageStateStore({ store: window.sessionStorage }),
});

const result = async (user) => ({
  sub: user.profile.sub,
  claims: JSON.parse(atob(user.id_token.split('.')[1].replace(/-/g, '+').replace(/_/g, '/'))),
  userinfo: user.profile,
  access_token: user.access_token,
  refresh_token: user.refresh_token,
});

const pages = {
  '/login': () => manager.signinRedirect({ nonce: crypto.randomUUID() }).then(() => null),
  '/callback': async () => result(await manager.signinCallback()),
  '/silent': () => manager.signinSilentCallback().then(() => null),
  '/result': async () => result(await manager.getUser()),
  '/refresh': async () => {
    if (!(await manager.getUser()).refresh_token) throw new Error('no refresh token');
    return result(await manager.signinSilent());
  },
  // Without a refresh token, the library asks by prompt=none in a frame.
  '/silent_renew': async () => {
    const user = await manager.getUser();
    user.refresh_token = undefined;
    await manager.storeUser(user);
    return result(await manager.signinSilent());
  },
  '/revoke': () => manager.revokeTokens(['refresh_token']).then(() => ({})),
  '/logout': () => manager.signoutRedirect().then(() => null),
};

let answer;
try {
  answer = await pages[location.pathname]();
} catch (error) {
  answer = { error: error.message };
}
if (answer) document.body.textContent = JSON.stringify(answer);
