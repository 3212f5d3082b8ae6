// What people do, in a real browser: with and without script.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { mailedLink, person, signIn, startBrowser, startRegion } from './region.mjs';
import { goOn, picture, sendOff, tell } from './way.mjs';

let region;
let browser;
before(async () => {
  region = await startRegion();
  browser = await startBrowser();
});
after(async () => { await browser?.close(); await region?.stop(); });

test('without script: a report by a click on the map is answered by staff and seen by the citizen', async () => {
  const citizen = await person(browser, { javaScriptEnabled: false });
  await citizen.goto(region.url('koeln'));
  await citizen.getByRole('link', { name: 'Anliegen melden' }).first().click();
  await citizen.locator('input[type=image]').click({ position: { x: 300, y: 300 } });
  await tell(citizen, {
    address: 'Vor dem Haus Nr. 4', photos: [picture()], category: 'laterne', text: 'Die Laterne ist dunkel.\nSeit gestern.',
  });
  const { tracking, number } = await sendOff(citizen, { email: 'carla@example.org' });
  assert.match(tracking, /\/anliegen\/v\/[\w-]{43}$/);
  assert.equal(await citizen.locator('img.raum-photo').count(), 1);

  const clerk = await person(browser, { javaScriptEnabled: false });
  await signIn(clerk, region, 'koeln', 'clerk');
  await clerk.goto(region.url('koeln', '/arbeitsplatz'));
  await clerk.getByRole('link', { name: number, exact: true }).click();
  await assert.doesNotReject(clerk.getByText('carla@example.org').waitFor());
  await clerk.getByRole('button', { name: 'Übernehmen' }).click();
  await clerk.locator('#text').fill('Wir tauschen das Leuchtmittel am Freitag.');
  await clerk.locator('#antwort-status').selectOption('done');
  await clerk.getByRole('button', { name: 'Antworten', exact: true }).click();
  await assert.doesNotReject(clerk.locator('.raum-timeline--answer').waitFor());

  await citizen.goto(tracking);
  const text = await citizen.locator('main').innerText();
  assert.match(text, /Wir tauschen das Leuchtmittel am Freitag\./);
  assert.match(text, /erledigt/);
  assert.doesNotMatch(text, /Sabine/, 'the public does not learn who in the office it was');
  assert.doesNotMatch(await (await citizen.goto(region.url('koeln', `/anliegen/${number}`))).text(), /carla@example\.org/);
});

test('with script: the map is moved and clicked, and the place goes into the form', async () => {
  const citizen = await person(browser);
  await citizen.goto(region.url('bonn', '/anliegen/neu'));
  await citizen.locator('[data-map][data-ready]').waitFor();
  const map = citizen.locator('[data-map]');
  const box = await map.boundingBox();
  await map.click({ position: { x: box.width / 2, y: box.height / 2 } });
  await citizen.locator('form[data-pick] button[type=submit]').click();
  assert.match(citizen.url(), /lat=50\.\d+&long=7\.\d+/);
  await assert.doesNotReject(citizen.getByText('Ort: Bonn').waitFor());
  assert.deepEqual(citizen.complaints, []);
});

test('by address, with mistakes: everything written stays and the errors are named and linked', async () => {
  const citizen = await person(browser);
  await citizen.goto(region.url('rhein-erft-kreis', '/anliegen/neu'));
  await citizen.locator('#ort').selectOption('Frechen');
  await citizen.locator('#strasse').fill('Hauptstraße 1');
  await citizen.locator('main form').first().getByRole('button', { name: 'Weiter' }).click();
  assert.equal(await citizen.locator('#address_string').inputValue(), 'Hauptstraße 1, Frechen');
  await goOn(citizen);
  await goOn(citizen);
  await goOn(citizen);
  const summary = citizen.locator('[data-error-summary]');
  await summary.waitFor();
  assert.ok(await summary.evaluate((element) => element === document.activeElement), 'the summary has the focus');
  assert.match(await citizen.title(), /^Fehler:/);
  await summary.getByRole('link', { name: /Kategorie/ }).click();
  await citizen.locator('[name=service_code][value=schlagloch]').check();
  await goOn(citizen);
  await citizen.locator('#description').fill('Ein Loch');
  await citizen.locator('#frage-tiefe').fill('sehr tief');
  await goOn(citizen);
  await summary.waitFor();
  assert.equal(await citizen.locator('#description').inputValue(), 'Ein Loch');
  await citizen.locator('#frage-tiefe').fill('12');
  await goOn(citizen);
  await citizen.locator('#email').fill('keine adresse');
  await citizen.getByRole('button', { name: 'Absenden' }).click();
  await summary.waitFor();
  assert.equal(await citizen.locator('#email').inputValue(), 'keine adresse');
  await citizen.locator('#email').fill('');
  await sendOff(citizen);
  assert.deepEqual(citizen.complaints, []);
});

test('a place at the neighbours is offered to them with the place filled in', async () => {
  const citizen = await person(browser);
  await citizen.goto(region.url('koeln', '/anliegen/neu?lat=50.735&long=7.1'));
  await citizen.getByRole('link', { name: /Bundesstadt Bonn/ }).click();
  assert.ok(citizen.url().startsWith(region.url('bonn', '/anliegen/neu')));
  await assert.doesNotReject(citizen.getByText('Ort: Bonn').waitFor());
});

test('a form sent twice is one report', async () => {
  const citizen = await person(browser);
  await citizen.goto(region.url('koeln', '/anliegen/neu?lat=50.94&long=6.96'));
  await tell(citizen, { text: 'Zweimal gesendet' });
  const links = await citizen.evaluate(async () => {
    const form = document.querySelector('form[action="/anliegen/neu/pruefen"]');
    const send = () => fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)) }).then((answer) => answer.url);
    return [await send(), await send()];
  });
  assert.match(links[0], /\/anliegen\/v\//);
  assert.equal(links[0], links[1]);
});

test('who may not, does not: a clerk of another office, a citizen, nobody', async () => {
  const lead = await person(browser);
  await signIn(lead, region, 'koeln', 'lead');
  await lead.goto(region.url('koeln', '/arbeitsplatz?status=alle'));
  const rows = await lead.locator('tbody tr').allInnerTexts();
  const green = rows.find((row) => row.includes('Grünflächen'));
  assert.ok(green, 'the lead sees the cases of all offices');
  const path = `/arbeitsplatz/fall/${green.match(/\d+-20\d\d/)[0]}`;

  const clerk = await person(browser);
  await signIn(clerk, region, 'koeln', 'clerk');
  assert.equal((await clerk.goto(region.url('koeln', path))).status(), 403);

  const citizen = await person(browser);
  await signIn(citizen, region, 'koeln', 'citizen');
  assert.equal((await citizen.goto(region.url('koeln', path))).status(), 403);

  const nobody = await person(browser);
  await nobody.goto(region.url('koeln', path));
  assert.match(nobody.url(), /\/anmelden\?weiter=/);
});

test('the auditor sees who read what, and reading that is noted too', async () => {
  const auditor = await person(browser);
  await signIn(auditor, region, 'koeln', 'auditor');
  await auditor.goto(region.url('koeln', '/arbeitsplatz/protokoll'));
  await auditor.reload();
  const kinds = await auditor.locator('tbody td:nth-child(3)').allInnerTexts();
  assert.ok(kinds.includes('case.read'), kinds.join());
  assert.ok(kinds.includes('audit.read'), kinds.join());
});

test('a link by e-mail signs in once; data can be taken and erased', async () => {
  const citizen = await person(browser);
  await citizen.goto(region.url('bonn', '/anmelden'));
  await citizen.locator('#link_email').fill('emil@example.org');
  await citizen.getByRole('button', { name: 'Link schicken' }).click();
  await citizen.getByText('Der Link ist unterwegs').waitFor();
  const link = await mailedLink(region, 'bonn', 'emil@example.org');
  await citizen.goto(link);
  await citizen.locator('main').getByRole('button', { name: 'Anmelden' }).click();
  await citizen.waitForURL('**/konto');
  await citizen.goto(link);
  await citizen.locator('main').getByRole('button', { name: 'Anmelden' }).click();
  await assert.doesNotReject(citizen.getByText('abgelaufen oder wurde schon benutzt').waitFor());

  await citizen.goto(region.url('bonn', '/konto'));
  const data = await citizen.evaluate(() => fetch('/konto/daten.json').then((answer) => answer.json()));
  assert.equal(data.account.email, 'emil@example.org');
  await citizen.goto(region.url('bonn', '/konto/loeschen'));
  await citizen.locator('#sicher').check();
  await citizen.getByRole('button', { name: /löschen/ }).click();
  await citizen.waitForURL(region.url('bonn'));
  await citizen.goto(region.url('bonn', '/konto'));
  assert.match(citizen.url(), /\/anmelden/);
});

test('search finds word forms, and contact data only for staff', async () => {
  const citizen = await person(browser);
  await citizen.goto(region.url('koeln', '/suche?q=laternen'));
  assert.ok((await citizen.locator('main li a').count()) > 0);
  await citizen.goto(region.url('koeln', '/suche?q=carla'));
  assert.equal(await citizen.locator('main ul.kern-list li').count(), 0);
  const clerk = await person(browser);
  await signIn(clerk, region, 'koeln', 'clerk');
  await clerk.goto(region.url('koeln', '/suche?q=carla'));
  assert.equal(await clerk.locator('main ul.kern-list li').count(), 1);
});

test('a form from another site changes nothing', async () => {
  const answer = await fetch(`http://127.0.0.1:${region.port}/einstellungen`, {
    method: 'POST', headers: { 'sec-fetch-site': 'cross-site', 'content-type': 'application/x-www-form-urlencoded' }, body: 'darstellung=dark',
  });
  assert.ok([403, 421].includes(answer.status));
});
