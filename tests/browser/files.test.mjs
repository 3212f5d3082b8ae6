// Files in an S3-compatible store: a photo goes in through a form and comes out of the bucket.
import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { freePort, person, startBrowser, startRegion } from './region.mjs';
import { goOn, sendOff } from './way.mjs';

const require = createRequire(import.meta.url);
let region;
let browser;
let store;
let folder;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'raum-s3-'));
  const port = await freePort();
  const S3rver = require('s3rver');
  store = new S3rver({ port, address: '127.0.0.1', silent: true, directory: folder, configureBuckets: [{ name: 'koeln' }] });
  await store.run();
  region = await startRegion({
    cases: 1,
    beforeServing: (dir) => appendFileSync(join(dir, 'members/koeln/member.toml'),
      `\n[files]\nendpoint = "http://127.0.0.1:${port}"\nbucket = "koeln"\naccess_key = "S3RVER"\nsecret_key = "S3RVER"\n`),
  });
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await region?.stop();
  await store?.close();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

test('a photo is kept in the bucket and shown from there', async () => {
  const citizen = await person(browser);
  await citizen.goto(region.url('koeln', '/anliegen/neu?lat=50.94&long=6.96'));
  await goOn(citizen);
  const picture = await citizen.evaluate(async () => {
    const canvas = new OffscreenCanvas(120, 80);
    canvas.getContext('2d').fillRect(10, 10, 50, 50);
    const blob = await canvas.convertToBlob({ type: 'image/png' });
    return [...new Uint8Array(await blob.arrayBuffer())];
  });
  await citizen.locator('#media').setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: Buffer.from(picture) });
  await goOn(citizen);
  await citizen.locator('[name=service_code][value=baum]').check();
  await goOn(citizen);
  if (citizen.url().endsWith('/aehnlich')) await citizen.getByRole('button', { name: 'Nein, mein Anliegen ist neu' }).click();
  await citizen.locator('#description').fill('Ein Ast');
  await goOn(citizen);
  await sendOff(citizen);
  const shown = await citizen.locator('img.raum-photo').evaluate((image) => image.decode().then(() => [image.naturalWidth, image.naturalHeight]));
  assert.deepEqual(shown, [120, 80]);
  const kept = readdirSync(folder, { recursive: true }).filter((name) => /koeln\/[0-9a-f]{2}\/[0-9a-f]{62}/.test(String(name)));
  assert.ok(kept.length > 0, 'the bucket holds the photo');
  assert.deepEqual(citizen.complaints, []);
});
