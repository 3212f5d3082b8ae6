// The way to a report: in any order, with and without script, and nothing is ever lost on it.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { person, signIn, startBrowser, startRegion } from './region.mjs';
import { goOn, picture, png, sendOff, tell } from './way.mjs';

let region;
let browser;
before(async () => {
  region = await startRegion({ cases: 120 });
  browser = await startBrowser();
});
after(async () => { await browser?.close(); await region?.stop(); });

const AT = '/anliegen/neu?lat=50.9413&long=6.9583';

/** The link in the last mail to an address that matches. */
async function mailed(slug, to, pattern) {
  const folder = `${region.dir}/members/${slug}/mail`;
  for (let tries = 0; tries < 100; tries += 1) {
    const mails = (() => { try { return readdirSync(folder); } catch { return []; } })();
    const texts = mails.map((name) => readFileSync(`${folder}/${name}`, 'utf8').replace(/=\r\n/g, '').replaceAll('=3D', '='));
    const found = texts.filter((text) => text.includes(`To: ${to}`)).map((text) => text.match(pattern)?.[0]).find(Boolean);
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`no mail to ${to}`);
}

for (const javaScriptEnabled of [false, true]) {
  const how = javaScriptEnabled ? 'with script' : 'without script';
  test(`photo first, ${how}: the way asks what is left, and going back and reloading lose nothing`, async () => {
    const citizen = await person(browser, { javaScriptEnabled, viewport: { width: 360, height: 780 } });
    await citizen.goto(region.url('koeln', '/anliegen/neu'));
    await citizen.getByRole('link', { name: 'Lieber zuerst ein Foto?' }).click();
    await citizen.locator('#media').setInputFiles([picture('a.png', 10), picture('b.png', 200)]);
    await goOn(citizen);
    await citizen.waitForURL('**/anliegen/neu/ort');
    await citizen.goto(region.url('koeln', AT));
    await citizen.locator('#address_string').fill('Vor dem Dom');
    await goOn(citizen);
    await citizen.waitForURL('**/kategorie');
    await citizen.locator('[name=service_code][value=muell]').check();
    await goOn(citizen);
    if (citizen.url().endsWith('/aehnlich')) await citizen.getByRole('button', { name: 'Nein, mein Anliegen ist neu' }).click();
    await citizen.locator('#description').fill('Zwei Säcke\nund ein Sofa');
    await citizen.getByRole('checkbox', { name: 'Hausrat' }).check();
    await citizen.getByRole('checkbox', { name: 'Elektrogeräte' }).check();
    await goOn(citizen);
    await citizen.waitForURL('**/pruefen');

    await citizen.goBack();
    assert.equal(await citizen.locator('#description').inputValue(), 'Zwei Säcke\nund ein Sofa');
    assert.ok(await citizen.getByRole('checkbox', { name: 'Hausrat' }).isChecked());
    assert.ok(!await citizen.getByRole('checkbox', { name: 'Bauschutt' }).isChecked());
    await citizen.goto(region.url('koeln', '/anliegen/neu'));
    await citizen.waitForURL('**/pruefen');
    await citizen.reload();
    const check = await citizen.locator('main').innerText();
    for (const part of ['Vor dem Dom', 'Wilder Müll', 'Hausrat, Elektrogeräte', 'Zwei Säcke']) assert.ok(check.includes(part), part);
    assert.equal(await citizen.locator('main img').count(), 2);
    assert.ok(await citizen.locator('main img').first().evaluate?.((image) => image.complete && image.naturalWidth > 0) ?? true);

    await citizen.locator('#email').fill('falsch');
    await citizen.locator('#name').fill('Nora Nachbarin');
    await citizen.getByRole('button', { name: 'Absenden' }).click();
    await citizen.locator('[data-error-summary]').waitFor();
    assert.equal(await citizen.locator('#name').inputValue(), 'Nora Nachbarin');
    await citizen.locator('#email').fill('');
    await sendOff(citizen);
    assert.equal(await citizen.locator('img.raum-photo').count(), 2);
    assert.ok(!(await citizen.locator('main').innerText()).includes('Nora'), 'the name is not shown');
    await citizen.goto(region.url('koeln', '/anliegen/neu'));
    assert.ok(await citizen.getByText('Lieber zuerst ein Foto?').isVisible(), 'the draft is used up');
    if (javaScriptEnabled) assert.deepEqual(citizen.complaints, []);
  });
}

test('a bad file beside good ones is named, the good ones are kept, and more than five are not', async () => {
  const citizen = await person(browser, { javaScriptEnabled: false });
  await citizen.goto(region.url('koeln', '/anliegen/neu/foto'));
  const svg = { name: 'x.svg', mimeType: 'image/png', buffer: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>') };
  await citizen.locator('#media').setInputFiles([picture('a.png', 1), svg, picture('b.png', 2)]);
  await goOn(citizen);
  await citizen.getByText('kein Bild, das wir lesen können').first().waitFor();
  assert.equal(await citizen.locator('main img').count(), 2);
  await citizen.locator('#media').setInputFiles([3, 4, 5, 6].map((grey) => picture(`${grey}.png`, grey)));
  await goOn(citizen);
  await citizen.getByText('höchstens fünf Fotos').first().waitFor();
  assert.equal(await citizen.locator('main img').count(), 5);
  await citizen.getByRole('button', { name: /Entfernen.*Foto 2/ }).click();
  assert.equal(await citizen.locator('main img').count(), 4);
  await citizen.getByRole('button', { name: 'Entwurf verwerfen' }).click();
  await citizen.goto(region.url('koeln', '/anliegen/neu/foto'));
  assert.equal(await citizen.locator('main img').count(), 0);
});

test('nobody sees another draft, and a secret from outside is not taken', async () => {
  const citizen = await person(browser);
  await citizen.goto(region.url('koeln', '/anliegen/neu/foto'));
  await citizen.locator('#media').setInputFiles([picture()]);
  await goOn(citizen);
  const other = await person(browser);
  assert.equal((await other.goto(region.url('koeln', '/anliegen/neu/foto/1'))).status(), 404);
  await other.context().addCookies([{ name: 'raum_entwurf', value: 'planted', domain: 'koeln.localhost', path: '/anliegen/neu' }]);
  await other.goto(region.url('koeln', '/anliegen/neu/foto'));
  await goOn(other);
  const cookies = await other.context().cookies(region.url('koeln', '/anliegen/neu'));
  const own = cookies.find(({ name }) => name === 'raum_entwurf');
  assert.match(own.value, /^[\w-]{43}$/);
  assert.ok(own.httpOnly && own.path === '/anliegen/neu');
});

test('by keyboard alone, questions of every kind: a required date is asked for and kept', async () => {
  const citizen = await person(browser);
  await citizen.goto(region.url('koeln', `${AT}&kategorie=schrottauto`));
  await citizen.locator('#address_string').focus();
  await citizen.keyboard.type('Hinter der Schule');
  await citizen.keyboard.press('Enter');
  await citizen.waitForURL('**/foto');
  await citizen.locator('main').getByRole('button', { name: 'Weiter' }).focus();
  await citizen.keyboard.press('Enter');
  await citizen.waitForURL(/aehnlich|angaben/);
  if (citizen.url().endsWith('/aehnlich')) {
    await citizen.getByRole('button', { name: 'Nein, mein Anliegen ist neu' }).focus();
    await citizen.keyboard.press('Enter');
  }
  await citizen.locator('#description').focus();
  await citizen.keyboard.type('Ein Wagen ohne Kennzeichen');
  await citizen.keyboard.press('Tab');
  await citizen.keyboard.press('Enter');
  const summary = citizen.locator('[data-error-summary]');
  await summary.waitFor();
  await citizen.keyboard.press('Tab');
  await citizen.keyboard.press('Enter');
  assert.equal(await citizen.evaluate(() => document.activeElement.id), 'frage-seit');
  await citizen.locator('#frage-seit').fill('2026-03-01');
  await citizen.locator('#frage-seit').press('Enter');
  await citizen.waitForURL('**/pruefen');
  assert.match(await citizen.locator('main').innerText(), /2026-03-01/);
  await sendOff(citizen);
});

test('a face is blacked out by keyboard before the photo leaves the device', async () => {
  const citizen = await person(browser);
  await citizen.goto(region.url('koeln', '/anliegen/neu/foto'));
  await citizen.locator('#media').setInputFiles([{ name: 'gross.png', mimeType: 'image/png', buffer: png(3000, 1500, 255) }]);
  await citizen.getByRole('button', { name: 'Fläche hinzufügen' }).click();
  for (let times = 0; times < 30; times += 1) await citizen.keyboard.press('ArrowLeft');
  await citizen.keyboard.press('Shift+ArrowRight');
  await citizen.getByRole('button', { name: 'Fläche hinzufügen' }).click();
  await citizen.getByRole('button', { name: 'Rückgängig' }).click();
  if (process.env.SHOTS) await citizen.screenshot({ path: `${process.env.SHOTS}/redact.png`, fullPage: true });
  const [request] = await Promise.all([citizen.waitForRequest((request) => request.method() === 'POST'), goOn(citizen)]);
  const body = request.postDataBuffer();
  assert.ok(!body || !body.includes(Buffer.from('IHDR')), 'the file itself is not sent');
  await citizen.waitForURL('**/ort');
  await citizen.goto(region.url('koeln', '/anliegen/neu/foto'));
  const pixels = await citizen.locator('main img').first().evaluate(async (image) => {
    await image.decode();
    const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
    const pen = canvas.getContext('2d');
    pen.drawImage(image, 0, 0);
    const at = (x, y) => pen.getImageData(Math.floor(x * canvas.width), Math.floor(y * canvas.height), 1, 1).data[0];
    return { width: canvas.width, black: at(0.05, 0.5), white: at(0.5, 0.5), corner: at(0.05, 0.05) };
  });
  assert.equal(pixels.width, 2048);
  assert.ok(pixels.black < 20 && pixels.white > 235 && pixels.corner > 235, JSON.stringify(pixels));
  assert.deepEqual(citizen.complaints, []);
});

test('near reports are shown before sending, and "betrifft mich auch" counts once, without script', async () => {
  const first = await person(browser);
  await first.goto(region.url('koeln', AT));
  await tell(first, { address: 'Am Brunnen', category: 'ampel', text: 'Die Ampel ist aus', photos: [picture()] });
  const { number } = await sendOff(first);

  const second = await person(browser, { javaScriptEnabled: false });
  await second.goto(region.url('koeln', AT));
  await goOn(second);
  await goOn(second);
  await second.locator('[name=service_code][value=ampel]').check();
  await goOn(second);
  await second.waitForURL('**/aehnlich');
  assert.match(await second.locator('main').innerText(), /Die Ampel ist aus/);
  assert.ok(await second.locator('main img.raum-thumb').count() > 0);
  await second.getByRole('button', { name: new RegExp(`Betrifft mich auch.*${number}`) }).click();
  await second.getByText('Danke, wir haben Sie mitgezählt.').waitFor();
  assert.match(await second.locator('main').innerText(), /betrifft eine weitere Person/);
  await second.getByRole('button', { name: 'Betrifft mich auch' }).click();
  assert.match(await second.locator('main').innerText(), /betrifft eine weitere Person/);

  const third = await person(browser, { javaScriptEnabled: false });
  await third.goto(region.url('koeln', `/anliegen/${number}`));
  assert.equal(await third.getByRole('link', { name: 'Diesem Anliegen folgen' }).getAttribute('href'), `/anliegen/folgen?anliegen=${number}`);
  await third.getByRole('link', { name: 'Diesem Anliegen folgen' }).click();
  assert.match(await third.locator('main').innerText(), new RegExp(`Anliegen ${number}`));
  await third.goBack();
  await third.locator('#email').fill('keine');
  await third.getByRole('button', { name: 'Betrifft mich auch' }).click();
  await third.locator('[data-error-summary]').waitFor();
  assert.equal(await third.locator('#email').inputValue(), 'keine', 'what was written stays');
  await third.locator('#email').fill('Dora@Example.org');
  await third.getByRole('button', { name: 'Betrifft mich auch' }).click();
  assert.match(await third.locator('main').innerText(), /betrifft 2 weitere Personen/);
  const link = await mailed('koeln', 'dora@example.org', /http:\S+anliegen\/post\/\S+/);
  await third.goto(link);
  await third.getByRole('button', { name: 'Ja, bitte schreiben Sie mir' }).click();
  await third.getByText('Wir schreiben Ihnen, wenn sich etwas tut.').waitFor();
});

test('mail goes to a confirmed address only; the sender reopens with a reason the public does not read', async () => {
  const citizen = await person(browser);
  await citizen.goto(region.url('koeln', AT));
  await tell(citizen, { address: 'Beim Kiosk', category: 'schild', text: 'Das Schild ist verdreht' });
  const { tracking, number } = await sendOff(citizen, { email: 'frieda@example.org' });
  await citizen.getByText('sobald Sie den Link in unserer E-Mail angeklickt haben').waitFor();
  const confirm = await mailed('koeln', 'frieda@example.org', /http:\S+anliegen\/post\/\S+/);

  const clerk = await person(browser);
  await signIn(clerk, region, 'koeln', 'clerk');
  const answer = async (text, state) => {
    await clerk.goto(region.url('koeln', `/arbeitsplatz/fall/${number}`));
    await clerk.locator('#text').fill(text);
    await clerk.locator('#antwort-status').selectOption(state);
    await clerk.getByRole('button', { name: 'Antworten', exact: true }).click();
    await clerk.getByText(text).waitFor();
  };
  await answer('Wir sehen nach.', 'in_progress');
  await citizen.goto(confirm);
  await citizen.getByRole('button', { name: 'Ja, bitte schreiben Sie mir' }).click();
  await answer('Das Schild steht wieder gerade.', 'done');
  const told = await mailed('koeln', 'frieda@example.org', /Das Schild steht wieder gerade\./);
  assert.ok(told);
  const folder = `${region.dir}/members/koeln/mail`;
  const mails = readdirSync(folder).map((name) => readFileSync(`${folder}/${name}`, 'utf8'));
  assert.ok(!mails.some((text) => text.includes('Wir sehen nach.')), 'nothing was sent before the address was confirmed');

  await citizen.goto(tracking);
  await citizen.getByRole('button', { name: 'Noch nicht erledigt' }).click();
  await citizen.locator('[data-error-summary]').waitFor();
  await citizen.locator('#text').fill('Es ist wieder verdreht.');
  await citizen.getByRole('button', { name: 'Noch nicht erledigt' }).click();
  await citizen.getByText('Es ist wieder verdreht.').waitFor();
  assert.match(await citizen.locator('.kern-badge').first().innerText(), /offen/);
  const shown = await (await citizen.goto(region.url('koeln', `/anliegen/${number}`))).text();
  assert.ok(!shown.includes('Es ist wieder verdreht.'));
  await clerk.reload();
  await clerk.getByText('Es ist wieder verdreht.').waitFor();
});

test('across the border a neighbour\'s open report is offered', async () => {
  // A point of Bonn's own that is a few metres from the Rhein-Sieg-Kreis.
  const citizen = await person(browser);
  await citizen.goto(region.url('bonn', '/'));
  const pair = await citizen.evaluate(async () => {
    const { features } = await (await fetch('/karte/umrisse.geojson')).json();
    const edges = ({ geometry }) => (geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates).map(([outer]) => outer);
    const inside = ([x, y], feature) => edges(feature).some((ring) => ring.reduce((odd, [ax, ay], i) => {
      const [bx, by] = ring[(i + 1) % ring.length];
      return (ay > y) !== (by > y) && x < ((bx - ax) * (y - ay)) / (by - ay) + ax ? !odd : odd;
    }, false));
    const own = features.filter(({ properties }) => properties.own);
    const other = features.filter(({ properties }) => properties.ars.startsWith('05382'));
    for (const [x, y] of edges(own[0])[0]) {
      for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
        const a = [x + dx * 0.0001, y + dy * 0.0001];
        const b = [x - dx * 0.0001, y - dy * 0.0001];
        if (own.some((f) => inside(a, f)) && other.some((f) => inside(b, f)) && !other.some((f) => inside(a, f))) return [a, b];
      }
    }
    return null;
  });
  assert.ok(pair, 'the two areas touch');
  const [[x, y], [dx, dy]] = pair;
  await citizen.goto(region.url('rhein-sieg-kreis', `/anliegen/neu?lat=${dy}&long=${dx}`));
  await tell(citizen, { address: 'Auf der Grenze', category: 'spielplatz', text: 'Die Schaukel an der Grenze' });
  await sendOff(citizen);
  await citizen.goto(region.url('bonn', `/anliegen/neu?lat=${y}&long=${x}`));
  await goOn(citizen);
  await goOn(citizen);
  await citizen.locator('[name=service_code][value=spielplatz]').check();
  await goOn(citizen);
  await citizen.waitForURL('**/aehnlich');
  const link = citizen.getByRole('link', { name: /Rhein-Sieg-Kreis/ }).first();
  assert.ok((await link.getAttribute('href')).startsWith(region.url('rhein-sieg-kreis', '/anliegen/')));
  assert.match(await citizen.locator('main').innerText(), /Die Schaukel an der Grenze/);
});
