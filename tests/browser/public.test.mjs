// What everybody sees of reports: the list beside its map, the heat map, statistics, and following.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { person, startBrowser, startRegion } from './region.mjs';
import { sendOff, tell } from './way.mjs';

let region;
let browser;
before(async () => {
  region = await startRegion({ cases: 400 });
  browser = await startBrowser();
  // What maps and statistics count is copied a few seconds after it was written.
  const page = await person(browser);
  for (const slug of ['koeln', 'rhein-sieg-kreis']) {
    const url = region.url(slug, '/anliegen/karte.json?bbox=6,50,8,52');
    await page.goto(region.url(slug, '/stil'));
    await page.waitForFunction(async (url) => {
      const { features } = await (await fetch(url)).json();
      return features.reduce((sum, { properties }) => sum + (properties.count ?? 1), 0) >= 400;
    }, url, { polling: 500, timeout: 60_000 });
  }
});
after(async () => { await browser?.close(); await region?.stop(); });

/** What a program outside of any browser gets: no cookie, no header that a browser would add. */
function program(path, { method = 'GET', body = '' } = {}) {
  return new Promise((resolve, reject) => {
    const headers = { host: new URL(region.url('koeln')).host, accept: 'application/json' };
    if (body) headers['content-type'] = 'application/x-www-form-urlencoded';
    request({ host: '127.0.0.1', port: region.port, path, method, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part) => { text += part; }).on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, text }));
    }).on('error', reject).end(body);
  });
}

test('without script: the form filters, the map is a drawing with links, and going on meets each report once', async () => {
  const page = await person(browser, { javaScriptEnabled: false });
  await page.goto(region.url('rhein-sieg-kreis', '/anliegen'));
  await page.locator('#kategorie').selectOption('laterne');
  await page.locator('#status').selectOption('beendet');
  await page.getByText('Weitere Auswahl').click();
  await page.locator('#von').fill('2025-01-01');
  await page.getByRole('button', { name: 'Anzeigen' }).click();
  const query = new URL(page.url()).searchParams;
  assert.deepEqual([query.get('kategorie'), query.get('status'), query.get('von')], ['laterne', 'beendet', '2025-01-01']);
  const titles = await page.locator('.raum-list__item a').allInnerTexts();
  assert.ok(titles.length > 0 && titles.every((title) => title.startsWith('Straßenlaterne')), titles.join());

  await page.goto(region.url('rhein-sieg-kreis', '/anliegen'));
  const numbers = [];
  for (;;) {
    numbers.push(...await page.locator('.raum-list__item p').allInnerTexts());
    const next = page.locator('a[rel=next]');
    if (await next.count() === 0) break;
    await next.click();
  }
  const each = new Set(numbers.map((text) => text.match(/^\d+-\d+/)[0]));
  assert.equal(each.size, numbers.length);
  assert.equal(each.size, 400);

  await page.goto(region.url('rhein-sieg-kreis', '/anliegen'));
  const spots = page.locator('svg.raum-spots a');
  assert.ok(await spots.count() > 10 && await spots.count() <= 300);
  const title = await spots.last().locator('title').textContent();
  assert.ok(title.length > 5, title);
  const cluster = page.locator('svg.raum-spots a[href*="bbox="]').first();
  const shown = Number(await cluster.locator('text').textContent());
  await page.goto(region.url('rhein-sieg-kreis', await cluster.getAttribute('href')));
  assert.equal(await page.locator('.raum-list__item').count(), Math.min(30, shown), 'the list is what the cluster counted');
});

test('sorted by distance from an address, with the distance in words', async () => {
  const page = await person(browser, { javaScriptEnabled: false });
  await page.goto(region.url('koeln', '/anliegen'));
  const first = await page.locator('.raum-list__item a').first().innerText();
  const street = first.split(', ')[1];
  await page.getByText('Weitere Auswahl').click();
  await page.locator('#adresse').fill(street);
  await page.locator('#umkreis').selectOption('50000');
  await page.getByRole('button', { name: 'Anzeigen' }).click();
  assert.match(page.url(), /lat=5\d\.\d{6}&long=\d\.\d{6}&umkreis=50000/);
  await page.getByRole('link', { name: 'Nächste zuerst' }).click();
  const far = (await page.locator('.raum-list__item p').allInnerTexts()).map((text) => {
    const [, number, unit] = text.match(/ · ([\d,]+) (m|km) entfernt$/);
    return Number(number.replace(',', '.')) * (unit === 'km' ? 1000 : 1);
  });
  assert.equal(far.length, 30);
  assert.deepEqual(far, far.toSorted((a, b) => a - b));
  assert.equal(far[0], 0);
});

test('what is wrong is named, keeps what was written and answers 400', async () => {
  const page = await person(browser);
  const answer = await page.goto(region.url('koeln', '/anliegen?von=gestern&lat=99&long=7&kategorie=unsinn'));
  assert.equal(answer.status(), 400);
  assert.equal(await page.locator('[data-error-summary] li').count(), 3);
  await page.goto(region.url('koeln', '/anliegen?von=gestern&kategorie=laterne&q=dunkel'));
  assert.deepEqual([await page.locator('#kategorie').inputValue(), await page.locator('#q').inputValue()], ['laterne', 'dunkel']);
  for (const path of ['/anliegen/daten.csv?status=egal', '/anliegen/feed.atom?gebiet=1', '/anliegen/karte.json']) {
    const { status, text } = await program(path);
    assert.equal(status, 400, path);
    assert.equal(JSON.parse(text).errors.length, 1, path);
  }
});

test('with script: moving the map counts anew, and the list follows; all by keyboard', async () => {
  const page = await person(browser);
  await page.goto(region.url('koeln', '/anliegen?status=offen'));
  await page.locator('[data-map][data-ready][data-shown]').waitFor();
  const here = page.locator('[data-reports-here]');
  assert.equal(await here.isVisible(), false);
  assert.ok(await page.locator('.leaflet-marker-icon.raum-cluster, path.leaflet-interactive').count() > 0);
  const asked = page.waitForRequest((request) => request.url().includes('/anliegen/karte.json?status=offen&bbox='));
  await page.locator('[data-map]').focus();
  await page.keyboard.press('+');
  await asked;
  await here.waitFor();
  await here.focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/anliegen\?status=offen&bbox=/);
  await page.locator('[data-map][data-ready]').waitFor();
  assert.equal(await page.getByRole('link', { name: 'Kartenausschnitt aufheben' }).count(), 1);
  assert.deepEqual(page.complaints, []);
});

test('the heat map has a legend in words, and statistics have their figures as tables and files', async () => {
  const page = await person(browser);
  await page.goto(region.url('koeln', '/anliegen?status=beendet'));
  await page.getByRole('link', { name: 'Wärmekarte' }).click();
  assert.ok(await page.locator('svg.raum-heat rect').count() > 20);
  const legend = await page.locator('.raum-legend li').allInnerTexts();
  assert.ok(legend.length >= 2 && legend.every((text) => /^\d+(–\d+)? je Feld$/.test(text)), legend.join());
  const count = Number((await page.locator('main').innerText()).match(/(\d+) Anliegen\./)[1]);
  const cells = await page.locator('svg.raum-heat rect title').evaluateAll((all) => all
    .map(({ textContent }) => (textContent.startsWith('Ein ') ? 1 : Number(textContent.match(/\d+/)[0]))).reduce((a, b) => a + b));
  assert.equal(cells, count);

  await page.goto(region.url('koeln', '/anliegen/statistik?von=2024-11&bis=2026-11'));
  assert.ok(await page.locator('svg.raum-plot__drawing').isVisible());
  const { text: csv } = await program(await page.locator('a[href*="monate.csv"]').getAttribute('href'));
  const lines = csv.trim().split('\r\n');
  assert.equal(lines[0], 'monat,eingegangen,beendet');
  assert.equal(lines.length, 26);
  await page.locator('.raum-plot__figures summary').focus();
  await page.keyboard.press('Enter');
  const table = await page.locator('.raum-plot__figures tbody tr').allInnerTexts();
  assert.deepEqual(table.map((row) => row.split(/\s+/).slice(1, 3).join()), lines.slice(1).map((line) => line.split(',').slice(1).join()));
  assert.deepEqual(page.complaints, []);
});

function mails(to) {
  const folder = join(region.dir, 'members', 'koeln', 'mail');
  let names = [];
  try { names = readdirSync(folder); } catch { /* none yet */ }
  return names.map((name) => readFileSync(join(folder, name), 'utf8')).filter((text) => text.includes(to));
}

async function mail(to, count) {
  for (let wait = 0; wait < 150; wait += 1) {
    const found = mails(to);
    if (found.length >= count) return found;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`no mail to ${to}`);
}

/** Quoted-printable, as far as links need it. */
const plain = (text) => text.replaceAll('=\r\n', '').replaceAll('=3D', '=');

test('following by mail: confirmed by a click, told once, ended by the mail program', async () => {
  const page = await person(browser, { javaScriptEnabled: false });
  await page.goto(region.url('koeln', '/anliegen?kategorie=muell'));
  await page.getByRole('link', { name: 'Folgen', exact: true }).click();
  assert.match(await page.locator('main').innerText(), /Kategorie: Wilder Müll/);
  await page.locator('#email').fill('keine');
  await page.getByRole('button', { name: 'Folgen' }).click();
  assert.match(await page.title(), /^Fehler:/);
  await page.locator('#email').fill('frieda@example.org');
  await page.locator('#rhythmus').selectOption('sofort');
  await page.getByRole('button', { name: 'Folgen' }).click();
  await page.getByText('Bitte sehen Sie in Ihr Postfach').waitFor();
  const [confirm] = await mail('frieda@example.org', 1);
  const link = plain(confirm).match(/http\S+\/anliegen\/folgen\/[\w-]{43}/)[0];
  await page.goto(link);
  await page.getByRole('button', { name: 'Ja, ich möchte folgen' }).click();
  await page.getByText('Sie folgen').waitFor();

  for (const [code, text] of [['muell', 'Ein Sofa'], ['laterne', 'Ganz dunkel']]) {
    await page.goto(region.url('koeln', '/anliegen/neu?lat=50.94&long=6.96'));
    await tell(page, { category: code, text });
    await sendOff(page);
  }
  const [, news] = (await mail('frieda@example.org', 2)).toSorted((a, b) => a.includes('List-Unsubscribe') - b.includes('List-Unsubscribe'));
  assert.match(news, /^List-Unsubscribe-Post: List-Unsubscribe=One-Click\r$/m);
  const end = news.replaceAll('\r\n ', ' ').match(/^List-Unsubscribe:\s+<(\S+)>/m)[1];
  const post = (body) => program(new URL(end).pathname, { method: 'POST', body });
  assert.equal((await post('x=1')).status, 400);
  assert.equal((await program(new URL(end).pathname)).headers.location, new URL(link).pathname, 'a look changes nothing');
  assert.equal((await post('List-Unsubscribe=One-Click')).status, 200);
  assert.equal((await page.goto(link)).status(), 404);
});
