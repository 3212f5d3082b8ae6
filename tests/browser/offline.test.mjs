// Without a network: the report waits in the browser, survives closing it, and arrives exactly once.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { person, startBrowser, startRegion } from './region.mjs';
import { picture } from './way.mjs';

let region;
let profile;
before(async () => {
  region = await startRegion({ cases: 1 });
  profile = mkdtempSync(join(tmpdir(), 'raum-profile-'));
});
after(async () => {
  await region?.stop();
  if (profile) rmSync(profile, { recursive: true, force: true });
});

const open = () => chromium.launchPersistentContext(profile, {
  executablePath: '/usr/bin/chromium', locale: 'de-DE', viewport: { width: 360, height: 780 },
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});

const ready = (page) => page.evaluate(() => navigator.serviceWorker.ready.then(() => true));

async function reports(text) {
  const context = await (await startBrowserOnce()).newContext();
  const page = await context.newPage();
  await page.goto(region.url('koeln', '/impressum'));
  const list = await page.evaluate(() => fetch('/open311/v2/requests.json').then((got) => got.json()));
  await context.close();
  return list.filter(({ description }) => description === text);
}

let shared;
async function startBrowserOnce() {
  shared ??= await startBrowser();
  return shared;
}
after(async () => shared?.close());

async function write(page, text) {
  await page.locator('#address_string').fill('Am Waldrand, hinter der Bank');
  await page.locator('#service_code').selectOption('laterne');
  await page.locator('[data-questions=laterne] input[type=radio]').first().check();
  await page.locator('#description').fill(text);
}

test('a report written offline survives closing the browser and is taken exactly once', async () => {
  const text = `Dunkel seit gestern ${Date.now()}`;
  let context = await open();
  let page = context.pages()[0] ?? await context.newPage();
  await page.goto(region.url('koeln', '/'));
  await ready(page);
  await context.setOffline(true);
  await page.goto(region.url('koeln', '/anliegen/neu'));
  await page.getByRole('heading', { name: 'Anliegen ohne Netz melden' }).waitFor();
  await page.getByRole('button', { name: 'In den Ausgang legen' }).click();
  const missing = page.locator('[data-missing]');
  await missing.waitFor();
  assert.equal(await missing.locator('li').count(), 3, 'place, category and description');
  assert.ok(await page.getByRole('button', { name: 'In den Ausgang legen' }).isEnabled());
  await write(page, text);
  await page.locator('#media').setInputFiles([picture()]);
  await page.getByRole('heading', { name: 'Gesichter und Kennzeichen schwärzen' }).waitFor();
  await page.waitForTimeout(1500);
  await page.reload();
  // What was written survives a reload: the page brings it back as soon as it has read it.
  await page.waitForFunction((told) => document.querySelector('#description')?.value === told, text);
  await page.getByRole('heading', { name: 'Gesichter und Kennzeichen schwärzen' }).waitFor();
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/offline.png`, fullPage: true });
  await page.getByRole('button', { name: 'In den Ausgang legen' }).click();
  await page.waitForURL('**/anliegen/ausgang');
  await page.getByText('Wartet auf ein Netz').waitFor();
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/outbox.png`, fullPage: true });
  await context.close();
  assert.equal((await reports(text)).length, 0);

  context = await open();
  page = context.pages()[0] ?? await context.newPage();
  await page.goto(region.url('koeln', '/anliegen/ausgang'));
  await page.getByText('Angekommen').waitFor();
  const [report, ...others] = await reports(text);
  assert.equal(others.length, 0);
  assert.ok(report.media_url, 'the photo arrived');
  // The network comes and goes, the page is opened again and again: it stays one.
  await context.setOffline(true);
  await context.setOffline(false);
  await page.reload();
  await page.getByText('Angekommen').waitFor();
  assert.equal((await reports(text)).length, 1);
  await page.getByRole('link', { name: 'Stand ansehen' }).click();
  await page.waitForURL('**/anliegen/v/**');
  assert.match(await page.locator('main').innerText(), new RegExp(text));

  await page.goto(region.url('koeln', '/anliegen/ausgang'));
  await page.getByRole('button', { name: /Löschen/ }).click();
  await page.getByText('Im Ausgang liegt nichts.').waitFor();
  await context.close();
});

test('what waits can be deleted before it is sent, and drafts of another month are forgotten', async () => {
  const context = await open();
  const page = context.pages()[0] ?? await context.newPage();
  await page.goto(region.url('koeln', '/anliegen/offline'));
  await ready(page);
  await context.setOffline(true);
  await write(page, 'Nie gesendet');
  await page.getByRole('button', { name: 'In den Ausgang legen' }).click();
  await page.getByText('Wartet auf ein Netz').waitFor();
  await page.getByRole('button', { name: /Löschen/ }).click();
  await page.getByText('Im Ausgang liegt nichts.').waitFor();
  await page.evaluate(() => new Promise((resolve, reject) => {
    const request = indexedDB.open('raum', 1);
    request.onerror = reject;
    request.onsuccess = () => {
      const transaction = request.result.transaction('reports', 'readwrite');
      transaction.objectStore('reports').put({
        id: 'old', created: Date.now() - 31 * 24 * 3600 * 1000, state: 'draft', label: 'Alt', fields: [], photos: [],
      });
      transaction.oncomplete = () => { request.result.close(); resolve(); };
    };
  }));
  await page.reload();
  await page.getByText('Im Ausgang liegt nichts.').waitFor();
  await context.setOffline(false);
  await page.reload();
  await page.waitForTimeout(500);
  assert.equal((await reports('Nie gesendet')).length, 0);
  await context.close();
});

test('what the server refuses is named, can be mended, and nothing personal is in a cache', async () => {
  const context = await open();
  const page = context.pages()[0] ?? await context.newPage();
  await page.goto(region.url('koeln', '/anliegen/offline'));
  await ready(page);
  await write(page, 'Mit falscher Adresse');
  await page.locator('#email').fill('keine adresse');
  await page.getByRole('button', { name: 'In den Ausgang legen' }).click();
  await page.getByText('Bitte geben Sie eine gültige E-Mail-Adresse an.').waitFor();
  await page.getByRole('button', { name: /Verbessern/ }).click();
  await page.waitForURL('**/anliegen/offline');
  assert.equal(await page.locator('#description').inputValue(), 'Mit falscher Adresse');
  await page.locator('#email').fill('gerda@example.org');
  await page.getByRole('button', { name: 'In den Ausgang legen' }).click();
  await page.getByText('Angekommen').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Jetzt senden' }).isVisible(), false, 'nothing waits');
  await page.getByRole('link', { name: 'Stand ansehen' }).click();
  await page.getByText('gerda@example.org').waitFor();
  const cached = await page.evaluate(async () => {
    const found = [];
    for (const name of await caches.keys()) {
      for (const request of await (await caches.open(name)).keys()) {
        found.push([new URL(request.url).pathname, await (await caches.match(request)).text()]);
      }
    }
    return found;
  });
  assert.ok(cached.length > 5);
  assert.ok(cached.every(([path]) => /^\/(assets\/|anliegen\/(offline|ausgang)$)/.test(path)), cached.map(([path]) => path).join());
  assert.ok(!cached.some(([, content]) => content.includes('gerda')));
  await context.close();
});

test('the outbox is idempotent, needs no session and takes nothing from another site', async () => {
  const page = await person(await startBrowserOnce());
  await page.goto(region.url('koeln', '/impressum'));
  const answers = await page.evaluate(async () => {
    const id = crypto.randomUUID();
    const send = async (fields) => {
      const body = new FormData();
      for (const [name, value] of Object.entries({ service_code: 'muell', address_string: 'Am Rhein', description: 'Einmal', ...fields })) body.set(name, value);
      const answer = await fetch('/anliegen/ausgang', { method: 'POST', body, credentials: 'omit' });
      return [answer.status, await answer.text()];
    };
    return {
      all: await Promise.all([1, 2, 3].map(() => send({ client_id: id }))),
      none: await send({ client_id: '1' }),
      far: await send({ client_id: crypto.randomUUID(), lat: '48.1', long: '11.5' }),
    };
  });
  assert.equal(new Set(answers.all.map(([, body]) => body)).size, 1, JSON.stringify(answers.all));
  assert.equal(answers.all[0][0], 200);
  assert.equal(answers.none[0], 400);
  assert.equal(answers.far[0], 400);
  const foreign = await fetch(`http://127.0.0.1:${region.port}/anliegen/ausgang`, {
    method: 'POST', headers: { 'sec-fetch-site': 'cross-site' }, body: new FormData(),
  });
  assert.ok([403, 421].includes(foreign.status));
});

test('the app can be installed: its description, icons and worker are served as they must be', async () => {
  const page = await person(await startBrowserOnce());
  await page.goto(region.url('koeln', '/'));
  const found = await page.evaluate(async () => {
    const manifest = await (await fetch(document.querySelector('link[rel=manifest]').href)).json();
    const icons = await Promise.all(manifest.icons.map(async ({ src, type }) => (await fetch(src)).headers.get('content-type') === type));
    const worker = await fetch('/sw.js');
    return { manifest, icons, type: worker.headers.get('content-type'), cache: worker.headers.get('cache-control'), policy: worker.headers.get('content-security-policy') };
  });
  assert.equal(found.manifest.display, 'standalone');
  assert.ok(found.icons.every(Boolean));
  assert.match(found.type, /^text\/javascript/);
  assert.equal(found.cache, 'no-cache');
  assert.match(found.policy, /worker-src 'self'/);
});

test('without script the outbox and the offline page explain themselves', async () => {
  const page = await person(await startBrowserOnce(), { javaScriptEnabled: false });
  await page.goto(region.url('koeln', '/anliegen/ausgang'));
  assert.match(await page.locator('main').innerText(), /Ohne Skript kann der Browser nichts aufheben/);
  await page.goto(region.url('koeln', '/anliegen/offline'));
  assert.ok(await page.getByRole('link', { name: 'Anliegen melden' }).last().isVisible());
});
