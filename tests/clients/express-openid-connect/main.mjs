// A web app with express-openid-connect.
import express from 'express';
import { decodeJwt } from 'jose';
import openid from 'express-openid-connect';

const { env } = process;
const app = express();
app.get('/', (_, response) => response.send('ready'));
app.use(openid.auth({
  // settings:begin
  // npm install express-openid-connect
  issuerBaseURL: env.ISSUER,
  baseURL: env.BASE_URL,
  clientID: env.CLIENT_ID,
  clientSecret: env.CLIENT_SECRET,
  secret: 'for the cookie of the app: 32 characters or more',
  authRequired: false,
  idpLogout: true,
  authorizationParams: { response_type: 'code', scope: 'openid profile email offline_access' },
  // settings:end
  routes: { login: false, postLogoutRedirect: env.POST_LOGOUT_REDIRECT_URI },
}));
app.get('/login', (_, response) => response.oidc.login({ returnTo: '/result' }));
app.get('/result', async ({ oidc }, response) => response.json({
  sub: oidc.user.sub,
  claims: decodeJwt(oidc.idToken),
  userinfo: await oidc.fetchUserInfo(),
  access_token: oidc.accessToken.access_token,
  refresh_token: oidc.refreshToken,
}));
app.get('/refresh', async ({ oidc }, response) => {
  const { access_token } = await oidc.accessToken.refresh();
  response.json({ access_token });
});
app.use((error, _request, response, _next) => {
  response.status(error.status ?? 500).json({ error: `${error.message} ${error.error_description ?? ''}` });
});
app.listen(Number(env.PORT), '127.0.0.1');
