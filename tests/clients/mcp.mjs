// The clients of the official MCP SDKs against examples/mcp_resource_server.rs: each knows the MCP server's address and nothing
// else, finds us by it, and gets in by registering itself and by the document in which it describes itself.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import https from 'node:https';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { PERSON, ROOT, binary, freePort, ready, startServer } from './server.mjs';

const HERE = import.meta.dirname;
const KEYS = path.join(ROOT, 'tests/keys');
export const SDKS = {
  'MCP SDK for TypeScript': { run_by: 'node', run: ['node', 'typescript.mjs'] },
  'MCP SDK for Python': { run_by: 'python3', run: ['../.venv/bin/python', 'python.py'], set_up: ['python3', '../set_up.py'] },
};

function example() {
  const built = path.join(path.dirname(binary()), 'examples/mcp_resource_server');
  if (existsSync(built)) return built;
  const release = built.includes('/release/') ? ['--release'] : [];
  execFileSync('cargo', ['build', ...release, '--locked', '--example', 'mcp_resource_server'], { cwd: ROOT, stdio: 'inherit' });
  return built;
}

// A server that lets apps in by themselves, and the MCP server that takes its tokens.
export async function start() {
  const [port, mcpPort] = [await freePort(), await freePort()];
  const issuer = `http://127.0.0.1:${port}`;
  const url = `http://127.0.0.1:${mcpPort}/mcp`;
  const server = await startServer(port, issuer, {
    CLAVIGER__REGISTRATION__MODE: 'open',
    CLAVIGER__REGISTRATION__METADATA_DOCUMENTS: 'true',
    CLAVIGER__OUTBOUND__ALLOWED_HOSTS: 'localhost',
    CLAVIGER__OUTBOUND__CA_FILE: path.join(KEYS, 'tls-ca.crt.pem'),
  });
  server.command(['scope', 'add', 'mcp:use', '--text', 'Use the tool that tells who you are']);
  server.command(['resource', 'add', url, '--name', 'Who am I', '--scope', 'mcp:use']);
  await offers(issuer, 'mcp:use');
  const env = { ...process.env, ISSUER: issuer, API: url, LISTEN: `127.0.0.1:${mcpPort}` };
  const running = spawn(example(), [], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  await ready(url, running);
  return {
    url,
    server,
    stop() {
      running.kill();
      server.stop();
    },
  };
}

// A running server notices what a command registers within a second or two.
async function offers(issuer, scope) {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const metadata = await (await fetch(`${issuer}/.well-known/oauth-authorization-server`)).json();
    if (metadata.scopes_supported.includes(scope)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`the server does not offer ${scope}`);
}

// The site of the app, at which it describes itself; answers with its `client_id`.
async function publish(redirect) {
  const [port, keys] = [await freePort(), (name) => readFileSync(path.join(KEYS, name))];
  const id = `https://localhost:${port}/client.json`;
  const document = {
    client_id: id, client_name: 'An assistant', redirect_uris: [redirect], token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'], application_type: 'native',
  };
  const answer = (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(document));
  const site = https.createServer({ cert: keys('tls-issued.crt.pem'), key: keys('tls-issued.key.pem') }, answer);
  await new Promise((resolve) => site.listen(port, '127.0.0.1', resolve));
  return { id, stop: () => site.close() };
}

// What a person sees and does, from the address that the client opens to the end.
async function letIn(browser, address) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(address);
  await page.locator('form#login [name=username]').fill(PERSON.username);
  await page.locator('form#login [name=password]').fill(PERSON.password);
  await Promise.all([page.waitForEvent('load'), page.locator('form#login button[type=submit]').click()]);
  const warning = await page.locator('#unknown').innerText();
  await Promise.all([page.waitForEvent('load'), page.locator('form#consent button[value=allow]').click()]);
  await context.close();
  return warning;
}

// Runs a client until it has called the tool.
async function connect(sdk, world, env) {
  const [program, ...args] = sdk.run;
  const running = spawn(program, args, { cwd: path.join(HERE, 'mcp'), env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let failed = '';
  running.stderr.on('data', (text) => (failed += text));
  const timer = setTimeout(() => running.kill(), 60_000);
  let warning;
  try {
    for await (const line of createInterface({ input: running.stdout })) {
      if (line.startsWith('OPEN ')) {
        const url = new URL(line.slice(5));
        assert.equal(url.searchParams.get('state') === null, !env.STATE && !sdk.run[0].includes('python'));
        assert.equal(url.searchParams.get('resource'), env.MCP_URL);
        warning = await letIn(world.browser, url.href);
      }
      if (line.startsWith('DONE ')) return { ...JSON.parse(line.slice(5)), warning };
    }
    throw new Error(`it ended: ${failed.slice(-2000)}`);
  } finally {
    clearTimeout(timer);
    running.kill();
  }
}

// The ways in, each for each client.
export const WAYS = {
  async 'registers itself and calls a tool'(sdk, world) {
    const redirect = `http://127.0.0.1:${await freePort()}/callback`;
    const result = await connect(sdk, world, { MCP_URL: world.mcp.url, REDIRECT_URI: redirect });
    assert.match(result.text, /^You are [0-9a-f-]{36}\.$/);
    assert.match(result.client_id, /^[0-9a-f-]{36}$/);
    assert.match(result.warning, /registered itself/);
  },
  async 'is known by its metadata document and calls a tool'(sdk, world) {
    const redirect = `http://127.0.0.1:${await freePort()}/callback`;
    // RFC 8252 §7.3: the document cannot know the port.
    const site = await publish('http://127.0.0.1/callback');
    try {
      const env = { MCP_URL: world.mcp.url, REDIRECT_URI: redirect, CLIENT_METADATA_URL: site.id, STATE: 'a-state' };
      const result = await connect(sdk, world, env);
      assert.match(result.text, /^You are [0-9a-f-]{36}\.$/);
      assert.equal(result.client_id, site.id);
      assert.match(result.warning, /says what it is at localhost/);
    } finally {
      site.stop();
    }
  },
};

export function version(name) {
  if (name.endsWith('TypeScript')) {
    return JSON.parse(readFileSync(path.join(HERE, 'package-lock.json'))).packages['node_modules/@modelcontextprotocol/sdk'].version;
  }
  return execFileSync(path.join(HERE, '.venv/bin/python'), ['-c', "from importlib.metadata import version; print(version('mcp'))"], { encoding: 'utf8' }).trim();
}
