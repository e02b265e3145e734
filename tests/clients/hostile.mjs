// The proxy's other direction: what reaches the server when requests are repeated, cut short, doubled or out of order on
// their way. It answers each with an error of RFC 6749 §5.2, never with a failure of its own.
import assert from 'node:assert/strict';
import http from 'node:http';
import net from 'node:net';
import { createHash } from 'node:crypto';
import { signIn } from './browser.mjs';

const VERIFIER = 'a-verifier-that-is-long-enough-for-every-rule-0123456789';

// An app that shows the code it is sent, and does nothing with it.
const app = http.createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, app.base);
  if (pathname === '/login') response.writeHead(302, { location: app.start }).end();
  else response.end(JSON.stringify({ code: searchParams.get('code') }));
});

// Sends exactly these bytes and headers.
function send(world, path, body, headers = []) {
  const type = 'application/x-www-form-urlencoded';
  const all = ['Host', new URL(world.issuer).host, 'Content-Type', type, 'Content-Length', String(Buffer.byteLength(body)), ...headers];
  return new Promise((resolve, reject) => {
    const { port } = new URL(world.issuer);
    const request = http.request({ host: '127.0.0.1', port, path, method: 'POST', headers: all }, async (answer) => {
      const text = Buffer.concat(await answer.toArray()).toString();
      const isJson = answer.headers['content-type']?.startsWith('application/json');
      resolve({ status: answer.statusCode, json: isJson ? JSON.parse(text) : {}, text });
    });
    request.on('error', reject);
    request.end(body);
  });
}

// Promises a whole body, sends the first `kept` bytes of it to the server itself, and hangs up.
function hangUp(world, path, body, kept) {
  const head = `POST ${path} HTTP/1.1\r\nHost: ${new URL(world.issuer).host}\r\n`
    + `Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\n`;
  return new Promise((resolve, reject) => {
    const socket = net.connect(world.server.port, '127.0.0.1', () => socket.end(head + body.slice(0, kept)));
    socket.on('error', reject);
    socket.on('close', resolve);
    socket.resume();
  });
}

const refused = (answer, error) => assert.deepEqual([answer.status, answer.json.error], [400, error], answer.text);

async function userinfo(world, token) {
  return (await fetch(`${world.issuer}/oauth2/userinfo`, { headers: { authorization: `Bearer ${token}` } })).status;
}

// Signs in and stops before the code is used; returns the form that would use it.
async function codeRequest(world) {
  const challenge = createHash('sha256').update(VERIFIER).digest('base64url');
  const query = new URLSearchParams({
    client_id: 'hostile', response_type: 'code', redirect_uri: app.callback, scope: 'openid offline_access',
    code_challenge: challenge, code_challenge_method: 'S256',
  });
  app.start = `${world.issuer}/oauth2/authorize?${query}`;
  const context = await world.browser.newContext();
  const { code } = await signIn(await context.newPage(), app.base);
  await context.close();
  assert(code, 'no code arrived');
  return new URLSearchParams({
    grant_type: 'authorization_code', code, redirect_uri: app.callback, client_id: 'hostile', code_verifier: VERIFIER,
  }).toString();
}

const refresh = (token) => `grant_type=refresh_token&client_id=hostile&refresh_token=${token}`;

export const CASES = {
  // RFC 6749 §4.1.2, RFC 9700 §4.5: the second use fails, and what the first gave is dead.
  async 'a code sent twice'(world) {
    const body = await codeRequest(world);
    const first = await send(world, '/oauth2/token', body);
    assert.equal(await userinfo(world, first.json.access_token), 200);
    refused(await send(world, '/oauth2/token', body), 'invalid_grant');
    assert.equal(await userinfo(world, first.json.access_token), 401);
    refused(await send(world, '/oauth2/token', refresh(first.json.refresh_token)), 'invalid_grant');
  },
  async 'a code sent twice at once'(world) {
    const body = await codeRequest(world);
    const answers = await Promise.all([1, 2].map(() => send(world, '/oauth2/token', body)));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 400]);
    refused(answers.find(({ status }) => status === 400), 'invalid_grant');
  },
  async 'the code of one client used by another'(world) {
    const body = (await codeRequest(world)).replace('client_id=hostile', 'client_id=another');
    refused(await send(world, '/oauth2/token', body), 'invalid_grant');
  },
  async 'a refresh that overtakes its code'(world) {
    const body = await codeRequest(world);
    refused(await send(world, '/oauth2/token', refresh('claviger_rt_not-yet')), 'invalid_grant');
    assert.equal((await send(world, '/oauth2/token', body)).status, 200);
  },
  async 'a body cut short at every tenth byte'(world) {
    const body = await codeRequest(world);
    for (let end = 0; end < body.length - 1; end += 10) {
      const answer = await send(world, '/oauth2/token', body.slice(0, end));
      assert(answer.status === 400 || answer.status === 401, `${end}: ${answer.status} ${answer.text}`);
      assert(answer.json.error, answer.text);
    }
  },
  // RFC 9700 §4.14.2: whoever sends a refresh token again may be a thief, so that all that came of it is dead.
  async 'a refresh sent again after its answer was used'(world) {
    const first = await send(world, '/oauth2/token', await codeRequest(world));
    const second = await send(world, '/oauth2/token', refresh(first.json.refresh_token));
    const third = await send(world, '/oauth2/token', refresh(second.json.refresh_token));
    assert.equal(third.status, 200, third.text);
    refused(await send(world, '/oauth2/token', refresh(first.json.refresh_token)), 'invalid_grant');
    refused(await send(world, '/oauth2/token', refresh(third.json.refresh_token)), 'invalid_grant');
    assert.equal(await userinfo(world, third.json.access_token), 401);
  },
  // RFC 7009 §2.2: a revocation that overtakes or repeats itself is answered as if all were well, and stays.
  async 'a revocation sent twice, and before the refresh it overtook'(world) {
    const { json } = await send(world, '/oauth2/token', await codeRequest(world));
    const revocation = `client_id=hostile&token=${json.refresh_token}`;
    for (const _ of [1, 2]) assert.equal((await send(world, '/oauth2/revoke', revocation)).status, 200);
    refused(await send(world, '/oauth2/token', refresh(json.refresh_token)), 'invalid_grant');
    assert.equal(await userinfo(world, json.access_token), 401);
  },
  // The connection ends in the middle of the body: nothing of it may count.
  async 'a request that ends before its body does'(world) {
    const body = await codeRequest(world);
    for (const kept of [0, 1, Math.floor(body.length / 2), body.length - 1]) await hangUp(world, '/oauth2/token', body, kept);
    assert.equal((await send(world, '/oauth2/token', body)).status, 200);
  },
  async 'parameters and headers doubled'(world) {
    const body = await codeRequest(world);
    refused(await send(world, '/oauth2/token', `${body}&${body}`), 'invalid_request');
    const headers = ['Authorization', 'Basic YTpi', 'Authorization', 'Basic YTpi'];
    const answer = await send(world, '/oauth2/token', body, headers);
    assert(answer.status === 400 || answer.status === 401, answer.text);
    assert(answer.json.error, answer.text);
  },
};

export async function register(world) {
  await new Promise((resolve) => app.listen(0, '127.0.0.1', resolve));
  app.base = `http://localhost:${app.address().port}`;
  app.callback = `${app.base}/callback`;
  for (const client_id of ['hostile', 'another']) {
    world.server.addClient({
      client_id,
      redirect_uris: [app.callback],
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
    });
  }
}
