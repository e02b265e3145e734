// Stands between the clients and the server, at the issuer's address, and passes everything on. With a mutation on, it
// changes the ID tokens that clients get; it signs them anew, with a key that it adds to the JWKS, so that nothing else
// is at fault.
import http from 'node:http';
import { SignJWT, decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair } from 'jose';

const now = () => Math.floor(Date.now() / 1000);
// What each mutation does to the token, given its claims and its header.
const MUTATIONS = {
  none: () => {},
  nonce: (claims) => delete claims.nonce,
  iss: (claims) => (claims.iss = 'https://attacker.example'),
  aud: (claims) => (claims.aud = 'another-client'),
  exp: (claims) => Object.assign(claims, { iat: now() - 7200, exp: now() - 3600 }),
  kid: (_, header) => (header.kid = 'of-no-key'),
  at_hash: (claims) => (claims.at_hash = 'AAAAAAAAAAAAAAAAAAAAAA'),
  signature: () => {},
};
const KID = 'of-the-proxy';

export async function startProxy(target) {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const key = { ...(await exportJWK(publicKey)), kid: KID, alg: 'RS256', use: 'sig' };

  async function mutated(token) {
    const claims = decodeJwt(token);
    const header = { ...decodeProtectedHeader(token), alg: 'RS256', kid: KID };
    MUTATIONS[proxy.mutation](claims, header);
    const signed = await new SignJWT(claims).setProtectedHeader(header).sign(privateKey);
    if (proxy.mutation !== 'signature') return signed;
    const [head, body, signature] = signed.split('.');
    const first = signature[0] === 'A' ? 'B' : 'A';
    return [head, body, first + signature.slice(1)].join('.');
  }

  async function changed(path, body) {
    const answer = JSON.parse(body);
    if (path === '/oauth2/jwks') answer.keys.push(key);
    if (path === '/oauth2/token' && answer.id_token) {
      answer.id_token = await mutated(answer.id_token);
      proxy.mutations += 1;
    }
    return Buffer.from(JSON.stringify(answer));
  }

  async function pass(request, response) {
    const sent = Buffer.concat(await request.toArray());
    const { method, url: path, headers } = request;
    // On a connection of its own: one that was kept alive may be closed by the server at that very moment.
    const way = { host: '127.0.0.1', port: target, method, path, headers, agent: false };
    const onward = http.request(way, async (answer) => {
      let body = Buffer.concat(await answer.toArray());
      const mutable = proxy.mutation && ['/oauth2/jwks', '/oauth2/token'].includes(path) && answer.statusCode === 200;
      const answered = { ...answer.headers };
      if (mutable) {
        body = await changed(path, body);
        answered['content-length'] = body.length;
        delete answered['transfer-encoding'];
      }
      response.writeHead(answer.statusCode, answered).end(body);
    });
    onward.on('error', (error) => response.writeHead(502).end(error.message));
    onward.end(sent);
  }

  const listener = http.createServer(pass);
  await new Promise((resolve) => listener.listen(0, '127.0.0.1', resolve));
  // `mutation` is the change that is on, if any; `mutations` counts the tokens that were changed.
  const proxy = { port: listener.address().port, mutation: null, mutations: 0, stop: () => listener.close() };
  return proxy;
}
