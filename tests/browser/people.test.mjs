// Administrating people: from the first mail to the end of somebody's access.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { authenticator } from 'otplib';
import { mailedLink, person, signIn, startBrowser, startRegion } from './region.mjs';

let region;
let browser;
let admin;
before(async () => {
  region = await startRegion({ cases: 30 });
  browser = await startBrowser();
  admin = await person(browser);
  await signIn(admin, region, 'koeln', 'admin');
});
after(async () => { await browser?.close(); await region?.stop(); });

const people = (path = '') => region.url('koeln', `/arbeitsplatz/personen${path}`);

async function add(name, email, { role = 'Sachbearbeitung', office, module } = {}) {
  await admin.goto(people());
  await admin.getByRole('link', { name: 'Person hinzufügen' }).click();
  await admin.locator('#name').fill(name);
  await admin.locator('#email').fill(email);
  await admin.locator('#rolle').selectOption({ label: role });
  if (office) await admin.locator('#amt').selectOption({ label: office });
  if (module) await admin.locator('#modul').selectOption({ label: module });
  await admin.getByRole('button', { name: 'Person hinzufügen' }).click();
  await admin.getByText('Der Link ist unterwegs').waitFor();
  return admin.url().split('?')[0];
}

/** Follows the mail and sets up an app, and a password where there is none. */
async function setUp(page, email, password) {
  await page.goto(await mailedLink(region, 'koeln', email));
  await page.locator('main').getByRole('button', { name: 'Anmelden' }).click();
  await page.waitForURL('**/konto/einrichten');
  if (password) {
    await page.locator('#passwort').fill(password);
    await page.getByRole('button', { name: 'Weiter' }).click();
  } else {
    await page.getByRole('link', { name: 'App einrichten' }).click();
  }
  await page.waitForURL('**/konto/zweiter-faktor');
  const secret = await page.locator('.raum-mono').innerText();
  await page.locator('#code').fill(authenticator.generate(secret));
  await page.getByRole('button', { name: 'Speichern' }).click();
  await page.waitForURL('**/konto');
}

test('somebody is added, follows the mail, works, is blocked and works no more', async () => {
  const office = 'Amt für Grünflächen';
  const own = await add('Nora Neu', 'nora@example.org', { office });
  const nora = await person(browser);
  await setUp(nora, 'nora@example.org', 'ein langes passwort');
  await nora.goto(region.url('koeln', '/arbeitsplatz?status=alle'));
  const offices = await nora.locator('tbody td:nth-child(5)').allInnerTexts();
  assert.ok(offices.length > 0 && offices.every((name) => name === office), offices.join());
  assert.equal((await nora.goto(people())).status(), 403, 'a clerk sees no list of people');
  nora.complaints = [];

  await admin.goto(own);
  await admin.getByRole('button', { name: 'Sperren', exact: true }).click();
  await admin.getByText('gesperrt').first().waitFor();
  await nora.goto(region.url('koeln', '/arbeitsplatz'));
  assert.match(nora.url(), /\/anmelden\?/, 'the session ended at once');
  await nora.locator('#email').fill('nora@example.org');
  await nora.locator('#passwort').fill('ein langes passwort');
  await nora.locator('main form').first().getByRole('button').click();
  await nora.getByText('Dieses Konto ist gesperrt').waitFor();

  await admin.getByRole('button', { name: 'Entsperren' }).click();
  await admin.getByText('aktiv').first().waitFor();
  await nora.goto(region.url('koeln', '/anmelden'));
  await nora.locator('#email').fill('nora@example.org');
  await nora.locator('#passwort').fill('ein langes passwort');
  await nora.locator('main form').first().getByRole('button').click();
  await nora.waitForURL(/zweiter-faktor/);
  assert.deepEqual(admin.complaints, []);
});

test('a reset second factor is set up anew with the next link', async () => {
  const own = await add('Rolf Reset', 'rolf@example.org');
  const rolf = await person(browser);
  await setUp(rolf, 'rolf@example.org', 'noch ein passwort');
  await rolf.goto(region.url('koeln', '/arbeitsplatz'));
  assert.equal(await rolf.locator('h1').innerText(), 'Arbeitsplatz');
  await admin.goto(own);
  await admin.getByRole('button', { name: 'Zweiten Faktor zurücksetzen' }).click();
  await admin.getByText('nicht eingerichtet').waitFor();
  await rolf.goto(region.url('koeln', '/arbeitsplatz'));
  assert.match(rolf.url(), /\/anmelden\?/);
  await rolf.locator('#email').fill('rolf@example.org');
  await rolf.locator('#passwort').fill('noch ein passwort');
  await rolf.locator('main form').first().getByRole('button').click();
  await rolf.waitForURL('**/konto/einrichten');
});

test('roles are given per office and module, and taken', async () => {
  const own = await add('Mona Modul', 'mona@example.org', { office: 'Amt für Straßen und Verkehr', module: 'Anliegen' });
  await admin.locator('#rolle').selectOption({ label: 'Leitung' });
  await admin.locator('#amt').selectOption({ label: 'Amt für Grünflächen' });
  await admin.getByRole('button', { name: 'Rolle geben' }).click();
  await admin.getByText('Amt für Grünflächen · Alle Dienste').waitFor();
  await admin.getByRole('button', { name: 'Rolle „Sachbearbeitung“ nehmen' }).click();
  await admin.getByText('Amt für Straßen und Verkehr · Anliegen').waitFor({ state: 'detached' });
  await admin.locator('#rolle').selectOption({ label: 'Administration' });
  await admin.locator('#amt').selectOption({ label: 'Amt für Grünflächen' });
  await admin.getByRole('button', { name: 'Rolle geben' }).click();
  await admin.locator('[data-error-summary]').getByText('Diese Rolle gilt für alle Ämter').waitFor();
  assert.equal(admin.url(), own);
});

test('an administrator cannot lock the member out, and others cannot administrate', async () => {
  await admin.goto(people());
  await admin.locator('main').getByRole('link', { name: 'Adam Admin' }).click();
  assert.equal(await admin.getByRole('button', { name: 'Sperren', exact: true }).count(), 0);
  await admin.getByRole('button', { name: 'Rolle „Administration“ nehmen' }).click();
  await admin.getByText('Das kann nur eine andere Person').waitFor();
  await admin.goBack();
  const send = (step) => admin.evaluate((schritt) => {
    const body = new URLSearchParams({ _form: crypto.randomUUID(), schritt });
    return fetch(location.href, { method: 'POST', body }).then((answer) => answer.status);
  }, step);
  assert.deepEqual([await send('sperren'), await send('zuruecksetzen'), await send('zaubern')], [409, 409, 400]);
  admin.complaints = [];

  const path = new URL(admin.url()).pathname;
  const auditor = await person(browser);
  await signIn(auditor, region, 'koeln', 'auditor');
  await auditor.goto(region.url('koeln', path));
  assert.equal(await auditor.getByRole('button', { name: 'Rolle geben' }).count(), 0);
  const refused = await auditor.evaluate(() => {
    const body = new URLSearchParams({ _form: crypto.randomUUID(), schritt: 'sperren' });
    return fetch(location.href, { method: 'POST', body }).then((answer) => answer.status);
  });
  assert.equal(refused, 403);
  await auditor.goto(region.url('koeln', '/arbeitsplatz/protokoll'));
  const kinds = await auditor.locator('tbody td:nth-child(3)').allInnerTexts();
  for (const kind of ['people.read', 'people.added', 'people.blocked']) assert.ok(kinds.includes(kind), `${kind} in ${kinds}`);
});

test('the list is sorted by what was chosen, and says so', async () => {
  await admin.goto(people());
  const names = () => admin.locator('tbody th').allInnerTexts();
  const sorted = [...await names()].sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
  assert.deepEqual(await names(), sorted);
  await admin.getByRole('link', { name: 'Name' }).click();
  assert.deepEqual(await names(), sorted.reverse());
  assert.equal(await admin.locator('th[aria-sort]').getAttribute('aria-sort'), 'descending');
});

test('an office is added and renamed; two never have one name', async () => {
  await admin.goto(region.url('koeln', '/arbeitsplatz/aemter'));
  const save = async (name, email) => {
    await admin.locator('#name').fill(name);
    await admin.locator('#email').fill(email);
    await admin.getByRole('button', { name: 'Speichern' }).click();
  };
  await save('Amt für Wasser', 'keine adresse');
  await admin.locator('[data-error-summary]').waitFor();
  await save('Amt für Wasser', 'wasser@koeln.example');
  await admin.getByRole('link', { name: 'Amt für Wasser' }).click();
  await save('Amt für Gewässer', 'wasser@koeln.example');
  await admin.getByRole('link', { name: 'Amt für Gewässer' }).click();
  await save('Amt für Grünflächen', 'wasser@koeln.example');
  await admin.locator('[data-error-summary]').getByText('Es gibt schon ein Amt').waitFor();
  assert.deepEqual(admin.complaints, []);
});

test('who works here already cannot be added again, and a citizen becomes staff with the account they have', async () => {
  await admin.goto(people('/neu'));
  await admin.locator('#name').fill('Noch eine Lena');
  await admin.locator('#email').fill(region.login('koeln', 'lead').email);
  await admin.locator('#rolle').selectOption({ label: 'Sachbearbeitung' });
  await admin.getByRole('button', { name: 'Person hinzufügen' }).click();
  await admin.locator('[data-error-summary]').getByText('Diese Person arbeitet schon hier').waitFor();
  const { email } = region.login('koeln', 'citizen');
  const berta = await person(browser);
  await signIn(berta, region, 'koeln', 'citizen');
  await add('Berta Bürgerin', email);
  await berta.goto(region.url('koeln', '/konto'));
  assert.match(berta.url(), /\/anmelden/, 'sessions from before end');
  await setUp(berta, email);
  await berta.goto(region.url('koeln', '/arbeitsplatz'));
  assert.equal(await berta.locator('h1').innerText(), 'Arbeitsplatz');
});
