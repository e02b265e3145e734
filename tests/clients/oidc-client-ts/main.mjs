// Serves the pages of an app in the browser; the app itself is page.mjs, which alone talks to the server.
import express from 'express';
import path from 'node:path';

const { env } = process;
const library = path.resolve(import.meta.dirname, '../node_modules/oidc-client-ts/dist/esm/oidc-client-ts.js');
const names = ['ISSUER', 'CLIENT_ID', 'REDIRECT_URI', 'BASE_URL', 'POST_LOGOUT_REDIRECT_URI'];
const settings = Object.fromEntries(names.map((name) => [name, env[name]]));
const page = `<!doctype html><title>App</title><body><script type="importmap">
{"imports": {"oidc-client-ts": "/library.mjs", "jwt-decode": "/jwt-decode.mjs"}}</script>
<script>window.settings = ${JSON.stringify(settings)}</script><script type="module" src="/page.mjs"></script>`;

const app = express();
app.get('/library.mjs', (_, response) => response.type('text/javascript').sendFile(library));
app.get('/jwt-decode.mjs', (_, response) => {
  response.sendFile(path.resolve(import.meta.dirname, '../node_modules/jwt-decode/build/esm/index.js'));
});
app.get('/page.mjs', (_, response) => response.sendFile(path.join(import.meta.dirname, 'page.mjs')));
app.get('/', (_, response) => response.send('ready'));
app.get('/{*any}', (_, response) => response.send(page));
app.listen(Number(env.PORT), '127.0.0.1');
