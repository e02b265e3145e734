// Drives each relying party through a whole life, and then shows that it notices what the proxy changes. README.md.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { letDeviceIn, shown, signIn, signOut, startBrowser } from './browser.mjs';
import * as hostile from './hostile.mjs';
import * as mcp from './mcp.mjs';
import { startProxy } from './proxy.mjs';
import { ROOT, freePort, ready, startServer } from './server.mjs';

const HERE = import.meta.dirname;
const UNNOTICED = 'does not notice a changed ';
const { values: options, positionals: chosen } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'string' }, 'write-docs': { type: 'boolean' } },
});

function relyingParties() {
  const names = readdirSync(HERE).filter((name) => existsSync(path.join(HERE, name, 'client.json')));
  for (const name of chosen) assert(['hostile', 'mcp'].includes(name) || names.includes(name), `there is no client ${name}`);
  return names.filter((name) => !chosen.length || chosen.includes(name)).map((name) => {
    const folder = path.join(HERE, name);
    return { folder, ...JSON.parse(readFileSync(path.join(folder, 'client.json'), 'utf8')) };
  });
}

const output = ([program, ...args], cwd) => execFileSync(program, args, { cwd, encoding: 'utf8' }).trim();

// Starts the client's program for as long as `use` runs.
async function withClient(party, world, registered, use) {
  const [program, ...args] = party.run;
  const env = { ...process.env, ISSUER: world.issuer, ...registered };
  const running = spawn(program, args, { cwd: party.folder, env, stdio: ['ignore', 'ignore', 'inherit'], detached: true });
  try {
    await ready(registered.BASE_URL, running);
    await use(registered.BASE_URL);
  } finally {
    if (running.exitCode === null && running.signalCode === null) {
      // The next one needs its port, and must not be taken for it.
      const gone = once(running, 'exit');
      process.kill(-running.pid);
      await gone;
    }
  }
}

// A browser that knows nothing yet, for as long as `use` runs.
async function withBrowser(world, use) {
  const context = await world.browser.newContext();
  try {
    await use(await context.newPage());
  } finally {
    await context.close();
  }
}

async function register(party, world) {
  const port = await freePort();
  const base = `http://localhost:${port}`;
  const redirect = base + party.paths.callback;
  const back = base + party.paths.post_logout;
  const answer = world.server.addClient({
    client_name: party.name,
    redirect_uris: [redirect, ...(party.paths.silent ? [base + party.paths.silent] : [])],
    post_logout_redirect_uris: [back],
    ...party.metadata,
  });
  return {
    ...(party.steps.includes('assertions') ? registerMachines(party, world) : {}),
    ...(party.steps.includes('device') ? registerDevice(party, world) : {}),
    ...(party.steps.includes('encrypted') ? registerEncrypted(party, world, base) : {}),
    ...(party.steps.includes('exchange') ? registerExchange(party, world) : {}),
    ...(party.steps.includes('register') ? { INITIAL_ACCESS_TOKEN: world.server.addRegistrationToken() } : {}),
    CLIENT_ID: answer.client_id,
    CLIENT_SECRET: answer.client_secret ?? '',
    PORT: String(port),
    BASE_URL: base,
    REDIRECT_URI: redirect,
    POST_LOGOUT_REDIRECT_URI: back,
  };
}

// Two machines that sign: one with a key of its own, one with its secret.
function registerMachines(party, world) {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = (key) => ({ ...key.export({ format: 'jwk' }), kid: 'one', alg: 'ES256' });
  const machine = (method, members) => world.server.addClient({
    client_name: `${party.name}, ${method}`,
    token_endpoint_auth_method: method,
    grant_types: ['client_credentials'],
    response_types: [],
    ...members,
  });
  const bySecret = machine('client_secret_jwt', {});
  return {
    KEY_CLIENT_ID: machine('private_key_jwt', { jwks: { keys: [jwk(publicKey)] } }).client_id,
    PRIVATE_KEY: JSON.stringify(jwk(privateKey)),
    JWT_CLIENT_ID: bySecret.client_id,
    JWT_CLIENT_SECRET: bySecret.client_secret,
  };
}

function registerDevice(party, world) {
  const device = world.server.addClient({
    client_name: `${party.name} on a device`,
    token_endpoint_auth_method: 'none',
    grant_types: ['urn:ietf:params:oauth:grant-type:device_code'],
    scope: 'openid',
  });
  return { DEVICE_CLIENT_ID: device.client_id };
}

// An app to which everything is encrypted, and which encrypts what it asks, by one pair of algorithms.
function registerEncrypted(party, world, base) {
  const { alg, enc } = party.encryption;
  const pair = (type, options, members) => {
    const { publicKey, privateKey } = generateKeyPairSync(type, options);
    return [publicKey, privateKey].map((key) => ({ ...key.export({ format: 'jwk' }), ...members }));
  };
  const ours = { kid: 'enc', use: 'enc', alg };
  const [recipient, opener] = alg.startsWith('RSA') ? pair('rsa', { modulusLength: 2048 }, ours) : pair('ec', { namedCurve: 'P-256' }, ours);
  const [verifier, signer] = pair('ec', { namedCurve: 'P-256' }, { kid: 'sig', use: 'sig', alg: 'ES256' });
  const responses = ['id_token', 'userinfo', 'introspection'].map((what) => `${what}_encrypted_response`);
  const members = [...responses, 'request_object_encryption'].flatMap((member) => [[`${member}_alg`, alg], [`${member}_enc`, enc]]);
  const app = world.server.addClient({
    client_name: `${party.name}, encrypted`,
    redirect_uris: [`${base}/encrypted_callback`],
    consent: 'skip',
    userinfo_signed_response_alg: 'RS256',
    require_signed_request_object: true,
    jwks: { keys: [recipient, verifier] },
    ...Object.fromEntries(members),
  });
  return {
    ENCRYPTED_CLIENT_ID: app.client_id,
    ENCRYPTED_CLIENT_SECRET: app.client_secret,
    DECRYPTION_KEY: JSON.stringify(opener),
    SIGNING_KEY: JSON.stringify(signer),
    ENCRYPTION: JSON.stringify({ alg, enc }),
  };
}

// A machine that exchanges, and a key of its own.
function registerExchange(party, world) {
  const machine = world.server.addClient({
    client_name: `${party.name}, token exchange`,
    grant_types: ['urn:ietf:params:oauth:grant-type:token-exchange'],
    response_types: [],
  });
  return {
    EXCHANGE_CLIENT_ID: machine.client_id,
    EXCHANGE_CLIENT_SECRET: machine.client_secret,
    API_KEY: world.server.addKey(['--client', machine.client_id, '--name', party.name]),
  };
}

// One function a step; each is given what the steps before have learnt.
const STEPS = {
  async sign_in(page, base, life) {
    life.result = await signIn(page, base);
    assert(!life.result.error, life.result.error);
    assert(life.result.sub, 'nobody is signed in');
  },
  async claims(_page, _base, { result, world, registered }) {
    assert.equal(result.claims.iss, world.issuer);
    assert.equal(result.claims.sub, result.sub);
    assert([result.claims.aud].flat().includes(registered.CLIENT_ID));
  },
  async userinfo(_page, _base, { result }) {
    assert.equal(result.userinfo.sub, result.sub);
    assert.equal(result.userinfo.preferred_username, 'ada');
  },
  async refresh(page, base, life) {
    const answer = await visit(page, `${base}/refresh`);
    assert(answer.access_token && answer.access_token !== life.result.access_token, 'no new access token');
    if (answer.claims) assert.equal(answer.claims.sub, life.result.sub);
    life.access_token = answer.access_token;
  },
  // In a frame, with prompt=none: only the session at the server can have answered.
  async silent_renew(page, base, life) {
    const answer = await visit(page, `${base}/silent_renew`);
    assert.equal(answer.sub, life.result.sub);
    assert.notEqual(answer.access_token, life.access_token);
    life.access_token = answer.access_token;
  },
  async assertions(page, base) {
    const answer = await visit(page, `${base}/assertions`);
    for (const method of ['private_key_jwt', 'client_secret_jwt']) assert(answer[method], `no token by ${method}`);
  },
  // A client that the library registers by itself can ask for a sign-in, and goes when the library wants it to.
  async register(page, base, { world, registered }) {
    const { client_id: id, client_uri: own, client_token: token } = await visit(page, `${base}/register`);
    assert.notEqual(id, registered.CLIENT_ID);
    const query = new URLSearchParams({
      response_type: 'code', client_id: id, redirect_uri: registered.REDIRECT_URI, scope: 'openid', prompt: 'none',
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256',
    });
    const asked = await fetch(`${world.issuer}/oauth2/authorize?${query}`, { redirect: 'manual' });
    assert.equal(new URL(asked.headers.get('location')).searchParams.get('error'), 'login_required');
    const headers = { authorization: `Bearer ${token}` };
    assert.equal((await (await fetch(own, { headers })).json()).client_id, id);
    assert.equal((await fetch(own, { method: 'DELETE', headers })).status, 204);
  },
  // Once for the key, once more for what that gave.
  async exchange(page, base, { world, registered }) {
    const answer = await visit(page, `${base}/exchange`);
    assert.notEqual(answer.first, answer.second);
    for (const token of [answer.first, answer.second]) {
      const claims = JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
      assert.equal(claims.iss, world.issuer);
      assert.equal(claims.sub, registered.EXCHANGE_CLIENT_ID);
      assert(claims.key_id, 'the token does not say for which key it was given');
    }
  },
  // The person comes while the device waits.
  async device(page, base, { result }) {
    const { verification_uri_complete: address } = await visit(page, `${base}/device`);
    const waiting = fetch(`${base}/device_tokens`).then((response) => response.json());
    await letDeviceIn(page, address);
    const answer = await waiting;
    assert(answer.access_token, answer.error);
    assert.equal(answer.sub, result.sub);
  },
  // The request goes signed and encrypted, and everything comes back so.
  async encrypted(page, base, { result, registered }) {
    const answer = await visit(page, `${base}/encrypted`);
    assert.equal(answer.claims.sub, result.sub);
    assert.equal(answer.claims.aud, registered.ENCRYPTED_CLIENT_ID);
    assert.equal(answer.userinfo.sub, result.sub);
    assert.equal(answer.introspection.sub, result.sub);
    assert.equal(answer.id_token.split('.').length, 5, 'the ID token came as it is');
  },
  async introspect(page, base, { result }) {
    const answer = await visit(page, `${base}/introspect`);
    assert.equal(answer.active, true);
    assert.equal(answer.sub, result.sub);
  },
  // What was revoked is dead: UserInfo refuses the access token, and the client can refresh no more.
  async revoke(page, base, { result, access_token, world, steps }) {
    await visit(page, `${base}/revoke`);
    const headers = { authorization: `Bearer ${access_token ?? result.access_token}` };
    assert.equal((await fetch(`${world.issuer}/oauth2/userinfo`, { headers })).status, 401);
    if (steps.includes('refresh')) await assert.rejects(visit(page, `${base}/refresh`));
  },
  async sign_out(page, base, { registered, world }) {
    const back = new URL(await signOut(page, base));
    back.searchParams.delete('state'); // some libraries send one
    assert.equal(back.href, registered.POST_LOGOUT_REDIRECT_URI);
    await page.goto(`${base}/login`);
    await page.locator('form#login').waitFor({ timeout: 10_000 });
    assert(page.url().startsWith(world.issuer), page.url());
  },
};

async function visit(page, url) {
  const response = await page.goto(url);
  const answer = await shown(page);
  assert(response.status() < 400 && !answer.error, answer.error);
  return answer;
}

// Does something, and keeps and prints how it went.
const recorder = (report) => async (what, act) => {
  const failure = await act().then(() => null, (error) => error.message || String(error));
  report.results.push({ what, failure });
  console.log(`${failure ? 'FAILED' : 'ok    '} ${report.name}: ${what}${failure ? `: ${failure}` : ''}`);
};

async function testHostile(world) {
  const report = { name: 'hostile', language: null, skipped: 'no client', results: [] };
  const record = recorder(report);
  await hostile.register(world);
  for (const [what, act] of Object.entries(hostile.CASES)) await record(what, () => act(world));
  return report;
}

// The SDKs of MCP: no relying parties, for it is a token for somebody else that they want.
async function testMcp(world) {
  const reports = [];
  const started = await mcp.start();
  try {
    for (const [name, sdk] of Object.entries(mcp.SDKS)) {
      if (!process.env.CI && !isInstalled(sdk.run_by, HERE)) {
        console.log(`SKIPPED ${name}: ${sdk.run_by} is not installed`);
        continue;
      }
      const report = { name, language: null, skipped: 'no relying party', results: [] };
      const record = recorder(report);
      await record('set up', async () => {
        if (sdk.set_up) output(sdk.set_up, path.join(HERE, 'mcp'));
        report.version = mcp.version(name);
      });
      for (const [what, act] of Object.entries(mcp.WAYS)) await record(what, () => act(sdk, { ...world, mcp: started }));
      reports.push(report);
    }
  } finally {
    started.stop();
  }
  return reports;
}

async function test(party, world) {
  const report = { name: party.name, language: party.language, results: [] };
  const record = recorder(report);
  const missing = [party.set_up[0], party.run[0], ...(party.needs ?? [])].find((tool) => tool && !isInstalled(tool, party.folder));
  if (missing && process.env.CI && !party.may_be_out_of_reach) {
    await record('set up', () => Promise.reject(new Error(`${missing} is not installed`)));
    return report;
  }
  if (missing) {
    console.log(`SKIPPED ${party.name}: ${missing} is not installed`);
    return { ...report, skipped: missing };
  }
  try {
    if (party.set_up.length) output(party.set_up, party.folder);
    report.version = output(party.version, party.folder).replaceAll('\n', ', ');
  } catch (error) {
    if (party.may_be_out_of_reach) {
      console.log(`SKIPPED ${party.name}: cannot be set up here: ${error.message}`);
      return { ...report, skipped: 'what it needs' };
    }
    await record('set up', () => Promise.reject(error));
    return report;
  }
  const registered = await register(party, world);
  const start = (use) => withClient(party, world, registered, use)
    .catch((error) => record('start', () => Promise.reject(error)));
  await start((base) => withBrowser(world, async (page) => {
    const life = { world, registered, steps: party.steps };
    for (const step of party.steps) await record(step, () => STEPS[step](page, base, life));
  }));
  // A new process, so that no key is remembered of the run in which the proxy only passed everything on.
  world.proxy.mutation = 'none';
  await start(async (base) => {
    const signInTo = (mutation, expected) => () => signInChanged(world, base, mutation, expected);
    await record('accepts what only the proxy signed anew', signInTo('none', 'accepted'));
    for (const mutation of party.detects) await record(`refuses a changed ${mutation}`, signInTo(mutation, 'refused'));
    // Not what we wish for, but what a user of this library must know.
    for (const mutation of party.does_not_notice ?? []) await record(`${UNNOTICED}${mutation}`, signInTo(mutation, 'accepted'));
  });
  world.proxy.mutation = null;
  return report;
}

async function signInChanged(world, base, mutation, expected) {
  world.proxy.mutation = mutation;
  world.proxy.mutations = 0;
  await withBrowser(world, async (page) => {
    const result = await signIn(page, base);
    assert(world.proxy.mutations > 0, `the client got no ID token to be changed: ${result.error}`);
    if (expected === 'accepted') assert(result.sub, result.error);
    else assert(result.error && !result.sub, 'accepted');
  });
}

function isInstalled(tool, folder) {
  if (tool.includes('/')) return existsSync(path.resolve(folder, tool)) || tool.startsWith('.');
  return process.env.PATH.split(':').some((place) => existsSync(path.join(place, tool)));
}

function settings(party) {
  const text = readFileSync(path.join(party.folder, party.settings), 'utf8');
  const lines = text.split('\n');
  const begin = lines.findIndex((line) => line.includes('settings:begin'));
  const end = lines.findIndex((line) => line.includes('settings:end'));
  const kept = lines.slice(begin + 1, end);
  const indent = Math.min(...kept.filter((line) => line.trim()).map((line) => line.search(/\S/)));
  return kept.map((line) => (line.trim() ? `    ${line.slice(indent)}` : '')).join('\n');
}

function writeDocs(parties, reports) {
  const ran = ({ results }) => results.map(({ what }) => what).filter((what) => !what.startsWith(UNNOTICED))
    .map((what) => what.replace('refuses a changed ', 'changed ')).join(', ');
  const unnoticed = ({ results }) => results.map(({ what }) => what).filter((what) => what.startsWith(UNNOTICED))
    .map((what) => what.replace(UNNOTICED, '')).join(', ');
  const row = (report) => `| ${report.name} (${report.language}) | ${report.version} | ${ran(report)} | ${unnoticed(report)} |`;
  const skippedRow = ({ name, language, skipped }) => `| ${name} (${language}) | not tried | ${skipped} is not installed | |`;
  const rows = reports.filter(({ language }) => language).map((report) => (report.skipped ? skippedRow(report) : row(report)));
  const pieces = parties.filter((_, index) => !reports[index].skipped)
    .map((party) => `## ${party.name}\n\n${settings(party)}\n`);
  writeFileSync(path.join(ROOT, 'docs/clients.md'), `# Clients that were tried

Written by \`tests/clients/run --write-docs\` from what it ran; do not edit. tests/clients/README.md says what each word means: "changed …"
is an ID token that the client had to refuse. What a library does not notice was tried too: with a change of that claim it signed in all the
same, so it is the connection to the token endpoint alone (TLS) that such an app relies on.

| client | version | what ran | does not notice a change of |
|---|---|---|---|
${rows.join('\n')}

${pieces.join('\n')}`);
}

const proxyTarget = await freePort();
const proxy = await startProxy(proxyTarget);
const issuer = `http://localhost:${proxy.port}`;
const server = await startServer(proxyTarget, issuer);
const browser = await startBrowser();
const parties = relyingParties();
const reports = [];
try {
  const world = { proxy, issuer, server, browser };
  for (const party of parties) reports.push(await test(party, world));
  if (!chosen.length || chosen.includes('hostile')) reports.push(await testHostile(world));
  if (!chosen.length || chosen.includes('mcp')) reports.push(...await testMcp(world));
} finally {
  await browser.close();
  server.stop();
  proxy.stop();
}
const all = reports.flatMap((report) => report.results);
const failed = all.filter(({ failure }) => failure).length;
const tried = reports.filter(({ skipped }) => !skipped).length;
console.log(`${tried} clients of ${parties.length}, ${all.length} checks, ${failed} failed`);
if (options.json) writeFileSync(options.json, `${JSON.stringify(reports, null, 2)}\n`);
if (options['write-docs'] && !failed) writeDocs(parties, reports);
process.exit(failed ? 1 : 0);
