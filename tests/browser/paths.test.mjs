// What people do, in a real browser: with and without script.
import assert from 'node:assert/strict';
import { deflateSync } from 'node:zlib';
import { after, before, test } from 'node:test';
import { mailedLink, person, signIn, startBrowser, startRegion } from './region.mjs';

let region;
let browser;
before(async () => {
  region = await startRegion();
  browser = await startBrowser();
});
after(async () => { await browser?.close(); await region?.stop(); });

/** A small picture, made here so that no file is needed. */
function png() {
  const crcTable = Array.from({ length: 256 }, (_, n) => {
    let c = n;
    for (let k = 0; k < 8; k += 1) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
    return c >>> 0;
  });
  const crc = (bytes) => {
    let c = 0xffffffff;
    for (const byte of bytes) c = crcTable[(c ^ byte) & 0xff] ^ (c >>> 8);
    return (c ^ 0xffffffff) >>> 0;
  };
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const out = Buffer.alloc(body.length + 8);
    out.writeUInt32BE(data.length, 0);
    body.copy(out, 4);
    out.writeUInt32BE(crc(body), body.length + 4);
    return out;
  };
  const header = Buffer.from([0, 0, 0, 64, 0, 0, 0, 48, 8, 2, 0, 0, 0]);
  const rows = Buffer.concat(Array.from({ length: 48 }, () => Buffer.concat([Buffer.from([0]), Buffer.alloc(192, 0x7a)])));
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}

test('without script: a report by a click on the map is answered by staff and seen by the citizen', async () => {
  const citizen = await person(browser, { javaScriptEnabled: false });
  await citizen.goto(region.url('koeln'));
  await citizen.getByRole('link', { name: 'Anliegen melden' }).first().click();
  await citizen.locator('input[type=image]').click({ position: { x: 300, y: 300 } });
  await citizen.locator('#address_string').fill('Vor dem Haus Nr. 4');
  await citizen.locator('#service_code').selectOption('laterne');
  await citizen.locator('#description').fill('Die Laterne ist dunkel.\nSeit gestern.');
  await citizen.locator('#email').fill('carla@example.org');
  await citizen.locator('#media').setInputFiles({ name: 'foto.png', mimeType: 'image/png', buffer: png() });
  await citizen.getByRole('button', { name: 'Absenden' }).click();
  await assert.doesNotReject(citizen.getByText('Ihr Anliegen ist angekommen').waitFor());
  const tracking = citizen.url();
  assert.match(tracking, /\/anliegen\/v\/[\w-]{43}\?neu=1$/);
  const number = (await citizen.locator('main').innerText()).match(/\d+-20\d\d/)[0];
  assert.equal(await citizen.locator('img.raum-photo').count(), 1);

  const clerk = await person(browser, { javaScriptEnabled: false });
  await signIn(clerk, region, 'koeln', 'clerk');
  await clerk.goto(region.url('koeln', '/arbeitsplatz'));
  await clerk.getByRole('link', { name: number, exact: true }).click();
  await assert.doesNotReject(clerk.getByText('carla@example.org').waitFor());
  await clerk.getByRole('button', { name: 'Übernehmen' }).click();
  await clerk.locator('#text').fill('Wir tauschen das Leuchtmittel am Freitag.');
  await clerk.locator('#antwort-status').selectOption('done');
  await clerk.getByRole('button', { name: 'Antworten' }).click();
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
  await citizen.locator('#description').fill('Ein Loch');
  await citizen.locator('#email').fill('keine adresse');
  await citizen.getByRole('button', { name: 'Absenden' }).click();
  const summary = citizen.locator('[data-error-summary]');
  await summary.waitFor();
  assert.ok(await summary.evaluate((element) => element === document.activeElement), 'the summary has the focus');
  assert.equal(await citizen.locator('#description').inputValue(), 'Ein Loch');
  assert.match(await citizen.title(), /^Fehler:/);
  await summary.getByRole('link', { name: /Kategorie/ }).click();
  await citizen.locator('#service_code').selectOption('schlagloch');
  await citizen.locator('#email').fill('');
  await citizen.getByRole('button', { name: 'Absenden' }).click();
  await assert.doesNotReject(citizen.getByText('Ihr Anliegen ist angekommen').waitFor());
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
  const links = await citizen.evaluate(async () => {
    const form = document.querySelector('form[enctype]');
    form.querySelector('#service_code').value = 'muell';
    form.querySelector('#description').value = 'Zweimal gesendet';
    const send = () => fetch(form.action, { method: 'POST', body: new FormData(form) }).then((answer) => answer.url);
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
