// What staff do at the desk, in a real browser: with and without script.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { person, signIn, startBrowser, startRegion } from './region.mjs';
import { sendOff, tell } from './way.mjs';

let region;
let browser;
let lead;
before(async () => {
  region = await startRegion({ cases: 80 });
  browser = await startBrowser();
  lead = await person(browser);
  await signIn(lead, region, 'koeln', 'lead');
});
after(async () => { await browser?.close(); await region?.stop(); });

const desk = (path = '') => region.url('koeln', `/arbeitsplatz${path}`);

/** A new report by somebody who is not signed in; gives its number and tracking link. */
async function report({ category = 'laterne', text = 'Die Laterne ist dunkel.', lat = 50.94, long = 6.96, photo } = {}) {
  const citizen = await person(browser, { javaScriptEnabled: false });
  await citizen.goto(region.url('koeln', `/anliegen/neu?lat=${lat}&long=${long}`));
  const photos = photo ? [{ name: 'foto.jpg', mimeType: 'image/jpeg', buffer: photo }] : [];
  await tell(citizen, { category, text, photos });
  return { ...await sendOff(citizen), citizen };
}

/** What the page's own browser gets from an address: the status and the text. */
const get = (page, url) => page.evaluate(async (address) => {
  const answer = await fetch(address);
  return { status: answer.status, text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(await answer.arrayBuffer()) };
}, url);

const state = async (page, number) => {
  await page.goto(desk(`/fall/${number}`));
  return page.locator('main .kern-badge').first().innerText();
};

test('without script: columns sort by links, a filter is kept under a name and opens the inbox', async () => {
  const clerk = await person(browser, { javaScriptEnabled: false });
  await signIn(clerk, region, 'koeln', 'clerk');
  await clerk.goto(desk('?status=alle'));
  await clerk.getByRole('link', { name: 'Nummer', exact: true }).click();
  assert.equal(await clerk.locator('th[aria-sort=ascending]').innerText(), 'Nummer');
  const opened = async () => (await clerk.locator('tbody th a').allInnerTexts()).map((text) => text.split('-').reverse().map(Number));
  const compare = (a, b) => a[0] - b[0] || a[1] - b[1];
  const up = await opened();
  assert.deepEqual(up, [...up].sort(compare));
  await clerk.getByRole('link', { name: 'Nummer', exact: true }).click();
  assert.equal(await clerk.locator('th[aria-sort=descending]').innerText(), 'Nummer');

  await clerk.goto(desk('?status=beendet&sort=nummer'));
  await clerk.getByText('Filtern und merken').click();
  await clerk.locator('#name').fill('Rückblick');
  await clerk.locator('#start').check();
  await clerk.getByRole('button', { name: 'Filter merken' }).click();
  await clerk.goto(desk());
  assert.match(clerk.url(), /status=beendet&sort=nummer/);
  assert.ok((await clerk.locator('tbody tr').allInnerTexts()).every((row) => /erledigt|nicht möglich/.test(row)));
  await clerk.goto(desk('?status=todo'));
  assert.ok((await clerk.locator('tbody tr').allInnerTexts()).every((row) => /offen|in Bearbeitung/.test(row)));
  await clerk.getByText('Filtern und merken').click();
  await clerk.getByRole('button', { name: 'Entfernen Rückblick' }).click();
  await clerk.goto(desk());
  assert.equal(clerk.url(), desk());
});

test('paging through the whole inbox meets every case once', async () => {
  const seen = [];
  await lead.goto(desk('?status=alle&sort=frist'));
  for (;;) {
    seen.push(...await lead.locator('tbody th a').allInnerTexts());
    const next = lead.getByRole('navigation', { name: 'Seiten' }).locator('a[rel=next]');
    if (await next.count() === 0) break;
    await next.click();
  }
  assert.ok(seen.length >= 80);
  assert.equal(new Set(seen).size, seen.length);
});

test('with many at once: what is possible happens, what is not is named, and all of it can be taken back', async () => {
  const [a, b] = [await report(), await report({ text: 'Noch eine.' })];
  await lead.goto(desk(`/fall/${b.number}`));
  await lead.getByText('Status ändern', { exact: true }).click();
  await lead.getByRole('button', { name: 'nicht möglich', exact: true }).click();

  await lead.goto(desk('?status=alle'));
  for (const { number } of [a, b]) await lead.getByLabel(`${number} auswählen`).check();
  await lead.locator('#schritt').selectOption('status');
  await lead.locator('#neuer-status').selectOption('done');
  await lead.getByRole('button', { name: 'Prüfen, was geschieht' }).click();
  let text = await lead.locator('main').innerText();
  assert.match(text, /Mit einem Vorgang/);
  assert.match(text, new RegExp(`${b.number}: Der Vorgang hat inzwischen einen anderen Status`));
  assert.equal(await state(lead, a.number), 'offen', 'looking changes nothing');
  await lead.goBack();
  await lead.getByRole('button', { name: 'Ausführen' }).click();
  text = await lead.locator('main').innerText();
  assert.match(text, /Ein Vorgang bleibt, wie er ist/);
  const done = lead.url();
  assert.equal(await state(lead, a.number), 'erledigt');
  assert.equal(await state(lead, b.number), 'nicht möglich');

  await lead.goto(done);
  await lead.getByRole('button', { name: 'Alles zurücknehmen' }).click();
  await lead.getByRole('heading', { name: 'Zurückgenommen' }).waitFor();
  assert.equal(await state(lead, a.number), 'offen');
  assert.match(await lead.locator('.raum-timeline').innerText(), /Zurückgenommen\s+Status ändern/);

  const clerk = await person(browser);
  await signIn(clerk, region, 'koeln', 'clerk');
  const foreign = await report({ category: 'muell' });
  await clerk.goto(desk(`/auswahl?schritt=nehmen&fall%5B%5D=${a.number}&fall%5B%5D=${foreign.number}`));
  text = await clerk.locator('main').innerText();
  assert.match(text, new RegExp(`${foreign.number}: Dafür fehlt Ihnen die Berechtigung`));
  await clerk.getByRole('button', { name: 'Ausführen' }).click();
  assert.match(await clerk.locator('main').innerText(), new RegExp(`${foreign.number}: Dafür fehlt Ihnen die Berechtigung`));
  assert.equal((await lead.goto(desk(`/fall/${foreign.number}`))).status(), 200);
  assert.doesNotMatch(await lead.locator('.raum-timeline').innerText(), /Zugewiesen/);
});

test('undo is offered for the last step only, and never by a form of somebody who may not', async () => {
  const { number } = await report();
  await lead.goto(desk(`/fall/${number}`));
  await lead.getByRole('button', { name: 'Übernehmen', exact: true }).click();
  const action = await lead.locator('form[action*="/zurueck/"]').getAttribute('action');
  await lead.locator('[data-note] summary').click();
  await lead.locator('#notiz').fill('Nur für uns.');
  await lead.locator('[data-note]').getByRole('button').click();
  assert.equal(await lead.locator('form[action*="/zurueck/"]').count(), 0, 'a note came after it');
  const send = (page, id) => page.evaluate(async ([url, form]) => {
    const body = new URLSearchParams({ _form: form });
    return (await fetch(url, { method: 'POST', body })).status;
  }, [action, id]);
  await send(lead, crypto.randomUUID());
  await lead.goto(desk(`/fall/${number}`));
  assert.equal(await lead.getByRole('button', { name: 'Übernehmen', exact: true }).count(), 0, 'still mine');
  const citizen = await person(browser);
  await signIn(citizen, region, 'koeln', 'citizen');
  assert.equal(await send(citizen, crypto.randomUUID()), 403);
});

test('a template is filled with the words of the case and brings its state', async () => {
  const { number } = await report();
  await lead.goto(desk(`/fall/${number}`));
  await lead.locator('#vorlage').selectOption({ label: 'Erledigt' });
  await lead.getByRole('button', { name: 'Vorlage einsetzen' }).click();
  assert.match(await lead.locator('#text').inputValue(), new RegExp(`Ihr Anliegen ${number} ist erledigt`));
  assert.equal(await lead.locator('#antwort-status').inputValue(), 'done');
  await lead.getByRole('button', { name: 'Antworten', exact: true }).click();
  assert.equal(await state(lead, number), 'erledigt');
});

test('a due date needs a reason, and what is overdue is said in words', async () => {
  const { number } = await report();
  await lead.goto(desk(`/fall/${number}`));
  const change = async (why) => {
    if (!await lead.locator('#frist').isVisible()) await lead.locator('summary', { hasText: 'Frist ändern' }).click();
    await lead.locator('#frist').fill('2026-01-02');
    await lead.locator('#frist-grund').fill(why);
    await lead.getByRole('button', { name: 'Frist ändern' }).click();
  };
  await change('');
  await lead.locator('[data-error-summary]').getByRole('link').click();
  assert.equal(await lead.evaluate(() => document.activeElement.id), 'frist-grund', 'what is wrong is where it was written');
  assert.equal(await lead.locator('#frist').inputValue(), '2026-01-02');
  await change('Ersatzteil fehlt');
  assert.match(await lead.locator('.raum-timeline').innerText(), /2\.1\.2026: Ersatzteil fehlt/);
  await lead.goto(desk('?frist=ueberfaellig&sort=frist'));
  const row = lead.locator('tbody tr', { hasText: number });
  assert.match(await row.innerText(), /2\.1\.2026 überfällig/);
});

test('a twin is followed up with the other, hears its answers, has left the public list, and is split again', async () => {
  const main = await report({ lat: 50.951, long: 6.951, text: 'Das Original.' });
  const twin = await report({ lat: 50.9511, long: 6.9511, text: 'Der Zwilling.' });
  await lead.goto(desk(`/fall/${twin.number}`));
  await lead.getByRole('link', { name: 'Mit einem anderen Anliegen weiterverfolgen' }).click();
  await lead.getByRole('button', { name: `Bei ${main.number} weiterverfolgen` }).click();
  assert.match(await lead.locator('main').innerText(), new RegExp(`Wird bei ${main.number} weiterverfolgt`));

  await lead.goto(desk(`/fall/${main.number}`));
  assert.match(await lead.locator('main').innerText(), new RegExp(`Hier mit weiterverfolgt\\s+${twin.number}`));
  await lead.locator('#text').fill('Am Montag getauscht.');
  await lead.locator('#antwort-status').selectOption('done');
  await lead.getByRole('button', { name: 'Antworten', exact: true }).click();
  await twin.citizen.goto(twin.tracking);
  const seen = await twin.citizen.locator('main').innerText();
  assert.match(seen, new RegExp(`Wird weiterverfolgt bei\\s+${main.number}`));
  assert.match(seen, /Am Montag getauscht\./);
  assert.match(seen, /erledigt/);
  await twin.citizen.goto(region.url('koeln', `/anliegen/${twin.number}`));
  await twin.citizen.getByRole('main').getByRole('link', { name: new RegExp(`^${main.number} `) }).click();
  assert.equal(twin.citizen.url(), region.url('koeln', `/anliegen/${main.number}`));
  await twin.citizen.goto(region.url('koeln', '/anliegen'));
  const listed = await twin.citizen.locator('.raum-list').innerText();
  assert.match(listed, new RegExp(main.number));
  assert.doesNotMatch(listed, new RegExp(twin.number));

  // Neither a chain nor a circle.
  await lead.goto(desk(`/fall/${main.number}/zusammenfuehren`));
  await lead.locator('#into').fill(twin.number);
  await lead.getByRole('button', { name: 'Mit einem anderen Anliegen weiterverfolgen' }).click();
  assert.match(await lead.locator('main').innerText(), /wird bei einem anderen weiterverfolgt/i);

  await lead.goto(desk(`/fall/${twin.number}`));
  await lead.getByRole('button', { name: 'Wieder für sich verfolgen' }).click();
  assert.equal(await state(lead, twin.number), 'offen', 'as it was before');
  await twin.citizen.goto(region.url('koeln', '/anliegen'));
  assert.match(await twin.citizen.locator('.raum-list').innerText(), new RegExp(twin.number));
});

test('what waits for review is seen by nobody else, then released, taken back and kept private', async () => {
  const { citizen } = await report({ category: 'graffiti', text: 'Beleidigung an der Wand.' });
  await lead.goto(desk('?pruefen=1&sort=-nummer'));
  const number = await lead.locator('tbody th a').first().innerText();
  const publicPage = region.url('koeln', `/anliegen/${number}`);
  assert.equal((await citizen.goto(publicPage)).status(), 404);
  await lead.goto(desk('?pruefen=1'));
  await lead.getByRole('link', { name: number, exact: true }).click();
  await lead.getByRole('button', { name: 'Veröffentlichen', exact: true }).click();
  assert.equal((await citizen.goto(publicPage)).status(), 200);
  await citizen.goto(region.url('koeln', '/suche?q=Beleidigung'));
  assert.equal(await citizen.locator('main ul.kern-list li').count(), 1);

  await lead.getByRole('button', { name: 'Zurücknehmen: Veröffentlichen' }).click();
  assert.equal((await citizen.goto(publicPage)).status(), 404);
  await citizen.goto(region.url('koeln', '/suche?q=Beleidigung'));
  assert.equal(await citizen.locator('main ul.kern-list li').count(), 0);
  await lead.goto(desk('?pruefen=1'));
  assert.equal(await lead.getByRole('link', { name: number, exact: true }).count(), 1);
  await lead.getByLabel(`${number} auswählen`).check();
  await lead.locator('#schritt').selectOption('zurueckhalten');
  await lead.getByRole('button', { name: 'Prüfen, was geschieht' }).click();
  await lead.getByRole('button', { name: 'Ausführen' }).click();
  assert.equal((await citizen.goto(publicPage)).status(), 404);
  await lead.goto(desk('?pruefen=1'));
  assert.equal(await lead.getByRole('link', { name: number, exact: true }).count(), 0);
});

test('category, place and text are put right; a text removed for good is nowhere any more', async () => {
  const { number, citizen } = await report({ text: 'Herr Geheim parkt hier.' });
  await lead.goto(desk(`/fall/${number}`));
  await lead.getByRole('link', { name: 'Kategorie ändern' }).click();
  await lead.locator('#category').selectOption('muell');
  await lead.getByRole('button', { name: 'Speichern' }).click();
  assert.match(await lead.locator('main').innerText(), /Abfallwirtschaft/);
  await lead.getByRole('link', { name: 'Ort ändern' }).click();
  await lead.locator('#lat').fill('48.1');
  await lead.locator('#long').fill('11.5');
  await lead.getByRole('button', { name: 'Speichern' }).click();
  await lead.locator('[data-error-summary]').waitFor();
  await lead.locator('#lat').fill('50.95');
  await lead.locator('#long').fill('6.95');
  await lead.getByRole('button', { name: 'Speichern' }).click();
  assert.match(await lead.locator('main').innerText(), /50\.950000, 6\.950000/);

  await lead.getByRole('link', { name: 'Beschreibung berichtigen' }).click();
  await lead.locator('#description').fill('Herr Geheim parkt dort.');
  await lead.getByRole('button', { name: 'Speichern' }).click();
  await lead.getByRole('link', { name: 'Beschreibung berichtigen' }).click();
  assert.match(await lead.locator('main').innerText(), /Herr Geheim parkt hier\./);
  await lead.locator('#description').fill('Jemand parkt dort.');
  await lead.locator('#remove').check();
  await lead.getByRole('button', { name: 'Speichern' }).click();
  assert.equal(await lead.locator('form[action*="/zurueck/"]').count(), 0);
  await lead.getByRole('link', { name: 'Beschreibung berichtigen' }).click();
  assert.doesNotMatch(await lead.locator('main').innerText(), /Geheim/);
  for (const page of [citizen, lead]) {
    await page.goto(region.url('koeln', '/suche?q=Geheim'));
    assert.equal(await page.locator('main ul.kern-list li').count(), 0);
  }
});

test('a photo is blacked out without script; the old file is gone, and drawing fills the numbers in', async () => {
  const photo = Buffer.from(await lead.evaluate(async () => {
    const canvas = new OffscreenCanvas(320, 240);
    const pen = canvas.getContext('2d');
    pen.fillStyle = '#fff';
    pen.fillRect(0, 0, 320, 240);
    const blob = await canvas.convertToBlob({ type: 'image/jpeg' });
    return [...new Uint8Array(await blob.arrayBuffer())];
  }));
  const { number, citizen } = await report({ photo });
  const source = async (page) => page.locator('img.raum-photo').first().getAttribute('src');
  await citizen.goto(region.url('koeln', `/anliegen/${number}`));
  const old = await source(citizen);

  const clerk = await person(browser, { javaScriptEnabled: false });
  await signIn(clerk, region, 'koeln', 'clerk');
  await clerk.goto(desk(`/fall/${number}`));
  await clerk.getByRole('link', { name: 'Foto schwärzen' }).click();
  await clerk.locator('#boxes').fill('alles');
  await clerk.getByRole('button', { name: 'Foto schwärzen' }).click();
  await clerk.locator('[data-error-summary]').waitFor();
  await clerk.locator('#boxes').fill('40 40 100 60');
  await clerk.getByRole('button', { name: 'Foto schwärzen' }).click();

  await citizen.goto(region.url('koeln', `/anliegen/${number}`));
  const now = await source(citizen);
  assert.notEqual(now, old);
  const stranger = await person(browser);
  assert.equal((await stranger.goto(region.url('koeln', old))).status(), 404, 'gone for whoever has no copy');
  await lead.goto(region.url('koeln', `/anliegen/${number}`));
  const light = await lead.evaluate(async (src) => {
    const picture = await createImageBitmap(await (await fetch(src)).blob());
    const pen = new OffscreenCanvas(picture.width, picture.height).getContext('2d');
    pen.drawImage(picture, 0, 0);
    return [[90, 70], [250, 200]].map(([x, y]) => pen.getImageData(x, y, 1, 1).data[0]);
  }, now);
  assert.ok(light[0] < 16 && light[1] > 239, light.join());

  await lead.goto(desk(`/fall/${number}/schwaerzen`));
  const box = await lead.locator('[data-boxes] canvas').boundingBox();
  await lead.mouse.move(box.x + box.width / 4, box.y + box.height / 4);
  await lead.mouse.down();
  await lead.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await lead.mouse.up();
  assert.match(await lead.locator('#boxes').inputValue(), /^(79|80|81) (59|60|61) (79|80|81) (59|60|61)$/);
  assert.deepEqual(lead.complaints.filter((text) => !/40[0-9]/.test(text)), []);
});

test('by keyboard alone: through a list, to the answer, and the keys can be switched off', async () => {
  const { number } = await report({ text: 'Für die Tasten.' });
  await lead.goto(desk('?sort=-nummer'));
  await lead.locator('tbody th a').first().focus();
  await lead.keyboard.press('Enter');
  await lead.waitForURL(`**/fall/${number}**`);
  await lead.keyboard.press('n');
  await lead.waitForURL((url) => url.pathname.includes('/fall/') && !url.pathname.endsWith(number));
  await lead.keyboard.press('p');
  await lead.waitForURL(`**/fall/${number}**`);
  await lead.keyboard.press('a');
  assert.equal(await lead.evaluate(() => document.activeElement.id), 'text');
  await lead.keyboard.type('en Abend');
  assert.equal(await lead.locator('#text').inputValue(), 'en Abend', 'letters are letters in a field');
  await lead.keyboard.press('Tab');
  await lead.keyboard.press('Tab');
  await lead.keyboard.press('Enter');
  await lead.locator('.raum-timeline--answer').waitFor();
  await lead.keyboard.press('?');
  await lead.locator('[data-keys-on]').waitFor();
  await lead.keyboard.press('Tab');
  await lead.keyboard.press('Space');
  await lead.locator('h1').click();
  const here = lead.url();
  await lead.keyboard.press('n');
  await lead.waitForTimeout(300);
  assert.equal(lead.url(), here);
  await lead.evaluate(() => localStorage.clear());
});

test('an export holds what the list shows, is for leads only, and stands in the audit', async () => {
  await lead.goto(desk('?status=beendet&sort=nummer'));
  const links = await lead.evaluate(() => [...document.querySelectorAll('a[href*="export."]')].map((a) => a.href));
  const csv = (await get(lead, links[0])).text;
  const geojson = JSON.parse((await get(lead, links[1])).text);
  assert.ok(csv.startsWith('\ufeffnummer,modul,'));
  const numbers = geojson.features.map((feature) => feature.properties.nummer);
  const rows = csv.trim().split('\r\n').slice(1);
  assert.deepEqual(rows.map((row) => row.split(',')[0]), numbers);
  assert.ok(numbers.length > 10);
  assert.ok(geojson.features.every(({ geometry, properties }) => geometry.type === 'Point' && ['done', 'declined'].includes(properties.status)));

  const clerk = await person(browser);
  await signIn(clerk, region, 'koeln', 'clerk');
  assert.equal((await get(clerk, links[0])).status, 403);
  const auditor = await person(browser);
  await signIn(auditor, region, 'koeln', 'auditor');
  await auditor.goto(region.url('koeln', '/arbeitsplatz/protokoll'));
  assert.match(await auditor.locator('tbody').innerText(), /cases\.exported/);
});
