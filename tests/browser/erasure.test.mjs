// Erased is erased: after it no file of the member holds what a person said of themselves.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { person, signIn, startBrowser, startRegion } from './region.mjs';
import { picture, sendOff, tell } from './way.mjs';

let region;
let browser;
before(async () => {
  region = await startRegion({ cases: 40 });
  browser = await startBrowser();
});
after(async () => { await browser?.close(); await region?.stop(); });

/** The files of a member's folder that hold a word, in any case. Mail that left is not the member's any more. */
function holding(slug, word) {
  const found = [];
  const look = (folder) => {
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      if (statSync(path).isDirectory()) { if (name !== 'mail') look(path); }
      else if (readFileSync(path).toString('latin1').toLowerCase().includes(Buffer.from(word).toString('latin1').toLowerCase())) found.push(name);
    }
  };
  look(join(region.dir, 'members', slug));
  return found;
}

const files = (slug) => readdirSync(join(region.dir, 'members', slug, 'files'), { recursive: true }).filter((name) => /^..\/.{62}$/.test(name)).length;

const figures = (page) => page.evaluate(() => fetch('/').then((got) => got.text()).then((text) => text.match(/<strong>[^<]*<\/strong>/g)));

async function report(page, words) {
  await page.goto(region.url('koeln', '/anliegen/neu?lat=50.9413&long=6.9583'));
  await tell(page, { address: words.address, category: 'laterne', text: words.text, photos: [picture('a.png', words.grey)],
    answers: () => page.locator('#frage-nummer').fill(words.answer) });
  return sendOff(page, { email: words.email, name: words.name });
}

for (const all of [false, true]) {
  test(`by the private link, ${all ? 'with texts and photos' : 'the person alone'}: nothing is left to be found`, async () => {
    const tag = all ? 'zwei' : 'eins';
    const words = {
      name: `Quirinia Xan${tag}thippenbusch`, email: `quirinia@xan${tag}thippenbusch.example`, grey: all ? 34 : 33,
      address: `Bei Familie Ytt${tag}riumsen`, text: `Die Lampe vor Ypsi${tag}lantiforum ist aus`, answer: `Mast${tag}nummer77`,
    };
    const page = await person(browser, { javaScriptEnabled: false });
    const before = files('koeln');
    const { tracking, number } = await report(page, words);
    assert.ok(holding('koeln', words.email).length > 0, 'the test looks in the right place');
    assert.ok(holding('koeln', `n${tag}thippenb`).length > 0);
    assert.equal(files('koeln'), before + 1);
    // Reopened once, so that the history holds words of theirs too.
    const clerk = await person(browser);
    await signIn(clerk, region, 'koeln', 'clerk');
    await clerk.goto(region.url('koeln', `/arbeitsplatz/fall/${number}`));
    await clerk.locator('#text').fill('Ist repariert.');
    await clerk.locator('#antwort-status').selectOption('done');
    await clerk.getByRole('button', { name: 'Antworten', exact: true }).click();
    await page.goto(tracking);
    const reason = `Wolper${tag}tinger sagt nein`;
    await page.locator('#text').fill(reason);
    await page.getByRole('button', { name: 'Noch nicht erledigt' }).click();
    await page.getByText(reason).waitFor();
    const counted = await figures(clerk);

    await page.getByRole('link', { name: 'Meine Angaben löschen' }).click();
    if (all) await page.locator('#umfang-alles').check();
    await page.getByRole('button', { name: 'Meine Angaben löschen' }).click();
    await page.locator('[data-error-summary]').waitFor();
    assert.equal(await page.locator('#umfang-alles').isChecked(), all, 'the choice is kept');
    await page.locator('#sicher').check();
    await page.getByRole('button', { name: 'Meine Angaben löschen' }).click();
    await page.getByRole('heading', { name: 'Gelöscht' }).waitFor();

    // The search index holds stems and shares their beginnings, so the middle of a word must not be there either.
    const gone = [words.email, words.name, `n${tag}thippenb`, reason, `r${tag}tinge`];
    if (all) gone.push(words.address, `t${tag}rium`, words.text, `i${tag}lantif`, words.answer);
    for (const word of gone) assert.deepEqual(holding('koeln', word), [], word);
    assert.equal(files('koeln'), before + (all ? 0 : 1));
    assert.equal((await page.goto(tracking)).status(), 404, 'the private link ends');
    const shown = await page.goto(region.url('koeln', `/anliegen/${number}`));
    assert.equal(shown.status(), 200);
    const text = await page.locator('main').innerText();
    assert.equal(text.includes(words.text), !all);
    assert.match(text, /Straßenlaterne defekt/);
    assert.deepEqual(await figures(clerk), counted, 'the statistics are as before');
    await clerk.goto(region.url('koeln', `/suche?q=xan${tag}thippenbusch`));
    assert.equal(await clerk.locator('main ul.kern-list li').count(), 0);
  });
}

test('an account takes reports, drafts, support and waiting mail with it', async () => {
  const { email } = region.login('koeln', 'citizen');
  const page = await person(browser);
  await signIn(page, region, 'koeln', 'citizen');
  await report(page, { address: 'Am Tor', text: 'Flackert', answer: '12', grey: 35, email, name: 'Berta Bürgerinzzz' });
  await page.goto(region.url('koeln', '/anliegen/neu?lat=50.95&long=6.97'));
  await tell(page, { address: 'Draftwort Quokkastein', category: 'muell', text: 'Ein Entwurf' });
  assert.ok(holding('koeln', 'Quokkastein').length > 0);
  await page.goto(region.url('koeln', '/konto/loeschen'));
  await page.locator('#sicher').check();
  await page.getByRole('button', { name: /löschen/ }).click();
  await page.waitForURL(region.url('koeln'));
  await page.goto(region.url('koeln', '/anliegen/neu'));
  assert.ok(await page.getByText('Lieber zuerst ein Foto?').isVisible(), 'the draft is gone');
  for (const word of [email, 'Bürgerinzzz', 'Quokkastein']) assert.deepEqual(holding('koeln', word), [], word);
});
