// Somebody in Köln reports what lies in Bonn: Bonn's office takes it and answers, and the answer stands behind the link in
// Köln. Without script.
import assert from 'node:assert/strict';
import { AxeBuilder } from '@axe-core/playwright';
import { after, before, test } from 'node:test';
import { person, signIn, startBrowser, startRegion } from './region.mjs';
import { picture, sendOff, tell } from './way.mjs';

let region;
let browser;
before(async () => {
  region = await startRegion({ cases: 10 });
  browser = await startBrowser();
});
after(async () => { await browser?.close(); await region?.stop(); });

const BONN = '/anliegen/neu?lat=50.7374&long=7.0982';

/** Loads a page again until it says something: the other node has to be told first. */
async function until(page, address, words) {
  for (let tries = 0; tries < 200; tries += 1) {
    await page.goto(address);
    if ((await page.locator('main').innerText()).includes(words)) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  assert.fail(`${address} never says ${words}: ${await page.locator('main').innerText()}`);
}

test('what is reported in Köln and lies in Bonn is answered by Bonn, behind the link in Köln', async () => {
  const citizen = await person(browser, { javaScriptEnabled: false });
  await citizen.goto(region.url('koeln', BONN));
  await citizen.getByText('Dieser Ort gehört zu Bundesstadt Bonn').waitFor();
  const text = `Sperrmüll am Münsterplatz ${Date.now()}`;
  await tell(citizen, { address: 'Münsterplatz 1', photos: [picture()], text });
  const { tracking, number } = await sendOff(citizen, { email: 'nora@example.org' });
  await citizen.getByText('Zuständige Stelle gefragt').waitFor();

  const clerk = await person(browser, { javaScriptEnabled: false });
  await signIn(clerk, region, 'bonn', 'lead');
  await until(clerk, region.url('bonn', '/arbeitsplatz?ordnung=-eingang'), 'Münsterplatz 1');
  await clerk.locator('tr', { hasText: 'Münsterplatz 1' }).getByRole('link').first().click();
  const shown = await clerk.locator('main').innerText();
  for (const part of [text, 'Kam von', 'Stadt Köln', number]) assert.ok(shown.includes(part), part);
  assert.ok(!shown.includes('nora@example.org'), 'who sent it stays in Köln');
  assert.equal(await clerk.locator('main img.raum-photo').count(), 1);
  const here = clerk.url();
  // The same clerk with script, for the checker needs it.
  const eye = await person(browser, { storageState: await clerk.context().storageState() });
  await eye.goto(`${here.split('?')[0]}/ablehnen`);
  await eye.locator('main form button').click();
  await eye.locator('.kern-alert--danger').waitFor();
  for (const colorScheme of ['light', 'dark']) {
    await eye.emulateMedia({ colorScheme });
    const axe = await new AxeBuilder({ page: eye }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']).analyze();
    assert.deepEqual(axe.violations.map((violation) => violation.id), []);
  }
  await clerk.getByRole('button', { name: 'Annehmen', exact: true }).click();
  await until(citizen, tracking, 'Angenommen von');

  await clerk.goto(here);
  await clerk.locator('#text').fill('Der Sperrmüll wurde abgeholt.');
  await clerk.locator('#antwort-status').selectOption('done');
  await clerk.getByRole('button', { name: 'Antworten', exact: true }).click();
  await until(citizen, tracking, 'Der Sperrmüll wurde abgeholt.');
  const told = await citizen.locator('main').innerText();
  assert.ok(told.includes('Bundesstadt Bonn') && told.includes('erledigt'), told);
});
