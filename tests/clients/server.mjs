// The server in a temporary folder with a fresh database, and the commands that register people and clients.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

export const ROOT = path.resolve(import.meta.dirname, '../..');
export const PERSON = { username: 'ada', email: 'ada@example.com', password: 'correct horse battery staple' };

export async function freePort() {
  const listener = net.createServer();
  await new Promise((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const { port } = listener.address();
  await new Promise((resolve) => listener.close(resolve));
  return port;
}

// Waits until `url` answers, as long as `process` lives.
export async function ready(url, process) {
  for (let attempt = 0; attempt < 900; attempt += 1) {
    if (process.exitCode !== null) throw new Error(`stopped before it answered at ${url}`);
    const answer = await fetch(url, { redirect: 'manual' }).catch(() => null);
    if (answer && answer.status < 500) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`no answer at ${url}`);
}

export function binary() {
  if (process.env.CLAVIGER_BINARY) return path.resolve(process.env.CLAVIGER_BINARY);
  const built = path.join(process.env.CARGO_TARGET_DIR ?? path.join(ROOT, 'target'), 'release/claviger');
  if (!existsSync(built)) execFileSync('cargo', ['build', '--release', '--locked'], { cwd: ROOT, stdio: 'inherit' });
  return built;
}

// With `settings`, environment variables, in the place of those that every client is tried with.
export async function startServer(port, issuer, settings = {}) {
  const program = binary();
  const folder = mkdtempSync(path.join(tmpdir(), 'claviger-clients-'));
  const env = { ...process.env, CLAVIGER__SERVER__ISSUER: issuer, CLAVIGER__SERVER__LISTEN: `127.0.0.1:${port}`, CLAVIGER__DEVICE__INTERVAL: '1s', CLAVIGER__REGISTRATION__MODE: 'token', ...settings };
  const command = (args, input) => execFileSync(program, args, { cwd: folder, env, input, encoding: 'utf8' });
  const person = ['--username', PERSON.username, '--email', PERSON.email];
  command(['user', 'add', ...person, '--password-stdin'], `${PERSON.password}\n`);
  const running = spawn(program, ['serve'], { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  running.stderr.on('data', (text) => (log += text));
  await ready(`http://127.0.0.1:${port}/oauth2/jwks`, running);
  return {
    port,
    command,
    addClient: (metadata) => JSON.parse(command(['--json', 'client', 'add', '-'], JSON.stringify(metadata))),
    addKey: (args) => JSON.parse(command(['--json', 'api-key', 'add', ...args])).secret,
    addRegistrationToken: () => JSON.parse(command(['--json', 'registration-token', 'add', '--expires-in', '1h'])).initial_access_token,
    log: () => log,
    stop() {
      running.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
