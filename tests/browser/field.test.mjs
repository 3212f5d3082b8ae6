// What crews do on their way, on a phone, with and without a network.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { person, signIn, startBrowser, startRegion } from './region.mjs';
import { sendOff, tell } from './way.mjs';

let region;
let browser;
let crew;
before(async () => {
  region = await startRegion({ cases: 5 });
  browser = await startBrowser();
  crew = await person(browser, { viewport: { width: 360, height: 740 } });
  await signIn(crew, region, 'koeln', 'clerk');
});
after(async () => { await browser?.close(); await region?.stop(); });

const way = (query = '') => region.url('koeln', `/arbeitsplatz/unterwegs${query}`);

async function report(lat, long) {
  const citizen = await person(browser, { javaScriptEnabled: false });
  await citizen.goto(region.url('koeln', `/anliegen/neu?lat=${lat}&long=${long}`));
  await tell(citizen, { category: 'laterne', text: 'Dunkel.' });
  return (await sendOff(citizen)).number;
}

/** Reports along a street, taken by the crew. */
async function take(steps) {
  const numbers = [];
  for (const step of steps) {
    const number = await report(50.94, 6.94 + step * 0.004);
    await crew.goto(region.url('koeln', `/arbeitsplatz/fall/${number}`));
    await crew.getByRole('button', { name: 'Übernehmen', exact: true }).click();
    numbers.push(number);
  }
  return numbers;
}

const stops = () => crew.locator('ol.raum-stops > li').evaluateAll((items) => items.map((item) => item.dataset.stop));
const timeline = async (number) => {
  await crew.goto(region.url('koeln', `/arbeitsplatz/fall/${number}`));
  return crew.locator('.raum-timeline').innerText();
};

test('the stops come in the order of the way, drawn with their numbers', async () => {
  const [third, first, second] = await take([3, 1, 2]);
  await crew.goto(way('?lat=50.94&long=6.94'));
  assert.deepEqual(await stops(), [first, second, third]);
  assert.deepEqual(await crew.locator('svg.raum-map circle + text').allTextContents(), ['1', '2', '3']);
  await crew.goto(way('?lat=50.94&long=6.96'));
  assert.deepEqual(await stops(), [third, second, first]);
  await crew.locator('summary', { hasText: 'Startpunkt' }).click();
  await crew.getByRole('button', { name: 'Als Startpunkt des Amtes merken' }).click();
  await crew.goto(way());
  assert.deepEqual(await stops(), [third, second, first], 'the office starts there from now on');
});

test('without script: one tap ends a stop, and why it is not possible must be said', async () => {
  const [done, stuck] = await take([5, 6]);
  const plain = await person(browser, { javaScriptEnabled: false, viewport: { width: 360, height: 740 } });
  await signIn(plain, region, 'koeln', 'clerk');
  await plain.goto(way());
  await plain.locator(`[data-stop="${done}"]`).getByRole('button', { name: 'Erledigt' }).click();
  assert.equal(await plain.locator(`[data-stop="${done}"]`).count(), 0);
  const stop = plain.locator(`[data-stop="${stuck}"]`);
  await stop.getByRole('button', { name: 'Nicht möglich' }).click();
  await plain.goto(way());
  await stop.locator('summary').click();
  await stop.locator('[name=note]').fill('Kein Strom.');
  await stop.getByRole('button', { name: 'Nicht möglich' }).click();
  assert.equal(await plain.locator(`[data-stop="${stuck}"]`).count(), 0, 'it is nobody’s again');
  assert.match(await timeline(done), /Erledigt/);
  assert.match(await timeline(stuck), /Nicht möglich Kein Strom\./);
});

test('offline: what was done waits in the browser, survives a reload and is done exactly once; conflicts are shown', async () => {
  const [one, two, three] = await take([8, 9, 10]);
  await crew.goto(way());
  await crew.locator('.raum-script').waitFor();
  const tap = (number, name) => crew.locator(`[data-stop="${number}"]`).getByRole('button', { name }).click();
  await crew.context().setOffline(true);
  const photo = Buffer.from(await crew.evaluate(async () => {
    const canvas = new OffscreenCanvas(64, 48);
    canvas.getContext('2d').fillRect(0, 0, 9, 9);
    return [...new Uint8Array(await (await canvas.convertToBlob({ type: 'image/jpeg' })).arrayBuffer())];
  }));
  const stop = crew.locator(`[data-stop="${one}"]`);
  await stop.locator('summary').click();
  await stop.locator('[name=note]').fill('Leuchtmittel getauscht');
  await stop.locator('[name=after]').setInputFiles({ name: 'nachher.jpg', mimeType: 'image/jpeg', buffer: photo });
  await tap(one, 'Erledigt');
  await crew.locator('[data-queue-list] li').first().waitFor();
  await tap(two, 'Erledigt');
  await tap(three, 'Später');
  await crew.locator('[data-queue-list] li').nth(2).waitFor();
  assert.ok(await stop.evaluate((item) => item.hasAttribute('data-waiting')));

  // Meanwhile somebody else ends the second one.
  const lead = await person(browser);
  await signIn(lead, region, 'koeln', 'lead');
  await lead.goto(region.url('koeln', `/arbeitsplatz/fall/${two}`));
  await lead.getByText('Status ändern', { exact: true }).click();
  await lead.getByRole('button', { name: 'erledigt', exact: true }).click();

  // The answer to the first sending is lost on its way back, so it is sent again.
  await crew.evaluate(() => {
    const real = window.fetch;
    window.fetch = async (...request) => {
      const answer = await real(...request);
      if (window.lost) return answer;
      window.lost = answer.status;
      throw new TypeError('the answer was lost');
    };
  });
  await crew.context().setOffline(false);
  await crew.evaluate(() => window.dispatchEvent(new Event('online')));
  await crew.waitForFunction(() => window.lost);
  assert.equal(await crew.evaluate(() => window.lost), 200, 'the server has it');
  assert.equal(await crew.locator('[data-queue-list] li').count(), 3, 'and the browser does not know');
  await crew.goto(way());
  const conflict = crew.locator('[data-queue-list] li');
  await conflict.filter({ hasText: 'Nicht angenommen' }).waitFor();
  assert.equal(await conflict.count(), 1);
  assert.match(await conflict.innerText(), new RegExp(two));
  await conflict.getByRole('button').click();
  await crew.waitForFunction(() => document.querySelectorAll('[data-queue-list] li').length === 0);

  const history = await timeline(one);
  assert.equal(history.match(/Leuchtmittel getauscht/g).length, 1);
  assert.match(history, /Foto nachher, Nr\. 1/);
  assert.equal(await crew.locator('img.raum-photo').count(), 1);
  assert.match(await timeline(three), /Später/);
  await crew.goto(way());
  assert.equal(await crew.locator(`ul.raum-stops [data-stop="${three}"]`).count(), 1, 'put off to later');
  const citizen = await person(browser);
  await citizen.goto(region.url('koeln', `/anliegen/${one}`));
  assert.equal(await citizen.locator('img.raum-photo').count(), 0, 'photos of crews stay with the office');

  // Until somebody releases one of them, which can be taken back.
  await lead.goto(region.url('koeln', `/arbeitsplatz/fall/${one}`));
  await lead.getByRole('link', { name: 'Fotos freigeben' }).click();
  await lead.getByRole('button', { name: 'Foto 1 freigeben' }).click();
  await lead.getByText('Alle sehen es.').waitFor();
  await citizen.reload();
  assert.equal(await citizen.locator('img.raum-photo').count(), 1);
  assert.match(await citizen.locator('main').innerText(), /nachher/);
  await lead.goto(region.url('koeln', `/arbeitsplatz/fall/${one}`));
  assert.match(await lead.locator('.raum-timeline').innerText(), /Veröffentlicht\s+Foto 1 zum Anliegen/);
  await lead.getByRole('button', { name: 'Zurücknehmen: Fotos freigeben' }).click();
  await citizen.reload();
  assert.equal(await citizen.locator('img.raum-photo').count(), 0);
});
