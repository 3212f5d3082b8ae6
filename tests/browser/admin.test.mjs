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
  await go(clerk, '/arbeitsplatz');
  assert.equal(await clerk.getByRole('link', { name: 'Anliegen einrichten' }).count(), 0);
  for (const page of ['', '/kategorien', '/importe', '/schluessel', '/webhooks', '/zustaendigkeiten', '/feiertage', '/dienstzeiten', '/vorlagen', '/strassen', '/stadtteile']) {
    assert.equal((await go(clerk, DESK + page)).status(), 403, page);
  }
});

test('a new category with a question is in the form and in Open311 at once', async () => {
  await go(admin, '/arbeitsplatz');
  await admin.getByRole('link', { name: 'Anliegen einrichten' }).click();
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

test('districts are places to ask for in the public list and bars of the statistics', async () => {
  const citizen = await person(browser, { javaScriptEnabled: false });
  await citizen.goto(region.url('bonn', '/anliegen'));
  await citizen.locator('summary', { hasText: 'Weitere Auswahl' }).click();
  await citizen.locator('#gebiet').selectOption({ label: 'Beuel' });
  await citizen.getByRole('button', { name: 'Anzeigen' }).click();
  assert.match(citizen.url(), /gebiet=053140000000%2F3/);
  const some = await citizen.locator('.raum-list li').count();
  assert.ok(some > 0);
  await citizen.goto(region.url('bonn', '/anliegen/statistik'));
  const bar = citizen.getByRole('link', { name: 'Beuel' }).first();
  await bar.click();
  assert.equal(await citizen.locator('.raum-list li').count(), some);
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

test('a promise is counted in service hours, and is the same for the office, for programs and in the calendar', async () => {
  const citizen = await person(browser, { javaScriptEnabled: false });
  await go(citizen, '/anliegen/neu?lat=50.941&long=6.961');
  await tell(citizen, { category: 'laterne', text: 'Dunkel.' });
  const { number } = await sendOff(citizen);
  const [told] = await json(citizen, `/open311/v2/requests/${number}.json`);
  const due = new Date(told.expected_datetime);
  // Service is Monday to Friday; nothing is promised for the night.
  const hour = Number(due.toLocaleTimeString('de-DE', { timeZone: 'Europe/Berlin', hour: '2-digit' }).slice(0, 2));
  assert.ok(hour >= 8 && hour <= 16 && ![0, 6].includes(due.getUTCDay()), told.expected_datetime);
  const lead = await person(browser);
  await signIn(lead, region, 'koeln', 'lead');
  await go(lead, `/arbeitsplatz/fall/${number}`);
  const day = due.toLocaleDateString('de-DE', { timeZone: 'Europe/Berlin' });
  assert.match(await lead.locator('main').innerText(), new RegExp(`Frist: ${day.replaceAll('.', '\\.')}`));
  const calendar = await lead.evaluate(async (path) => (await fetch(path)).text(), `/anliegen/termine.ics?anliegen=${number}`);
  assert.match(calendar, new RegExp(due.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')));
});

test('templates are written, changed and removed', async () => {
  await go(admin, `${DESK}/vorlagen`);
  await admin.locator('#name').fill('Danke');
  await admin.locator('#text').fill('Vielen Dank für {number}, wir kümmern uns.');
  await admin.locator('#status').selectOption('in_progress');
  await press(admin, 'Speichern');
  await admin.getByRole('link', { name: 'Danke' }).click();
  await admin.locator('#name').fill('Dank und Bitte');
  await press(admin, 'Speichern');
  const lead = await person(browser);
  await signIn(lead, region, 'koeln', 'lead');
  await go(lead, '/arbeitsplatz?status=todo');
  const number = await lead.locator('tbody th a').first().innerText();
  await lead.locator('tbody th a').first().click();
  await lead.locator('#vorlage').selectOption({ label: 'Dank und Bitte' });
  await lead.getByRole('button', { name: 'Vorlage einsetzen' }).click();
  assert.equal(await lead.locator('#text').inputValue(), `Vielen Dank für ${number}, wir kümmern uns.`);
  await admin.getByRole('link', { name: 'Dank und Bitte' }).click();
  await press(admin, 'Vorlage entfernen');
  await admin.getByRole('heading', { name: 'Antwortvorlagen' }).waitFor();
  assert.equal(await admin.getByRole('link', { name: 'Dank und Bitte' }).count(), 0);
});

test('addresses are found in every spelling, on the page and by script', async () => {
  await go(admin, `${DESK}/strassen?q=${encodeURIComponent('goethestr 3, koeln')}`);
  await admin.getByText('Goethestraße 3, 50667 Köln').waitFor();
  const found = await json(admin, '/karte/adresse?q=Straße des Fridens 4');
  assert.equal(found[0].label, 'Straße des Friedens 4, 50667 Köln');
  // The public list finds them too, without map and script.
  const citizen = await person(browser, { javaScriptEnabled: false });
  await go(citizen, '/anliegen?adresse=goethestr+3&umkreis=1000');
  assert.equal(await citizen.locator('#adresse').inputValue(), 'Goethestraße 3, 50667 Köln');
  assert.match(citizen.url(), /lat=50\.\d+&long=6\.\d+/);
  await citizen.goto(region.url('rhein-sieg-kreis', '/anliegen?adresse=Goethestraße 3'));
  await citizen.getByText('Welche Adresse meinen Sie?').waitFor();
  const towns = await citizen.locator('nav[aria-labelledby=welche] a').allInnerTexts();
  assert.ok(towns.length > 1 && towns.every((town) => /^Goethestraße 3, \S/.test(town)), String(towns));
  await citizen.getByRole('link', { name: towns[1] }).click();
  assert.equal(await citizen.locator('#adresse').inputValue(), towns[1]);
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
  let text = await auditor.locator('main').innerText();
  for (let next; (next = auditor.locator('main a[rel=next]')) && await next.count();) {
    await next.click();
    text += await auditor.locator('main').innerText();
  }
  for (const kind of ['category.changed', 'category.moved', 'question.changed', 'import.uploaded', 'import.discarded', 'import.applied',
    'responsibility.changed', 'holiday.changed', 'hours.changed', 'template.changed']) {
    assert.ok(text.includes(kind), kind);
  }
});
