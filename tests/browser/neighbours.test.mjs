// The region: what the neighbours published beside what is our own, with and without script, and honest about its age.
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, test } from 'node:test';
import { person, signIn, startBrowser, startRegion } from './region.mjs';

let region;
let browser;
/** What a program gets. */
const program = (path) => new Promise((resolve, reject) => {
  const headers = { host: new URL(region.url('koeln')).host };
  request({ host: '127.0.0.1', port: region.port, path, headers }, (answer) => {
    let text = '';
    answer.setEncoding('utf8').on('data', (part) => { text += part; }).on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, text }));
  }).on('error', reject).end();
});

before(async () => {
  region = await startRegion({ cases: 120 });
  browser = await startBrowser();
  // Shortly after the start every member has read what the others published.
  for (let tries = 0; tries < 300; tries += 1) {
    const rows = JSON.parse((await program('/region/daten.json?status=alle')).text);
    const members = new Set(rows.map((row) => row.jurisdiction_id));
    if (members.size === 4 && rows.length > 400) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('the region was not filled');
});
after(async () => { await browser?.close(); await region?.stop(); });

test('without script: one list, one search, a drawn map, and how old every part is', async () => {
  const page = await person(browser, { javaScriptEnabled: false });
  await page.goto(region.url('koeln'));
  await page.getByRole('navigation').getByRole('link', { name: 'Region', exact: true }).click();
  const tiles = await page.locator('.raum-tiles').first().locator('li').allInnerTexts();
  assert.equal(tiles.length, 4);
  assert.ok(tiles[0].includes('Stadt Köln') && tiles[0].includes('Stand jetzt'), tiles[0]);
  for (const tile of tiles.slice(1)) assert.match(tile, /aktuell\s+Stand .+ Uhr, (gerade eben|vor (einer|\d+) Minute)/);
  const members = new Set((await page.locator('.raum-list__item p').allInnerTexts()).map((text) => text.split(' · ')[0]));
  assert.ok(members.size > 1, [...members].join());
  await page.locator('#mitglied').selectOption({ label: 'Bundesstadt Bonn' });
  await page.locator('#q').fill('Straße');
  await page.getByRole('button', { name: 'Anzeigen' }).click();
  assert.equal(new URL(page.url()).searchParams.get('mitglied'), new URL(region.url('bonn')).host);
  const found = await page.locator('.raum-list__item p').allInnerTexts();
  assert.ok(found.length > 0 && found.every((text) => text.startsWith('Bundesstadt Bonn')), found.join());
  const href = await page.locator('.raum-list__item a').first().getAttribute('href');
  assert.ok(href.startsWith(region.url('bonn', '/anliegen/')), href);
  await page.locator('.raum-list__item a').first().click();
  await page.waitForURL(region.url('bonn', '/anliegen/*'));
  await page.goto(region.url('koeln', '/region'));
  const spots = page.locator('.raum-spots a');
  assert.ok(await spots.count() > 10);
  assert.equal(await page.locator('.raum-bars tbody tr').count(), 8, 'two plots of four members');
  const next = page.locator('a[rel=next]');
  await next.click();
  await page.getByRole('link', { name: /Anfang|zurück/i }).first().waitFor();
  assert.deepEqual(page.complaints, []);
});

test('with script: the map is moved, counts anew, and leads to the list of what it shows', async () => {
  const page = await person(browser);
  await page.goto(region.url('bonn', '/region?status=alle'));
  const map = page.locator('[data-map]');
  await map.and(page.locator('[data-shown]')).waitFor();
  const cluster = page.locator('.raum-cluster').first();
  await cluster.waitFor();
  await map.focus();
  await page.keyboard.press('+');
  await page.locator('[data-reports-here]').waitFor({ state: 'visible' });
  await page.locator('[data-reports-here]').click();
  await page.waitForURL(/\/region\?.*bbox=/);
  assert.deepEqual(page.complaints, []);
});

test('the same as files, page by page, each row with whose it is and how old', async () => {
  const csv = await program('/region/daten.csv?status=alle');
  assert.equal(csv.headers['content-type'], 'text/csv; charset=utf-8; header=present');
  const rows = csv.text.trim().split('\r\n');
  assert.ok(rows[0].startsWith('mitglied,mitglied_name,stand,nummer'));
  const json = JSON.parse((await program('/region/daten.json?status=alle')).text);
  const geo = JSON.parse((await program('/region/daten.geojson?status=alle')).text);
  assert.equal(geo.features.length, json.length);
  assert.ok(json.every((row) => ['own', 'fresh'].includes(row.freshness) && row.as_of && !('account_id' in row)));
  assert.ok(json.filter((row) => row.freshness === 'fresh').every((row) => row.requested_datetime.endsWith(':00Z')));
  const only = JSON.parse((await program(`/region/daten.json?mitglied=${new URL(region.url('bonn')).host}`)).text);
  assert.ok(only.length > 0 && only.every((row) => row.url.startsWith(region.url('bonn', '/anliegen/'))));
  const figures = (await program('/region/statistik.csv')).text.trim().split('\r\n');
  assert.equal(figures.length, 5);
});

test('who signs sees how the feeds go', async () => {
  const page = await person(browser, { javaScriptEnabled: false });
  await signIn(page, region, 'koeln', 'representative');
  await page.goto(region.url('koeln', '/arbeitsplatz/verbund'));
  await page.getByRole('link', { name: 'Öffentliche Protokolle der anderen' }).click();
  assert.equal(await page.getByText('in Ordnung', { exact: true }).count(), 3);
  assert.deepEqual(page.complaints, []);
});
