// Something is tried out, without script: prepared and begun by who leads the work, joined by another city, finished
// with figures, costs and lessons that everybody can read, and offered to others.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ask, person, signIn, startBrowser, startRegion } from './region.mjs';

const DESK = '/arbeitsplatz/erprobungen';
const TITLE = 'Antworten in einfacher Sprache';

let region;
let browser;
let lead;
let signer;
let anybody;
before(async () => {
  region = await startRegion({ cases: 60 });
  browser = await startBrowser();
  [lead, signer, anybody] = await Promise.all([1, 2, 3].map(() => person(browser, { javaScriptEnabled: false })));
  await signIn(lead, region, 'koeln', 'lead');
  await signIn(signer, region, 'koeln', 'representative');
});
after(async () => { await browser?.close(); await region?.stop(); });

const press = (page, name) => page.getByRole('main').getByRole('button', { name, exact: true }).click();
const daysAgo = (days) => new Date(Date.now() - days * 86_400_000).toLocaleDateString('sv', { timeZone: 'Europe/Berlin' });

/** Loads a page again until it says something: another member has to read it first. */
async function until(page, url, text) {
  for (let tries = 0; tries < 150; tries += 1) {
    await page.goto(url);
    if ((await page.locator('main').innerText()).includes(text)) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  assert.fail(`${url} never said ${text}: ${await page.locator('main').innerText()}`);
}

test('a trial is begun, measured and finished, and everybody reads the report', async () => {
  await lead.goto(region.url('koeln', '/arbeitsplatz'));
  await lead.getByRole('main').getByRole('link', { name: 'Erprobungen', exact: true }).click();
  await lead.getByRole('link', { name: 'Erprobung beginnen' }).click();
  await press(lead, 'Speichern');
  await lead.locator('[data-error-summary]').getByText('Bitte wählen Sie mindestens eine Kennzahl').waitFor();
  await lead.locator('#titel').fill(TITLE);
  await lead.locator('#frage').fill('Fragen weniger Menschen nach, wenn Antworten einfacher geschrieben sind?');
  await lead.locator('#vorgehen').fill('Alle Vorlagen sind in einfacher Sprache.');
  await lead.getByLabel('Eingegangene Anliegen', { exact: true }).check();
  await lead.getByLabel('Tage bis zur ersten Antwort', { exact: true }).check();
  for (const [field, days] of [['vorher_ab', 300], ['vorher_bis', 151], ['ab', 150], ['bis', 1]]) {
    await lead.locator(`#${field}`).fill(daysAgo(days));
  }
  await press(lead, 'Speichern');
  await lead.getByText('Entwurf', { exact: true }).waitFor();
  const desk = lead.url();
  const open = desk.replace('/arbeitsplatz', '');
  assert.equal((await anybody.goto(open)).status(), 404, 'a draft is nobody\'s business');
  await press(lead, 'Veröffentlichen und beginnen');
  await lead.getByText('läuft', { exact: true }).waitFor();
  assert.equal(await lead.getByRole('button', { name: 'Einladen und unterschreiben' }).count(), 0, 'who leads the work does not sign');

  await lead.getByRole('link', { name: 'Aufschreiben' }).click();
  await lead.locator('#ergebnis').fill('Ja, deutlich weniger.');
  await lead.locator('#erkenntnisse').fill('Zuerst die häufigsten Vorlagen umschreiben.');
  await lead.locator('#posten-0').fill('Schulung');
  await lead.locator('#betrag-0').fill('viel');
  await press(lead, 'Speichern');
  await lead.locator('[data-error-summary]').getByText('Bitte geben Sie einen Betrag an').waitFor();
  await lead.locator('#betrag-0').fill('2.400,00');
  await press(lead, 'Speichern');
  await anybody.goto(open);
  assert.equal(await anybody.getByText('Ja, deutlich weniger.').count(), 0, 'what is written is told when it is finished');
  await press(lead, 'Abschließen und veröffentlichen');
  await lead.getByText('abgeschlossen', { exact: true }).waitFor();

  await anybody.goto(region.url('koeln', '/erprobungen'));
  await anybody.getByRole('link', { name: TITLE }).click();
  await anybody.getByText('Ja, deutlich weniger.').waitFor();
  await anybody.getByText('Schulung: 2.400,00 €').waitFor();
  assert.equal(await anybody.locator('.raum-bars').count(), 2);
  const cells = await anybody.locator('.raum-bars').first().locator('tbody td.raum-bars__number').allInnerTexts();
  assert.equal(cells.length, 2);
  for (const cell of cells) assert.match(cell, /^[1-9]\d*$/, 'both times hold reports of the demonstration');
  const link = await anybody.getByRole('link', { name: 'Alle Zahlen herunterladen' }).getAttribute('href');
  assert.match((await ask(region, 'koeln', new URL(link, anybody.url()).pathname)).text, new RegExp(`report\\.opened,count,[^,]*,[^,]*,${cells[0]},[^,]*,[^,]*,${cells[1]},`));

  await signer.goto(desk);
  await signer.getByRole('link', { name: 'Angebot vorbereiten' }).click();
  assert.match(await signer.locator('#zweck').inputValue(), /Ja, deutlich weniger\./);
  assert.equal(await signer.locator('#art').inputValue(), 'offer');
  assert.match(await signer.locator('#titel').inputValue(), new RegExp(TITLE));
});

test('another city is invited, joins with its own figures, and leaves again', async () => {
  const title = 'Erste Antwort noch am selben Werktag';
  await signer.goto(region.url('koeln', DESK));
  await signer.getByRole('link', { name: title }).click();
  const { pathname } = new URL(signer.url());
  await signer.getByLabel('Bundesstadt Bonn').check();
  await press(signer, 'Einladen und unterschreiben');
  await signer.getByText('ist gefragt').waitFor();

  const bonn = await person(browser, { javaScriptEnabled: false });
  await signIn(bonn, region, 'bonn', 'representative');
  await until(bonn, region.url('bonn', DESK), `Erprobung: ${title}`);
  await press(bonn, 'Zustimmen und unterschreiben');
  await until(bonn, region.url('bonn', pathname), 'läuft');
  const open = pathname.replace('/arbeitsplatz', '');
  await until(anybody, region.url('koeln', open), 'Bundesstadt Bonn');
  const row = anybody.locator('.raum-bars').first().locator('tr', { hasText: 'Bundesstadt Bonn' });
  for (let tries = 0; tries < 150 && (await row.innerText()).includes('keine Daten'); tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    await anybody.reload();
  }
  assert.match(await row.innerText(), /\d+,\d (Tage|%)/);

  await bonn.goto(region.url('bonn', pathname));
  await bonn.getByText('Aus der Erprobung ausscheiden', { exact: true }).click();
  await bonn.locator('#grund').fill('Uns fehlt das Personal.');
  await press(bonn, 'Beenden und Grund veröffentlichen');
  await bonn.getByText('abgebrochen', { exact: true }).waitFor();
  await until(anybody, region.url('koeln', open), 'Uns fehlt das Personal.');
  for (const page of [lead, signer, anybody, bonn]) assert.deepEqual(page.complaints.filter((text) => !text.includes('404')), []);
});

test('the demonstration tells what its own tables hold, and who works on cases has no trials', async () => {
  await anybody.goto(region.url('koeln', '/erprobungen'));
  await anybody.getByRole('link', { name: 'Hinweis auf ähnliche Anliegen vor dem Absenden' }).click();
  const shown = await anybody.locator('.raum-bars').first().locator('tr', { hasText: 'Stadt Köln' }).locator('td.raum-bars__number').allInnerTexts();
  const text = await anybody.locator('main').innerText();
  assert.ok(text.includes(`Eingegangene Anliegen: vorher ${shown[0]}, in der Erprobung ${shown[1]}.`), text);
  const clerk = await person(browser, { javaScriptEnabled: false });
  await signIn(clerk, region, 'koeln', 'clerk');
  assert.equal((await clerk.goto(region.url('koeln', DESK))).status(), 403);
});
