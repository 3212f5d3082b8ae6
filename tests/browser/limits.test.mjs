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
    const form = document.querySelector('form[enctype]');
    form.querySelector('#service_code').value = 'muell';
    form.querySelector('#description').value = 'Noch einmal';
    const answers = [];
    for (let number = 0; number < 31; number += 1) {
      const body = new FormData(form);
      body.set('_form', crypto.randomUUID());
      const answer = await fetch(form.action, { method: 'POST', body, headers: { accept: 'text/html' } });
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

test('after a hundred wrong passkeys from one address nobody there is asked for one any more', async () => {
  const page = await person(browser);
  await page.goto(region.url('koeln', '/anmelden'));
  const statuses = await page.evaluate(async () => {
    const post = (url, body) => fetch(url, {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body),
    }).then((answer) => answer.status);
    const statuses = [];
    for (let number = 0; number < 101; number += 1) {
      statuses.push(await post('/anmelden/passkey', { id: `wrong ${number}`, credential: {} }));
    }
    return [...statuses, await post('/anmelden/passkey/frage', {})];
  });
  assert.deepEqual(statuses, [...Array(100).fill(403), 429, 429]);
});
