// Every page, held against four checkers: light and dark, wide and at 360 and 320 pixels, with error states.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import { HtmlValidate } from 'html-validate';
import pa11y from 'pa11y';
import puppeteer from 'puppeteer';
import { person, signIn, startBrowser, startRegion } from './region.mjs';
import { goOn, picture, sendOff, tell } from './way.mjs';

const PUBLIC = ['/', '/anliegen', '/anliegen?kategorie=laterne&status=offen', '/anliegen/neu', '/anliegen/neu?ort=x',
  '/anliegen/neu?lat=50.94&long=6.96', '/anliegen/neu?lat=50.735&long=7.1', '/anliegen/neu?lat=48.1&long=11.5',
  '/anliegen/1-2025', '/suche', '/suche?q=laterne', '/suche?q=xyzxyz', '/stil', '/anmelden', '/anmelden?gesendet=1',
  '/anliegen/neu/foto', '/anliegen/neu/kategorie', '/anliegen/neu/kategorie?fehler=1', '/anliegen/neu/kategorie?q=xyzxyz',
  '/anliegen/offline', '/anliegen/ausgang', '/anliegen/geloescht', '/anliegen/post/abc', '/anmelden/link/abc', '/impressum', '/datenschutz', '/barrierefreiheit', '/gibt-es-nicht'];
// What everybody sees of reports, with nothing found and with wrong questions.
PUBLIC.push('/anliegen?q=xyzxyz&von=2030-01-01', '/anliegen?von=x&lat=99&long=7&kategorie=y&status=z&bbox=1', '/anliegen?lat=50.94&long=6.96&umkreis=5000&sortierung=nah',
  '/anliegen?adresse=Nirgendwo', '/anliegen/waermekarte', '/anliegen/waermekarte?von=2030-01-01', '/anliegen/waermekarte?von=x', '/anliegen/statistik',
  '/anliegen/statistik?von=2015-01&bis=2026-11', '/anliegen/statistik?von=2030-01&bis=2030-02', '/anliegen/statistik?von=x', '/anliegen/folgen?kategorie=laterne&foto=1', '/anliegen/folgen?anliegen=1-2025',
  '/anliegen/folgen?gesendet=1', '/anliegen/folgen/abc');
PUBLIC.push('/verbund', '/verbund/vereinbarungen/abc');
PUBLIC.push('/region', '/region?status=alle&q=laterne', '/region?q=xyzxyz', '/region?mitglied=x&kategorie=y&status=z&bbox=1', '/region?status=beendet&bbox=7,50.7,7.2,50.9');
/** Pages of somebody who is on the way to a report, or has sent one; `{v}` is the private address. */
const WAY = ['/anliegen/neu/ort', '/anliegen/neu/ort?fehler=1', '/anliegen/neu/foto', '/anliegen/neu/angaben?fehler=1', '/anliegen/neu/aehnlich',
  '/anliegen/neu/pruefen', '{v}?neu=1', '{v}/loeschen'];
const CITIZEN = ['/konto', '/konto/einrichten', '/konto/zweiter-faktor', '/konto/loeschen'];
const LEAD = ['/arbeitsplatz', '/arbeitsplatz?status=open&sort=frist', '/arbeitsplatz?wer=ich', '/arbeitsplatz?q=laterne&amt=',
  '/arbeitsplatz/fall/1-2025', '/arbeitsplatz/fall/1-2025?liste=status%3Dalle', '/anmelden/zweiter-faktor',
  '/arbeitsplatz/auswahl?schritt=status&status=done&fall%5B%5D=1-2025&fall%5B%5D=9999-2025', '/arbeitsplatz/unterwegs',
  '/arbeitsplatz/unterwegs?wer=amt&lat=50.94&long=6.96', '/arbeitsplatz/fall/1-2025/zusammenfuehren',
  '/arbeitsplatz/fall/1-2025/kategorie', '/arbeitsplatz/fall/1-2025/ort', '/arbeitsplatz/fall/1-2025/text', '/arbeitsplatz/fall/1-2025/weitergeben'];
const AUDITOR = ['/arbeitsplatz/protokoll', '/arbeitsplatz/personen'];
const ADMIN = ['/arbeitsplatz', '/arbeitsplatz/personen', '/arbeitsplatz/personen?sortierung=-amt', '/arbeitsplatz/personen/neu', '/arbeitsplatz/personen/*', '/arbeitsplatz/aemter'];
ADMIN.push(...['', '/kategorien', '/kategorien/neu', '/kategorien/laterne', '/kategorien/laterne/fragen', '/kategorien/laterne/fragen/fehler',
  '/zustaendigkeiten', '/zustaendigkeiten?test_kategorie=ampel', '/zustaendigkeiten?test_kategorie=ampel&lat=50.94&long=6.96', '/vorlagen',
  '/dienstzeiten', '/feiertage?jahr=2027', '/stadtteile', '/strassen', '/strassen?q=goethestr%203', '/importe', '/schluessel', '/webhooks']
  .map((path) => `/arbeitsplatz/anliegen${path}`));

/** A form of the page, sent as it is after `fields` were filled in; leads to what the server says of it. */
const sent = (button, fields = {}) => async (page) => {
  for (const [selector, value] of Object.entries(fields)) {
    const field = page.locator(selector);
    const closed = page.locator(`details:not([open]):has(${selector}) > summary`);
    if (await closed.count()) await closed.first().click();
    if (await field.evaluate((element) => element.tagName) === 'SELECT') await field.selectOption(value);
    else if (Array.isArray(value)) await field.setInputFiles({ name: value[0], mimeType: 'application/octet-stream', buffer: Buffer.from(value[1]) });
    else await field.fill(value);
  }
  const press = page.getByRole('main').getByRole('button', { name: button, exact: true }).first();
  const hidden = page.locator('details:not([open])', { has: page.getByRole('button', { name: button, exact: true, includeHidden: true }) });
  if (!await press.isVisible() && await hidden.count()) await hidden.first().locator('summary').click();
  await press.click();
};
const follow = (name) => (page) => page.getByRole('main').getByRole('link', { name }).first().click();

// What is reached by doing something: the address, what is done there, and a name. A refused form looks different.
const AT = '/arbeitsplatz/fall/1-2025';
const SETTINGS = '/arbeitsplatz/anliegen';
LEAD.push([AT, sent('Antworten'), 'keine-antwort'], [AT, sent('Frist ändern', { '#frist': '2027-01-01' }), 'keine-begruendung'], [AT, sent('Speichern', { '#notiz': '' }), 'leere-notiz'],
  [`${AT}/zusammenfuehren`, sent('Mit einem anderen Anliegen weiterverfolgen'), 'ohne-nummer'], [`${AT}/kategorie`, sent('Speichern', { '#category': '' }), 'ohne'],
  [`${AT}/ort`, sent('Speichern', { '#lat': 'x' }), 'falsch'], [`${AT}/text`, sent('Speichern', { '#description': '' }), 'leer'],
  ['/arbeitsplatz/fall/*foto/fotos'], ['/arbeitsplatz/fall/*foto/schwaerzen'],
  ['/arbeitsplatz/fall/*foto/schwaerzen', sent('Foto schwärzen', { '#boxes': '1 2 3' }), 'falsch'],
  ['/arbeitsplatz/auswahl?schritt=nehmen'], ['/arbeitsplatz/auswahl?schritt=nehmen&fall%5B%5D=3-2025', sent('Ausführen'), 'getan'],
  ['/arbeitsplatz/fall/4-2025/zusammenfuehren', sent('Mit einem anderen Anliegen weiterverfolgen', { '#into': '5-2025' }), 'zusammen'],
  ['/arbeitsplatz/fall/5-2025'], ['/anliegen/4-2025'], ['/arbeitsplatz?status=alle&q=xyzxyz'], ['/arbeitsplatz?sort=unsinn']);
ADMIN.push([`${SETTINGS}/kategorien/neu`, sent('Speichern'), 'leer'], [`${SETTINGS}/kategorien/laterne/fragen`, sent('Speichern'), 'leer'],
  [`${SETTINGS}/zustaendigkeiten`, sent('Hinzufügen'), 'leer'], [`${SETTINGS}/vorlagen`, sent('Speichern'), 'leer'], [`${SETTINGS}/vorlagen`, follow('Erledigt'), 'eine'],
  [`${SETTINGS}/dienstzeiten`, sent('Speichern', { '#fr1_bis': '07:00' }), 'falsch'], [`${SETTINGS}/feiertage`, sent('Hinzufügen'), 'leer'],
  [`${SETTINGS}/importe`, sent('Prüfen und ansehen'), 'leer'], [`${SETTINGS}/importe`, sent('Prüfen und ansehen', { '#datei': ['a.kml', '<kml/>'] }), 'falsch'],
  [`${SETTINGS}/schluessel`, sent('Schlüssel erzeugen'), 'leer'], [`${SETTINGS}/webhooks`, sent('Webhook anlegen', { '#url': 'ftp://x' }), 'falsch'],
  [`${SETTINGS}/strassen?q=xyzxyz`], ['/anliegen?adresse=goethestrasse']);

/** The form for the next version of an agreement. */
const next = (title) => async (page) => {
  const href = await page.getByRole('main').getByRole('link', { name: title }).first().getAttribute('href');
  await page.goto(region.url('koeln', `${VERBUND}/vorschlagen?ersetzt=${href.split('/').pop()}`));
};

// What others want of the member and what it agreed with them.
const VERBUND = '/arbeitsplatz/verbund';
LEAD.push(`${VERBUND}/protokolle`, VERBUND, [VERBUND, follow('Anliegen über Gemeindegrenzen'), 'gilt']);
const AGREED = [['/verbund', follow('Anliegen über Gemeindegrenzen'), 'vereinbarung']];
const SIGNS = [VERBUND, `${VERBUND}/mitglieder/neu`, `${VERBUND}/vorschlagen`, [VERBUND, follow('Bundesstadt Bonn'), 'mitglied'],
  [`${VERBUND}/mitglieder/neu`, sent('Nachfragen', { '#adresse': 'x y' }), 'falsch'], [`${VERBUND}/vorschlagen`, sent('Unterschreiben und vorschlagen', { '#betrag-0': 'x' }), 'falsch'],
  [`${VERBUND}/vorschlagen`, sent('Weitere Zahlung'), 'mehr'], [VERBUND, next('Anliegen über Gemeindegrenzen'), 'fassung'],
  [`${VERBUND}/mitglieder/neu?adresse=http://bonn.localhost`], [VERBUND, follow('Nachnutzung der Verwaltung'), 'geld'], [`${VERBUND}/vereinbarungen/abc`],
  [`${VERBUND}/*`], [`${VERBUND}/*`, sent('Ablehnen'), 'ohne-grund'],
  [`${VERBUND}/mitglieder/neu`, (page) => sent('Nachfragen', { '#adresse': region.url('bonn', '') })(page), 'vergleichen']];

// What is tried out, and what came of it.
const TRIALS = '/arbeitsplatz/erprobungen';
const DONE = 'Hinweis auf ähnliche Anliegen vor dem Absenden';
PUBLIC.push('/erprobungen', '/erprobungen/abc');
AGREED.push(['/erprobungen', follow(DONE), 'bericht'], ['/erprobungen', follow('Erste Antwort noch am selben Werktag'), 'laeuft']);
LEAD.push(TRIALS, `${TRIALS}/neu`, [`${TRIALS}/neu`, sent('Speichern'), 'leer'], [TRIALS, follow(DONE), 'abgeschlossen']);
SIGNS.push(`${TRIALS}#Erste Antwort`, [`${TRIALS}#Erste Antwort`, sent('Einladen und unterschreiben'), 'niemand'], [`${TRIALS}#${DONE}`],
  [`${TRIALS}#${DONE}`, follow('Aufschreiben'), 'ergebnis']);

let region;
let browser;
let dir;
before(async () => {
  [browser, region] = await Promise.all([startBrowser(), startRegion()]);
  dir = mkdtempSync(join(tmpdir(), 'raum-pages-'));
  if (process.env.SHOTS) mkdirSync(process.env.SHOTS, { recursive: true });
});
after(async () => {
  await browser?.close();
  await region?.stop();
  if (dir) rmSync(dir, { recursive: true, force: true });
});

const html = new HtmlValidate({
  extends: ['html-validate:recommended', 'html-validate:a11y', 'html-validate:document'],
  // An image button is the only one that tells where it was clicked; subresources are our own.
  rules: { 'prefer-button': 'off', 'require-sri': 'off', 'long-title': 'off', 'no-trailing-whitespace': 'off', 'no-inline-style': 'error', 'wcag/h30': 'error' },
});

/** Sends a file that is only looked at, and gives the address of its preview. */
async function preview(page) {
  await page.goto(region.url('koeln', '/arbeitsplatz/anliegen/importe'));
  await page.locator('#art').selectOption('districts');
  const ring = [[6.9, 50.9], [6.95, 50.9], [6.95, 50.95], [6.9, 50.95], [6.9, 50.9]];
  const features = ['1', '1'].map((key) => ({ type: 'Feature', properties: { key, name: 'Neustadt' }, geometry: { type: 'Polygon', coordinates: [ring] } }));
  const buffer = Buffer.from(JSON.stringify({ type: 'FeatureCollection', features }));
  await page.locator('#datei').setInputFiles({ name: 'a.geojson', mimeType: 'application/geo+json', buffer });
  await page.locator('main form button').click();
  return new URL(page.url()).pathname;
}

/** Sends one report and begins another at the same place; gives the private address of the first. */
async function onTheWay(page) {
  const start = region.url('koeln', '/anliegen/neu?lat=50.9413&long=6.9583');
  await page.goto(start);
  await tell(page, { address: 'Am Tor', category: 'schrottauto', photos: [picture()], answers: () => page.locator('#frage-seit').fill('2026-01-01') });
  const { tracking } = await sendOff(page, { email: 'wanda@example.org' });
  await page.goto(start);
  await tell(page, { category: 'schrottauto', photos: [picture()], answers: () => page.locator('#frage-seit').fill('2026-01-01') });
  await page.goto(region.url('koeln', '/anliegen/neu/angaben'));
  await page.locator('#frage-seit').fill('');
  await goOn(page);
  return new URL(tracking).pathname;
}

/** What is wrong with the page as it stands, in one of the two schemes: only styles tell them apart. */
async function look(page, path, colorScheme, name) {
  const found = [];
  const shot = async (width) => {
    if (process.env.SHOTS) await page.screenshot({ path: join(process.env.SHOTS, `${colorScheme}-${name}-${width}.png`), fullPage: true });
  };
  await page.setViewportSize({ width: 1280, height: 900 });
  const axe = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']).analyze();
  found.push(...axe.violations.map((violation) => `${path} ${colorScheme}: axe ${violation.id}: ${violation.nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`));
  await shot(1280);
  for (const width of [360, 320]) {
    await page.setViewportSize({ width, height: 780 });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (overflow > 0) found.push(`${path} ${colorScheme}: ${overflow} pixels too wide at ${width}`);
    if (width === 320) continue;
    const small = await page.evaluate(() => [...document.querySelectorAll('a, button, input, select, textarea')]
      .filter((element) => element.type !== 'hidden' && element.checkVisibility() && !element.closest('p, dd, li.leaflet, .leaflet-control-attribution, .raum-skip'))
      .filter((element) => !element.classList.contains('raum-skip'))
      .map((element) => ({ element, box: element.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 0 && (box.width < 24 || box.height < 24))
      .map(({ element, box }) => `${element.outerHTML.slice(0, 80)} ${Math.round(box.width)}x${Math.round(box.height)}`));
    found.push(...small.map((text) => `${path} ${colorScheme}: target smaller than 24 pixels: ${text}`));
    await shot(width);
  }
  return found;
}

async function visit(role, paths) {
  const found = [];
  const page = await person(browser);
  const own = role === 'way' ? await onTheWay(page) : '';
  if (role && role !== 'way') await signIn(page, region, 'koeln', role);
  if (role === 'admin') paths = [...paths, await preview(page)];
  for (const entry of paths) {
    const [pattern, act, what = ''] = [entry].flat();
    let path = pattern.replace('{v}', own);
    if (path.endsWith('/*')) {
      // The first page below, whose address holds an id.
      await page.goto(region.url('koeln', path.slice(0, -2)));
      path = await page.locator(`tbody a[href^="${path.slice(0, -1)}"]`).first().getAttribute('href');
    }
    if (path.includes('#')) {
      // The page a link leads to.
      const [from, name] = path.split('#');
      await page.goto(region.url('koeln', from));
      path = new URL(await page.getByRole('main').getByRole('link', { name }).first().evaluate((link) => link.href)).pathname;
    }
    if (path.includes('*foto')) {
      await page.goto(region.url('koeln', '/anliegen?foto=1'));
      const number = (await page.locator('.raum-list__item a').first().getAttribute('href')).split('/').pop();
      path = path.replace('*foto', number);
    }
    await page.setViewportSize({ width: 1280, height: 900 });
    let answer = await page.goto(region.url('koeln', path));
    // What scripts add must not move a button away from under the click.
    if (act) await page.waitForLoadState('networkidle');
    if (act) [answer] = await Promise.all([page.waitForNavigation(), act(page)]);
    // Maps draw when their script has come.
    await page.waitForLoadState('networkidle');
    const source = await answer.text();
    const name = `${role ?? 'public'}-${pattern.replace(/[^a-z0-9]+/gi, '_')}${what && `-${what}`}`;
    path = what ? `${path} (${what})` : path;
    writeFileSync(join(dir, `${name}.html`), source);
    for (const result of (await html.validateString(source, path)).results) {
      found.push(...result.messages.map((message) => `${path}: html-validate ${message.ruleId} ${message.line}: ${message.message}`));
    }
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      found.push(...await look(page, path, colorScheme, name));
    }
  }
  found.push(...page.complaints.filter((text) => !/status of 40[04]/.test(text)));
  return found;
}

test('every page is clean in axe and html-validate and fits narrow screens, light and dark', async () => {
  const found = [];
  for (const [role, paths] of [[null, [...PUBLIC, ...AGREED]], ['way', WAY], ['citizen', CITIZEN], ['lead', LEAD], ['auditor', AUDITOR], ['representative', SIGNS], ['admin', ADMIN]]) {
    found.push(...await visit(role, paths));
  }
  assert.deepEqual(found, []);
});

test('every page is valid in the Nu HTML checker', () => {
  const jar = new URL('node_modules/vnu-jar/build/dist/vnu.jar', import.meta.url).pathname;
  const checked = spawnSync('java', ['-jar', jar, '--errors-only', '--skip-non-html', '--format', 'gnu', dir], { encoding: 'utf8' });
  assert.equal(checked.stderr.trim(), '');
  assert.equal(checked.status, 0);
});

test('every public page is clean in pa11y', async () => {
  const chrome = await puppeteer.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-background-networking'] });
  const found = [];
  for (const path of PUBLIC) {
    const result = await pa11y(region.url('koeln', path), { browser: chrome, standard: 'WCAG2AA', runners: ['htmlcs'] });
    found.push(...result.issues.map((issue) => `${path}: ${issue.code} ${issue.context?.slice(0, 120)}`));
  }
  await chrome.close();
  assert.deepEqual(found, []);
});
