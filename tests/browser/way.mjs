// The way to a report, as several tests go it.
import { deflateSync } from 'node:zlib';

/** A small picture, made here so that no file is needed. */
export function png(width = 64, height = 48, grey = 0x7a) {
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
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const row = Buffer.concat([Buffer.from([0]), Buffer.alloc(width * 3, grey)]);
  const rows = Buffer.concat(Array.from({ length: height }, () => row));
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}

export const picture = (name = 'foto.png', grey = 0x7a) => ({ name, mimeType: 'image/png', buffer: png(64, 48, grey) });

/** Presses the button that goes on. */
export const goOn = (page) => page.locator('main').getByRole('button', { name: 'Weiter' }).last().click();

/** Goes from the chosen place to the check, over the page with similar reports when there is one. */
export async function tell(page, { address, photos = [], category = 'muell', text = 'Da liegt etwas', answers } = {}) {
  if (address) await page.locator('#address_string').fill(address);
  await goOn(page);
  if (photos.length) await page.locator('#media').setInputFiles(photos);
  await goOn(page);
  await page.locator(`[name=service_code][value=${category}]`).check();
  await goOn(page);
  if (page.url().endsWith('/aehnlich')) await page.getByRole('button', { name: 'Nein, mein Anliegen ist neu' }).click();
  await page.locator('#description').fill(text);
  if (answers) await answers(page);
  await goOn(page);
  await page.waitForURL('**/pruefen');
}

/** Sends it and gives the private address and the number. */
export async function sendOff(page, { email, name } = {}) {
  if (email) await page.locator('#email').fill(email);
  if (name) await page.locator('#name').fill(name);
  await page.getByRole('button', { name: 'Absenden' }).click();
  await page.getByText('Ihr Anliegen ist angekommen').waitFor();
  const number = (await page.locator('main').innerText()).match(/\d+-20\d\d/)[0];
  return { tracking: page.url().replace(/\?.*/, ''), number };
}
