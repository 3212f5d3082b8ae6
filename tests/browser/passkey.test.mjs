// Passkeys, with a device that Chromium makes of software.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { person, signIn, signOut, startBrowser, startRegion } from './region.mjs';

let region;
let browser;
before(async () => {
  region = await startRegion({ cases: 4 });
  browser = await startBrowser();
});
after(async () => { await browser?.close(); await region?.stop(); });

/** A person with a device that knows its user. */
async function personWithDevice() {
  const page = await person(browser);
  const devices = await page.context().newCDPSession(page);
  await devices.send('WebAuthn.enable');
  const { authenticatorId } = await devices.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true,
      isUserVerified: true, automaticPresenceSimulation: true,
    },
  });
  page.verify = (isUserVerified) => devices.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified });
  return page;
}

async function enrol(page, slug, name) {
  await page.goto(region.url(slug, '/konto'));
  await page.getByLabel('Name des neuen Passkeys').fill(name);
  await page.getByRole('button', { name: 'Passkey einrichten' }).click();
  await page.getByText(name, { exact: true }).waitFor();
}

async function usePasskey(page, slug) {
  await page.goto(region.url(slug, '/anmelden'));
  await page.getByRole('button', { name: 'Mit Passkey anmelden' }).click();
}

test('a citizen enrols a passkey, signs in without an address, and cannot after deleting it', async () => {
  const citizen = await personWithDevice();
  await signIn(citizen, region, 'koeln', 'citizen');
  await enrol(citizen, 'koeln', 'Bertas Handy');
  const data = await citizen.evaluate(() => fetch('/konto/daten.json').then((answer) => answer.json()));
  assert.deepEqual(data.account.passkeys.map(({ name, used }) => [name, used]), [['Bertas Handy', null]]);
  assert.doesNotMatch(JSON.stringify(data), /"key"|credential/);

  await signOut(citizen, region, 'koeln');
  await usePasskey(citizen, 'koeln');
  await citizen.waitForURL(region.url('koeln', '/'));
  await citizen.goto(region.url('koeln', '/konto'));
  await citizen.getByText('zuletzt benutzt').waitFor();

  await citizen.getByRole('button', { name: 'Passkey „Bertas Handy“ löschen' }).click();
  await citizen.getByText('Bertas Handy').waitFor({ state: 'detached' });
  await signOut(citizen, region, 'koeln');
  assert.deepEqual(citizen.complaints, []);
  await usePasskey(citizen, 'koeln');
  await citizen.getByRole('alert').getByText('Das hat mit dem Passkey nicht geklappt').waitFor();
  await citizen.goto(region.url('koeln', '/konto'));
  assert.match(citizen.url(), /\/anmelden/);
});

test('a staff member works after signing in with a passkey alone', async () => {
  const clerk = await personWithDevice();
  await signIn(clerk, region, 'koeln', 'clerk');
  await enrol(clerk, 'koeln', 'Diensthandy');
  await signOut(clerk, region, 'koeln');
  await clerk.goto(region.url('koeln', '/arbeitsplatz?meine=1'));
  await clerk.getByRole('button', { name: 'Mit Passkey anmelden' }).click();
  await clerk.waitForURL(region.url('koeln', '/arbeitsplatz?meine=1'));
  assert.match(await clerk.locator('h1').innerText(), /Arbeitsplatz/);
  assert.deepEqual(clerk.complaints, []);
});

test('an answer to another question, a used one, and an unverified user are refused', async () => {
  const lead = await personWithDevice();
  await signIn(lead, region, 'bonn', 'lead');
  await enrol(lead, 'bonn', 'Schlüssel');
  await signOut(lead, region, 'bonn');
  await lead.goto(region.url('bonn', '/anmelden'));
  const statuses = await lead.evaluate(async () => {
    const post = (url, body) => fetch(url, {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body),
    });
    const ask = () => post('/anmelden/passkey/frage', {}).then((answer) => answer.json());
    const answer = async ({ options }) => (await navigator.credentials.get({
      publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options.publicKey),
    })).toJSON();
    const [first, second] = [await ask(), await ask()];
    const credential = await answer(first);
    const swapped = await post('/anmelden/passkey', { id: second.id, credential });
    const right = await post('/anmelden/passkey', { id: first.id, credential });
    const again = await post('/anmelden/passkey', { id: first.id, credential });
    const broken = await post('/anmelden/passkey', { id: 7 });
    return [swapped, right, again, broken].map((answer) => [answer.status, answer.headers.get('content-type')]);
  });
  assert.deepEqual(statuses, [
    [403, 'application/problem+json'], [200, 'application/json'],
    [403, 'application/problem+json'], [400, 'application/problem+json'],
  ]);

  await signOut(lead, region, 'bonn');
  await lead.verify(false);
  await usePasskey(lead, 'bonn');
  await lead.getByRole('alert').getByText('Das hat mit dem Passkey nicht geklappt').waitFor();
});

test('with a password alone nobody gets around the second factor by adding or deleting a passkey', async () => {
  const auditor = await personWithDevice();
  const { email, password } = region.login('koeln', 'auditor');
  await auditor.goto(region.url('koeln', '/anmelden'));
  await auditor.locator('#email').fill(email);
  await auditor.locator('#passwort').fill(password);
  await auditor.locator('main form').first().getByRole('button').click();
  await auditor.waitForURL(/zweiter-faktor/);
  await auditor.goto(region.url('koeln', '/konto'));
  assert.equal(await auditor.getByRole('button', { name: 'Passkey einrichten' }).count(), 0);
  await auditor.getByText('bestätigen Sie erst Ihren zweiten Faktor').waitFor();
  const statuses = await auditor.evaluate(() => Promise.all([
    fetch('/konto/passkeys/frage', { method: 'POST' }),
    fetch('/konto/passkeys/loeschen', { method: 'POST', body: new URLSearchParams({ passkey: 'AAAA' }) }),
  ]).then((answers) => answers.map((answer) => answer.status)));
  assert.deepEqual(statuses, [401, 401]);
});

test('without script the page says why there are no passkeys', async () => {
  const citizen = await person(browser, { javaScriptEnabled: false });
  await citizen.goto(region.url('koeln', '/anmelden'));
  await citizen.getByText('Passkeys brauchen einen aktuellen Browser').waitFor();
  assert.equal(await citizen.getByRole('button', { name: 'Mit Passkey anmelden' }).isVisible(), false);
});
