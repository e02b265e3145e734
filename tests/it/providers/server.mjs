// An OpenID provider by somebody else (npm oidc-provider), with its own pages for sign-in and consent. Prints its port, then
// reads from its first line of input the client: {"redirect_uri": …, "secret": …, "return_to": …}.
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import Provider from 'oidc-provider';

const server = createServer();
server.listen(0, '127.0.0.1', () => console.log(server.address().port));

createInterface({ input: process.stdin }).once('line', (line) => {
  const { redirect_uri, secret, return_to } = JSON.parse(line);
  const provider = new Provider(`http://127.0.0.1:${server.address().port}`, {
    clients: [{
      client_id: 'claviger',
      client_secret: secret,
      redirect_uris: [redirect_uri],
      post_logout_redirect_uris: [return_to],
    }],
    claims: { openid: ['sub', 'acr', 'amr', 'auth_time'], profile: ['name', 'preferred_username'], email: ['email', 'email_verified'] },
    pkce: { required: () => true },
    findAccount: (_, sub) => ({
      accountId: sub,
      claims: () => ({
        sub, name: `${sub} of oidc-provider`, preferred_username: sub, email: `${sub}@example.com`,
        email_verified: sub !== 'eve',
      }),
    }),
  });
  server.on('request', provider.callback());
  console.log('ready');
});
process.stdin.on('end', () => process.exit());
