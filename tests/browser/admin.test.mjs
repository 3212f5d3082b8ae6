// The administration of Anliegen, without script: what is changed is seen at once, and files are looked at first.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { person, signIn, startBrowser, startRegion } from './region.mjs';
import { goOn, sendOff, tell } from './way.mjs';

const DESK = '/arbeitsplatz/anliegen';

let region;
let browser;
let admin;
before(async () => {
  region = await startRegion();
  browser = await startBrowser();
  admin = await person(browser, { javaScriptEnabled: false });
  await signIn(admin, region, 'koeln', 'admin');
});
after(async () => { await browser?.close(); await region?.stop(); });

const go = (page, path) => page.goto(region.url('koeln', path));
const press = (page, name) => page.getByRole('main').getByRole('button', { name, exact: true }).click();
const json = async (page, path) => (await go(page, path)).json();

test('who may not change settings sees none of it', async () => {
  const clerk = await person(browser, { javaScriptEnabled: false });
  await signIn(clerk, region, 'koeln', 'clerk');
  for (const page of ['', '/kategorien', '/importe', '/zustaendigkeiten', '/feiertage', '/dienstzeiten', '/vorlagen', '/strassen', '/stadtteile']) {
    assert.equal((await go(clerk, DESK + page)).status(), 403, page);
  }
});

test('a new category with a question is in the form and in Open311 at once', async () => {
  await go(admin, DESK);
  await admin.getByRole('link', { name: 'Kategorien', exact: true }).click();
  await admin.getByRole('link', { name: 'Neue Kategorie' }).click();
  await press(admin, 'Speichern');
  await admin.getByText('Bitte prüfen Sie Ihre Eingaben').waitFor();
  assert.equal(await admin.locator('#code-fehler').count(), 1);
  await admin.locator('#code').fill('brunnen');
  await admin.locator('#name').fill('Brunnen ohne Wasser');
  await admin.locator('#grouping').fill('Stadtbild');
  await admin.locator('#promise_hours').fill('24');
  await admin.locator('#office').selectOption({ label: 'Amt für Grünflächen' });
  await press(admin, 'Speichern');
  await go(admin, `${DESK}/kategorien/brunnen/fragen`);
  await admin.locator('#code').fill('art');
  await admin.locator('#text').fill('Was für ein Brunnen?');
  await admin.locator('#datatype').selectOption('singlevaluelist');
  await press(admin, 'Speichern');
  await admin.locator('#choices-fehler').waitFor();
  await admin.locator('#choices').fill('trink; Trinkbrunnen; Drinking fountain\nzier; Zierbrunnen');
  await press(admin, 'Speichern');
  await admin.getByRole('link', { name: 'Was für ein Brunnen?' }).waitFor();

  const citizen = await person(browser, { javaScriptEnabled: false });
  const offered = async () => {
    await go(citizen, '/anliegen/neu?lat=50.94&long=6.96');
    await goOn(citizen);
    await goOn(citizen);
    return citizen.locator('[name=service_code][value=brunnen]').count();
  };
  assert.equal(await offered(), 1);
  assert.ok((await json(admin, '/open311/v2/services.json')).some((service) => service.service_code === 'brunnen' && service.service_name === 'Brunnen ohne Wasser'));

  await go(admin, `${DESK}/kategorien/brunnen`);
  await admin.locator('#active').uncheck();
  await press(admin, 'Speichern');
  assert.equal(await offered(), 0);
});

test('categories change places without script', async () => {
  await go(admin, `${DESK}/kategorien`);
  const names = () => admin.locator('tbody th a').allInnerTexts();
  const [first, second] = await names();
  await admin.getByRole('button', { name: `${first} nach unten` }).click();
  assert.deepEqual((await names()).slice(0, 2), [second, first]);
});

const square = (west, south, side) => [[[west, south], [west + side, south], [west + side, south + side], [west, south + side], [west, south]]];
const districts = (list) => Buffer.from(JSON.stringify({
  type: 'FeatureCollection',
  features: list.map(([key, name, coordinates]) => ({ type: 'Feature', properties: { key, name }, geometry: { type: 'Polygon', coordinates } })),
}));

async function send(kind, buffer, name = 'datei.geojson', replace = true) {
  await go(admin, `${DESK}/importe`);
  await admin.locator('#art').selectOption(kind);
  await admin.locator('#datei').setInputFiles({ name, mimeType: 'application/octet-stream', buffer });
  if (replace) await admin.locator('#ersetzen').check();
  await press(admin, 'Prüfen und ansehen');
}

test('a file that is wrong is refused with its feature, and nothing changes', async () => {
  await send('districts', districts([['1', 'West', square(6.9, 50.9, 0.05)], ['2', 'Ost', square(6.92, 50.9, 0.05)]]));
  await admin.getByText('So kann die Datei nicht übernommen werden').waitFor();
  assert.match(await admin.locator('main').innerText(), /Objekt \d \((West|Ost)\): Überschneidet sich mit (West|Ost) auf [\d.]+ ha/);
  assert.equal(await admin.getByRole('button', { name: 'Übernehmen' }).count(), 0);
  await press(admin, 'Verwerfen');
  await go(admin, `${DESK}/stadtteile`);
  await admin.getByRole('rowheader', { name: 'Innenstadt' }).waitFor();
});

test('districts are shown beside the old ones before they are taken over', async () => {
  await send('districts', districts([['1', 'Neustadt', square(6.9, 50.9, 0.05)], ['20', 'Neuland', square(6.95, 50.9, 0.05)]]));
  const text = await admin.locator('main').innerText();
  assert.match(text, /geändert\s+1\s+Neustadt/);
  assert.match(text, /neu\s+20\s+Neuland/);
  assert.match(text, /fällt weg\s+2\s+Rodenkirchen/);
  assert.ok(await admin.locator('svg path[stroke-dasharray="6 4"]').count() === 1, 'the old outline is dashed');
  // Looking changes nothing.
  await go(admin, `${DESK}/stadtteile`);
  await admin.getByRole('rowheader', { name: 'Innenstadt' }).waitFor();
  await admin.goBack();
  await press(admin, 'Übernehmen');
  await admin.getByRole('rowheader', { name: 'Neuland' }).waitFor();
  assert.equal(await admin.getByRole('rowheader', { name: 'Rodenkirchen' }).count(), 0);
});

test('a rule decides who is responsible, is explained, and holds for the next report', async () => {
  await go(admin, `${DESK}/zustaendigkeiten`);
  await admin.locator('#was').selectOption({ label: 'Straßen und Verkehrsanlagen: Ampel gestört' });
  await press(admin, 'Hinzufügen');
  await admin.locator('#amt-fehler').waitFor();
  await admin.locator('#was').selectOption({ label: 'Straßen und Verkehrsanlagen: Ampel gestört' });
  await admin.locator('#name').fill('Straßen.NRW');
  await admin.locator('#adresse_url').fill('https://www.strassen.nrw.de/');
  await press(admin, 'Hinzufügen');
  await admin.getByRole('cell', { name: 'Straßen.NRW', exact: true }).waitFor();

  await admin.locator('#test_kategorie').selectOption('ampel');
  await admin.locator('#lat').fill('50.94');
  await admin.locator('#long').fill('6.96');
  await press(admin, 'Nachsehen');
  const answer = await admin.locator('section[aria-labelledby=antwort]').innerText();
  assert.match(answer, /Straßen\.NRW; Amt für Straßen und Verkehr nimmt es an/);
  assert.match(answer, /Regel: Ampel gestört · überall → Straßen\.NRW/);
  await admin.locator('#test_kategorie').selectOption('baum');
  await press(admin, 'Nachsehen');
  assert.match(await admin.locator('section[aria-labelledby=antwort]').innerText(), /Keine Regel passt/);

  const citizen = await person(browser, { javaScriptEnabled: false });
  await go(citizen, '/anliegen/neu?lat=50.94&long=6.96');
  await tell(citizen, { category: 'ampel', text: 'Die Ampel ist aus.' });
  await sendOff(citizen);
  await citizen.getByText('Straßen.NRW. Wir haben Ihr Anliegen angenommen').waitFor();
});

test('days off and service hours are kept, and wrong ones are located', async () => {
  await go(admin, `${DESK}/feiertage?jahr=2027`);
  await admin.getByText('Fronleichnam').waitFor();
  await admin.locator('#tag').fill('2027-02-08');
  await admin.locator('#name').fill('Rosenmontag');
  await press(admin, 'Hinzufügen');
  await admin.getByText('Rosenmontag', { exact: false }).first().waitFor();
  await admin.getByRole('button', { name: 'Fronleichnam entfernen' }).click();
  assert.equal(await admin.getByText('Fronleichnam').count(), 0);
  assert.equal(await admin.getByText('Rosenmontag').count() > 0, true);

  await go(admin, `${DESK}/dienstzeiten`);
  await admin.locator('#fr1_bis').fill('07:00');
  await press(admin, 'Speichern');
  await admin.locator('#fr1_von-fehler').waitFor();
  await admin.locator('#fr1_bis').fill('13:00');
  await press(admin, 'Speichern');
  await go(admin, `${DESK}/dienstzeiten`);
  assert.equal(await admin.locator('#fr1_bis').inputValue(), '13:00');
});

test('templates are written, changed and removed', async () => {
  await go(admin, `${DESK}/vorlagen`);
  await admin.locator('#name').fill('Danke');
  await admin.locator('#text').fill('Vielen Dank, wir kümmern uns.');
  await admin.locator('#status').selectOption('in_progress');
  await press(admin, 'Speichern');
  await admin.getByRole('link', { name: 'Danke' }).click();
  await admin.locator('#name').fill('Dank und Bitte');
  await press(admin, 'Speichern');
  await admin.getByRole('link', { name: 'Dank und Bitte' }).click();
  await press(admin, 'Vorlage entfernen');
  await admin.getByText('Es gibt noch keine Vorlagen.').waitFor();
});

test('addresses are found in every spelling, on the page and by script', async () => {
  await go(admin, `${DESK}/strassen?q=${encodeURIComponent('goethestr 3, koeln')}`);
  await admin.getByText('Goethestraße 3, 50667 Köln').waitFor();
  const found = await json(admin, '/karte/adresse?q=Straße des Fridens 4');
  assert.equal(found[0].label, 'Straße des Friedens 4, 50667 Köln');
  await send('streets', Buffer.from('town;street;number;zip;lat;lon\nKöln;Am Testfeld;1 b;50999;50.94;6.96'), 'liste.csv', false);
  await press(admin, 'Übernehmen');
  await admin.getByText('Hausnummern insgesamt: 1').waitFor();
  // Without replacing, towns that are not in the list keep theirs; Köln's are those of the list now.
  assert.equal((await json(admin, '/karte/adresse?q=Am Testfeld 1b')).length, 1);
  assert.equal((await json(admin, '/karte/adresse?q=Goethestraße 3')).length, 0);
});

test('every change stands in the audit', async () => {
  const auditor = await person(browser, { javaScriptEnabled: false });
  await signIn(auditor, region, 'koeln', 'auditor');
  await go(auditor, '/arbeitsplatz/protokoll');
  const text = await auditor.locator('main').innerText();
  for (const kind of ['category.changed', 'category.moved', 'question.changed', 'import.uploaded', 'import.discarded', 'import.applied',
    'responsibility.changed', 'holiday.changed', 'hours.changed', 'template.changed']) {
    assert.ok(text.includes(kind), kind);
  }
});
