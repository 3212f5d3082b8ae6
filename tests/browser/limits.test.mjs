// Limits that a person never meets and a script does.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { person, startBrowser, startRegion } from './region.mjs';

let region;
let browser;
before(async () => {
  region = await startRegion({ cases: 1 });
  browser = await startBrowser();
});
after(async () => { await browser?.close(); await region?.stop(); });

test('after thirty reports in an hour the next one waits, and says how long', async () => {
  const page = await person(browser);
  await page.goto(region.url('bonn', '/anliegen/neu?lat=50.735&long=7.1'));
  const answers = await page.evaluate(async () => {
    const answers = [];
    for (let number = 0; number < 31; number += 1) {
      const body = new FormData();
      const fields = { client_id: crypto.randomUUID(), lat: '50.735', long: '7.1', service_code: 'muell', description: 'Noch einmal' };
      for (const [name, value] of Object.entries(fields)) body.set(name, value);
      const answer = await fetch('/anliegen/ausgang', { method: 'POST', body });
      answers.push([answer.status, answer.headers.get('retry-after')]);
    }
    return answers;
  });
  assert.ok(answers.slice(0, 30).every(([status]) => status === 200), JSON.stringify(answers));
  const [status, wait] = answers[30];
  assert.equal(status, 429);
  assert.ok(Number(wait) > 3000 && Number(wait) <= 3600, wait);
});

test('after ten wrong passwords the account is locked for a while, with the right one too', async () => {
  const page = await person(browser);
  const { email, password } = region.login('bonn', 'citizen');
  await page.goto(region.url('bonn', '/anmelden'));
  const statuses = await page.evaluate(async ({ email, password }) => {
    const send = (passwort) => fetch('/anmelden', {
      method: 'POST', body: new URLSearchParams({ email, passwort }), headers: { accept: 'text/html' },
    }).then((answer) => answer.status);
    const statuses = [];
    for (let number = 0; number < 10; number += 1) statuses.push(await send(`wrong ${number}`));
    statuses.push(await send(password));
    return statuses;
  }, { email, password });
  assert.deepEqual(statuses, [...Array(10).fill(200), 429]);
});
