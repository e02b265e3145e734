// Our pages, as a person fills them in with Chromium.
import { chromium } from 'playwright-core';
import { PERSON } from './server.mjs';

export function startBrowser() {
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-quic'] });
}

// Signs in at the app at `base`, and allows what it asks for; returns what the app then shows.
export async function signIn(page, base) {
  await page.goto(`${base}/login`);
  await page.locator('form').first().waitFor({ timeout: 10_000 }).catch(() => {});
  const login = page.locator('form#login');
  const consent = page.locator('form#consent');
  if (await login.count()) {
    await login.locator('[name=username]').fill(PERSON.username);
    await login.locator('[name=password]').fill(PERSON.password);
    await submit(page, login.locator('button[type=submit]'));
  }
  if (await consent.count()) await submit(page, consent.locator('button[value=allow]'));
  return shown(page);
}

// Confirms the code that a device shows, where somebody is signed in, and allows what it asks for.
export async function letDeviceIn(page, address) {
  await page.goto(address);
  await submit(page, page.locator('form#device button[type=submit]'));
  await submit(page, page.locator('form#consent button[value=allow]'));
}

// Signs out at the app at `base`; returns where the browser ends.
export async function signOut(page, base) {
  await page.goto(`${base}/logout`);
  await page.waitForURL((url) => url.href !== `${base}/logout`, { timeout: 10_000 });
  const confirm = page.locator('form#sign-out button[value], form#logout button[value=logout]').first();
  if (!page.url().startsWith(base) && (await confirm.count())) await submit(page, confirm);
  return page.url();
}

// What the page says, as JSON.
export async function shown(page) {
  // An app in the browser writes it when it is done.
  await page.waitForFunction(() => document.body?.innerText.trim().length > 0, null, { timeout: 10_000 });
  const text = await page.locator('body').innerText();
  try {
    return JSON.parse(text);
  } catch {
    return { error: `no JSON at ${page.url()}: ${text.slice(0, 300)}` };
  }
}

async function submit(page, button) {
  await Promise.all([page.waitForEvent('load'), button.click()]);
}
