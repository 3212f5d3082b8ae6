// Two cities agree without anybody above them, without script: proposed here, accepted there, seen by everybody, ended.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { person, signIn, startBrowser, startRegion } from './region.mjs';

const DESK = '/arbeitsplatz/verbund';
const TITLE = 'Gemeinsame Karte der Baustellen';

let region;
let browser;
const people = {};
before(async () => {
  region = await startRegion({ cases: 10 });
  browser = await startBrowser();
  for (const slug of ['koeln', 'bonn']) {
    people[slug] = await person(browser, { javaScriptEnabled: false });
    await signIn(people[slug], region, slug, 'representative');
  }
});
after(async () => { await browser?.close(); await region?.stop(); });

const go = (slug, path) => people[slug].goto(region.url(slug, path));
const press = (slug, name) => people[slug].getByRole('main').getByRole('button', { name, exact: true }).click();
const status = (slug) => people[slug].locator('main dl').first().locator('dd').first().innerText();

/** Loads a page again until the agreement stands as it should: the other node has to be told first. */
async function until(slug, path, wanted) {
  let found;
  for (let tries = 0; tries < 100; tries += 1) {
    const answer = await go(slug, path);
    found = answer.ok() ? await status(slug) : answer.status();
    if (found === wanted) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.equal(found, wanted);
}

test('what Köln proposes and Bonn accepts is in force at both, and ended at both when one ends it', async () => {
  const koeln = people.koeln;
  await go('koeln', '/arbeitsplatz');
  await koeln.getByRole('main').getByRole('link', { name: 'Verbund', exact: true }).click();
  await koeln.getByRole('link', { name: 'Vereinbarung vorschlagen' }).click();
  await press('koeln', 'Unterschreiben und vorschlagen');
  await koeln.locator('[data-error-summary]').getByText('Bitte wählen Sie mindestens ein anderes Mitglied').waitFor();
  await koeln.getByLabel('Bundesstadt Bonn').first().check();
  await koeln.locator('#art').selectOption({ label: 'Gemeinsames Thema' });
  await koeln.locator('#titel').fill(TITLE);
  await koeln.locator('#zweck').fill('Wer durch beide Städte fährt, soll alle Baustellen sehen.');
  await koeln.locator('#grundlage').fill('§ 3 Abs. 1 GkG NRW');
  await koeln.locator('#ab').fill(new Date().toLocaleDateString('sv', { timeZone: 'Europe/Berlin' }));
  await koeln.locator('#frist').fill('0');
  await koeln.locator('#austausch').check();
  await koeln.locator('#betrag-0').fill('1.200,50');
  await koeln.locator('#schuldner-0').selectOption({ label: 'Bundesstadt Bonn' });
  await koeln.locator('#glaeubiger-0').selectOption({ label: 'Stadt Köln' });
  await koeln.locator('#wofuer-0').fill('Pflege der Karte');
  await press('koeln', 'Unterschreiben und vorschlagen');
  await koeln.waitForURL(/vereinbarungen\/[0-9a-f]{64}$/);
  assert.equal(await status('koeln'), 'wartet auf andere');
  await koeln.getByText('Bundesstadt Bonn zahlt an Stadt Köln jährlich 1.200,50 €: Pflege der Karte.').first().waitFor();
  const path = new URL(koeln.url()).pathname;
  const open = path.replace('/arbeitsplatz', '');

  await until('bonn', path, 'wartet auf uns');
  assert.equal((await go('koeln', open)).status(), 404, 'a proposal is not public');
  await go('bonn', DESK);
  await people.bonn.getByRole('link', { name: TITLE }).click();
  await press('bonn', 'Annehmen und unterschreiben');
  await until('bonn', path, 'in Kraft');
  await until('koeln', path, 'in Kraft');

  const anybody = await person(browser, { javaScriptEnabled: false });
  for (const slug of ['koeln', 'bonn']) {
    await anybody.goto(region.url(slug, '/verbund'));
    await anybody.getByRole('link', { name: TITLE }).click();
    await anybody.getByText('Was jetzt gilt').waitFor();
    await anybody.getByText('Bundesstadt Bonn: hat angenommen').waitFor();
  }

  await people.bonn.getByText('Vereinbarung beenden', { exact: true }).click();
  await press('bonn', 'Beendigung unterschreiben');
  await people.bonn.locator('[data-error-summary]').getByText('Bitte nennen Sie den Grund').waitFor();
  await people.bonn.locator('#grund').fill('Wir haben jetzt eine eigene Karte.');
  await press('bonn', 'Beendigung unterschreiben');
  await until('bonn', path, 'beendet');
  await until('koeln', path, 'beendet');
  await go('koeln', path);
  await people.koeln.getByText('Wir haben jetzt eine eigene Karte.').waitFor();
  await anybody.goto(region.url('koeln', '/verbund'));
  assert.equal(await anybody.getByRole('link', { name: TITLE }).count(), 0);
  for (const page of [anybody, ...Object.values(people)]) assert.deepEqual(page.complaints.filter((text) => !text.includes('404')), []);
});

test('members know each other; a key is compared before it is trusted', async () => {
  await go('koeln', `${DESK}/mitglieder/neu`);
  await people.koeln.locator('#adresse').fill('http://nirgends.localhost:9');
  await press('koeln', 'Nachfragen');
  await people.koeln.locator('[data-error-summary]').getByText('antwortet zurzeit kein Mitglied').waitFor();
  await people.koeln.locator('#adresse').fill(region.url('bonn', ''));
  await press('koeln', 'Nachfragen');
  await people.koeln.getByText('Ist das der Fingerabdruck?').waitFor();
  const shown = await people.koeln.locator('.raum-mono').first().innerText();
  assert.match(shown, /^([0-9a-f]{4} ){15}[0-9a-f]{4}$/);
  const anybody = await person(browser, { javaScriptEnabled: false });
  await anybody.goto(region.url('bonn', '/verbund'));
  assert.equal(await anybody.locator('dd.raum-mono').innerText(), shown);
  await press('koeln', 'Stimmt überein, aufnehmen');
  await people.koeln.waitForURL(/mitglieder\/bonn\.localhost/);
});

test('who got money says so, and a new version begins with what the old one says', async () => {
  const { koeln, bonn } = people;
  await go('koeln', DESK);
  await koeln.getByRole('main').getByRole('link', { name: 'Nachnutzung der Verwaltung' }).first().click();
  await koeln.getByText('Zahlung bestätigen').click();
  await koeln.locator('#betrag').fill('18.000');
  await press('koeln', 'Eingang unterschreiben');
  await koeln.getByText('Stadt Köln: hat Zahlung erhalten: 18.000,00 €').waitFor();
  const money = (page) => page.locator('table', { hasText: 'Fällig gewordene Beträge' }).getByRole('row').last();
  await go('koeln', DESK);
  assert.match(await money(koeln).innerText(), /18\.500,00 €\s+18\.000,00 €\s+500,00 €/);
  for (let tries = 0; tries < 100; tries += 1) {
    await go('bonn', DESK);
    if ((await money(bonn).innerText()).includes('500,00 €')) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.match(await money(bonn).innerText(), /\s500,00 €/);

  await koeln.getByRole('main').getByRole('link', { name: 'Anliegen über Gemeindegrenzen' }).first().click();
  await koeln.getByRole('link', { name: 'Neue Fassung vorschlagen' }).click();
  assert.equal(await koeln.locator('#titel').inputValue(), 'Anliegen über Gemeindegrenzen');
  await press('koeln', 'Weitere Zahlung');
  await koeln.locator('#betrag-1').waitFor();
  assert.equal(await koeln.locator('#titel').inputValue(), 'Anliegen über Gemeindegrenzen');
});

test('who leads reads what was agreed and what it costs, and signs nothing', async () => {
  const lead = await person(browser, { javaScriptEnabled: false });
  await signIn(lead, region, 'koeln', 'lead');
  await lead.goto(region.url('koeln', DESK));
  await lead.getByText('Anliegen über Gemeindegrenzen').first().waitFor();
  await lead.getByText('18.500,00 €').first().waitFor();
  assert.equal(await lead.getByRole('link', { name: 'Vereinbarung vorschlagen' }).count(), 0);
  await lead.getByRole('link', { name: 'Erprobung: Fotos unterwegs schwärzen' }).click();
  assert.equal(await lead.getByRole('button', { name: 'Annehmen und unterschreiben' }).count(), 0);
  const clerk = await person(browser, { javaScriptEnabled: false });
  await signIn(clerk, region, 'koeln', 'clerk');
  assert.equal((await clerk.goto(region.url('koeln', DESK))).status(), 403);
});
