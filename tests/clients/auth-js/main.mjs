// A web app with Auth.js (next-auth, @auth/express and their like are the same library behind the doors of frameworks). It signs
// people in and keeps what it was told in a cookie of its own; it asks no UserInfo, refreshes nothing, and signs nobody out here.
import { Auth, raw, skipCSRFCheck } from '@auth/core';
import express from 'express';
import { decodeJwt } from 'jose';

const { env } = process;
const config = {
  providers: [
    {
      // settings:begin
      // npm install next-auth (or @auth/express, @auth/sveltekit …); the redirect URI ends with /callback/claviger
      id: 'claviger',
      name: 'Claviger',
      type: 'oidc',
      issuer: env.ISSUER,
      clientId: env.CLIENT_ID,
      clientSecret: env.CLIENT_SECRET,
      authorization: { params: { scope: 'openid profile email offline_access' } },
      // Without "nonce" here none is sent.
      checks: ['pkce', 'state', 'nonce'],
      // settings:end
    },
  ],
  callbacks: {
    jwt: ({ token, account }) => (account ? { ...token, account } : token),
    session: ({ token }) => ({ account: token.account, expires: new Date(token.exp * 1000).toISOString() }),
  },
  basePath: '/auth',
  secret: 'for the cookie of the app: 32 characters or more',
  trustHost: true,
  skipCSRFCheck,
  logger: { error: () => {} },
};

const ask = (path, { headers }, init = {}) => new Request(env.BASE_URL + path, {
  ...init,
  headers: { cookie: headers.cookie ?? '', ...init.headers },
});

const app = express();
app.get('/', (_, response) => response.send('ready'));
app.get('/login', async (request, response) => {
  const asked = ask('/auth/signin/claviger', request, {
    method: 'POST',
    body: new URLSearchParams({ callbackUrl: `${env.BASE_URL}/result` }),
  });
  await pass(await Auth(asked, config), response);
});
app.get('/auth/callback/claviger', async (request, response) => {
  // "raw" gives the library's own error instead of its page.
  const { cookies, redirect } = await Auth(ask(request.originalUrl, request), { ...config, raw });
  for (const { name, value, options } of cookies ?? []) response.cookie(name, value, { ...options, maxAge: undefined });
  response.redirect(redirect);
});
app.get('/result', async (request, response) => {
  const session = await (await Auth(ask('/auth/session', request), config)).json();
  const { id_token, access_token, refresh_token } = session.account;
  const claims = decodeJwt(id_token);
  response.json({ sub: claims.sub, claims, access_token, refresh_token });
});
app.use((error, _request, response, _next) => {
  response.status(500).json({ error: `${error.message} ${error.cause?.err?.message ?? ''}` });
});
app.listen(Number(env.PORT), '127.0.0.1');

async function pass(answer, response) {
  response.status(answer.status);
  for (const cookie of answer.headers.getSetCookie()) response.append('set-cookie', cookie);
  response.set('location', answer.headers.get('location')).send(await answer.text());
}
