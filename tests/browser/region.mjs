// A small demo region of its own for the tests, and people who use it.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { authenticator } from 'otplib';
import { chromium } from 'playwright-core';

export async function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Starts a region and waits until it answers. */
export async function startRegion({ cases = 60, beforeServing } = {}) {
  const port = await freePort();
  const dir = mkdtempSync(join(tmpdir(), 'raum-browser-'));
  let args = ['demo', '--port', port, '--dir', dir, '--cases', cases].map(String);
  if (beforeServing) {
    // Made first and changed, then served as a real node would be.
    const made = spawnSync(process.env.RAUM, [...args, '--no-serve'], { stdio: ['ignore', 'ignore', 'inherit'] });
    if (made.status !== 0) throw new Error('the region was not made');
    beforeServing(dir);
    args = ['serve', '--data', dir];
  }
  const env = { ...process.env, RAUM_LISTEN: `127.0.0.1:${port}`, RAUM_LOG: 'error' };
  const process_ = spawn(process.env.RAUM, args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
  let ended = false;
  process_.on('exit', () => { ended = true; });
  for (;;) {
    if (ended) throw new Error('the region did not start');
    try {
      if ((await fetch(`http://127.0.0.1:${port}/ready`)).ok) break;
    } catch { /* not yet */ }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const { members } = JSON.parse(readFileSync(join(dir, 'demo.json')));
  const member = (slug) => members.find((each) => each.slug === slug);
  return {
    dir,
    port,
    members,
    url: (slug, path = '/') => member(slug).url + path,
    login: (slug, role) => member(slug).logins.find((login) => login.role === role),
    /** Ends the process and leaves its data. */
    async end() {
      process_.kill('SIGTERM');
      if (!ended) await new Promise((resolve) => process_.once('exit', resolve));
    },
    async stop() {
      await this.end();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

export async function startBrowser() {
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}

/** A person at a browser of their own. Whatever the page complains about fails the test. */
export async function person(browser, options = {}) {
  const context = await browser.newContext({ locale: 'de-DE', viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  page.complaints = [];
  page.on('pageerror', (error) => page.complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') page.complaints.push(message.text());
  });
  page.on('request', (request) => {
    const { hostname, protocol } = new URL(request.url());
    if (protocol.startsWith('http') && !hostname.endsWith('.localhost')) page.complaints.push(`foreign request ${request.url()}`);
  });
  return page;
}

/** A code nobody has used: each works once, and the server takes those of the neighbouring half minutes too. */
const lastStep = new Map();
export async function freshCode(login) {
  for (;;) {
    const now = Math.floor(Date.now() / 30_000);
    const step = Math.max(now - 1, (lastStep.get(login.email) ?? 0) + 1);
    if (step <= now + 1) {
      lastStep.set(login.email, step);
      return authenticator.clone({ epoch: step * 30_000 }).generate(login.totp);
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** The link in the newest mail to an address; a member without a mail server puts its mail into a folder. */
export async function mailedLink(region, slug, email) {
  const folder = `${region.dir}/members/${slug}/mail`;
  for (let tries = 0; tries < 100; tries += 1) {
    const names = (() => { try { return readdirSync(folder); } catch { return []; } })();
    const mails = names.filter((name) => name.endsWith('.eml')).map((name) => `${folder}/${name}`)
      .map((path) => ({ at: statSync(path).mtimeMs, text: readFileSync(path, 'utf8').replace(/=\r\n/g, '').replaceAll('=3D', '=') }))
      .sort((a, b) => b.at - a.at);
    const link = mails.find(({ text }) => text.includes(email))?.text.match(/http:\S+anmelden\/link\/\S+/)?.[0];
    if (link) return link;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`no mail to ${email}`);
}

export async function signOut(page, region, slug) {
  await page.goto(region.url(slug));
  await page.getByRole('button', { name: 'Abmelden' }).click();
  await page.waitForURL(region.url(slug));
}

export async function signIn(page, region, slug, role) {
  const login = region.login(slug, role);
  await page.goto(region.url(slug, '/anmelden'));
  await page.locator('#email').fill(login.email);
  await page.locator('#passwort').fill(login.password);
  await page.locator('main form').first().getByRole('button').click();
  if (login.totp) {
    await page.locator('#code').fill(await freshCode(login));
    await page.locator('main form').getByRole('button').click();
  }
  // Going on before the answer is there would take the session back.
  await page.waitForURL((url) => !url.pathname.startsWith('/anmelden'));
}

/** What a member answers to a program; Node looks up no names below localhost. */
export function ask(region, slug, path) {
  return new Promise((resolve, reject) => {
    const headers = { host: new URL(region.url(slug)).host };
    request({ host: '127.0.0.1', port: region.port, path, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part) => { text += part; });
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, text }));
    }).on('error', reject).end();
  });
}
