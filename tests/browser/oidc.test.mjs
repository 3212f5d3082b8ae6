// Staff sign in with a provider of OpenID Connect: the certified oidc-provider, asked as a browser asks it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { generateKeyPairSync, sign } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import Provider from 'oidc-provider';
import { freePort, freshCode, person, startBrowser, startRegion } from './region.mjs';

const MFA = 'https://refeds.org/profile/mfa';
const SECRET = 'ein-geheimnis-das-niemand-sonst-kennt';

let region;
let browser;
let provider;
let issuer;
/** Who signs in at the provider next, and how; or an answer made up instead of the provider's. */
let at = {};

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const jwk = { ...privateKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' };
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

function jwt(claims, { key = privateKey, alg = 'RS256' } = {}) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg, kid: 'one' })}.${part(claims)}`;
  return `${text}.${alg === 'none' ? '' : sign('sha256', Buffer.from(text), key).toString('base64url')}`;
}

function startProvider(port) {
  const redirect = region.url('koeln', '/anmelden/anbieter/zurueck');
  const oidc = new Provider(issuer, {
    clients: [{ client_id: 'raum', client_secret: SECRET, redirect_uris: [redirect] }],
    jwks: { keys: [jwk] },
    acrValues: [MFA],
    claims: { openid: ['sub', 'amr'], email: ['email', 'email_verified'] },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (ctx, { uid }) => `/interaction/${uid}` },
    findAccount: (ctx, sub) => ({ accountId: sub, claims: () => ({ sub, email: at.email, email_verified: at.verified ?? true }) }),
    loadExistingGrant: async (ctx) => {
      const { client, session } = ctx.oidc;
      const grant = new ctx.oidc.provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope('openid email');
      await grant.save();
      return grant;
    },
    cookies: { keys: ['only for this test'] },
  });
  const answer = oidc.callback();
  return new Promise((resolve) => {
    const server = createServer((request, response) => {
      if (request.url.startsWith('/interaction/')) {
        const { sub = at.email, acr, amr } = at;
        const login = { accountId: sub, acr, amr, remember: false };
        return oidc.interactionFinished(request, response, at.cancel ? { error: 'access_denied' } : { login });
      }
      if (request.url === '/token' && at.forge) {
        response.setHeader('content-type', 'application/json');
        return response.end(JSON.stringify({ access_token: 'x', token_type: 'Bearer', id_token: at.forge() }));
      }
      return answer(request, response);
    }).listen(port, '127.0.0.1', () => resolve(server));
  });
}

before(async () => {
  const port = await freePort();
  issuer = `http://127.0.0.1:${port}`;
  region = await startRegion({
    cases: 4,
    beforeServing: (dir) => appendFileSync(`${dir}/members/koeln/member.toml`,
      `\n[oidc]\nname = "Stadtnetz"\nissuer = "${issuer}"\nclient_id = "raum"\nclient_secret = "${SECRET}"\nacr = ["${MFA}"]\namr = ["mfa"]\n`),
  });
  provider = await startProvider(port);
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await region?.stop();
  provider?.closeAllConnections();
  provider?.close();
});

const email = (role) => region.login('koeln', role).email;

/** A person whose requests can be held: the app's worker would fetch pages itself, past this test. */
const somebody = () => person(browser, { serviceWorkers: 'block' });

/** A person at a browser of their own who goes from our page to the provider, signs in, and comes back. */
async function signedIn(who, page) {
  at = who;
  const own = page ?? await somebody();
  await own.goto(region.url('koeln', '/arbeitsplatz'));
  await own.getByRole('link', { name: 'Mit Stadtnetz anmelden' }).click();
  return own;
}

/** As far as the provider goes: the address it sends the browser back to, not yet opened. */
async function onTheWay(page, who, change = (url) => url) {
  at = who;
  const session = await page.context().newCDPSession(page);
  const back = new Promise((resolve) => {
    session.on('Fetch.requestPaused', ({ requestId, request }) => {
      const url = new URL(request.url);
      const changed = change(new URL(url));
      if (url.pathname === '/anmelden/anbieter/zurueck') {
        session.send('Fetch.failRequest', { requestId, errorReason: 'Aborted' }).then(() => resolve(url));
      } else if (changed.href === url.href) {
        session.send('Fetch.continueRequest', { requestId });
      } else {
        const responseHeaders = [{ name: 'location', value: changed.href }];
        session.send('Fetch.fulfillRequest', { requestId, responseCode: 303, responseHeaders });
      }
    });
  });
  await session.send('Fetch.enable', { patterns: [{ urlPattern: '*/auth?*' }, { urlPattern: '*/zurueck?*' }] });
  await assert.rejects(page.goto(region.url('koeln', '/anmelden/anbieter?weiter=/konto')), /ERR_ABORTED/);
  const url = await back;
  await session.detach();
  return url;
}

async function refused(page, url, text, status = 403) {
  assert.equal((await page.goto(String(url))).status(), status);
  await page.getByText(text).waitFor();
  await page.goto(region.url('koeln', '/konto'));
  assert.match(page.url(), /\/anmelden\?/, 'nobody is signed in');
}

test('without two factors at the provider the second one is asked for here', async () => {
  const clerk = await signedIn({ email: email('clerk') });
  await clerk.waitForURL(/\/anmelden\/zweiter-faktor\?weiter=%2Farbeitsplatz/);
  await clerk.goto(region.url('koeln', '/arbeitsplatz'));
  await clerk.waitForURL(/\/anmelden\/zweiter-faktor/);
  await clerk.locator('#code').fill(await freshCode(region.login('koeln', 'clerk')));
  await clerk.locator('main form').getByRole('button').click();
  await clerk.waitForURL(region.url('koeln', '/arbeitsplatz'));
});

test('with two factors at the provider the desk is open at once, by acr or by amr', async () => {
  for (const how of [{ acr: MFA }, { amr: ['pwd', 'mfa'] }]) {
    const lead = await signedIn({ email: email('lead'), ...how });
    await lead.waitForURL(region.url('koeln', '/arbeitsplatz'));
    assert.equal(await lead.locator('h1').innerText(), 'Arbeitsplatz');
  }
  const weak = await signedIn({ email: email('lead'), acr: 'something', amr: ['pwd'] });
  await weak.waitForURL(/zweiter-faktor/);
});

test('somebody is known by the name the provider gives them, and an address that moves on opens nothing', async () => {
  const auditor = await signedIn({ sub: 'rita', email: email('auditor'), acr: MFA });
  await auditor.waitForURL(region.url('koeln', '/arbeitsplatz'));
  const renamed = await signedIn({ sub: 'rita', email: 'rita@anderswo.example', acr: MFA });
  await renamed.waitForURL(region.url('koeln', '/arbeitsplatz'));
  const data = await renamed.evaluate(() => fetch('/konto/daten.json').then((answer) => answer.json()));
  assert.deepEqual(data.account.sign_in_providers, [{ issuer, subject: 'rita' }]);
  const heir = await signedIn({ sub: 'rolf', email: email('auditor'), acr: MFA });
  await heir.getByText('gibt es hier keinen Zugang').waitFor();
});

test('strangers, citizens and unverified addresses are refused with a clear page', async () => {
  for (const who of ['fremd@example.org', email('citizen')]) {
    const stranger = await signedIn({ email: who, acr: MFA });
    await stranger.getByText('gibt es hier keinen Zugang').waitFor();
    await stranger.goto(region.url('koeln', '/konto'));
    assert.match(stranger.url(), /\/anmelden\?/);
  }
  const unverified = await signedIn({ sub: 'adam', email: email('admin'), verified: false, acr: MFA });
  await unverified.getByText('E-Mail-Adresse nicht bestätigt').waitFor();
  const cancelled = await signedIn({ cancel: true });
  await cancelled.getByText('Der Anmeldedienst hat Sie nicht angemeldet').waitFor();
});

test('a wrong state, a foreign browser and a used sign-in are refused', async () => {
  const who = { email: email('lead'), acr: MFA };
  const stray = 'wurde nicht in diesem Browser begonnen';
  const lead = await somebody();
  const wrong = await onTheWay(lead, who);
  wrong.searchParams.set('state', 'A'.repeat(43));
  await refused(lead, wrong, stray);

  const foreign = await onTheWay(lead, who);
  await refused(await somebody(), foreign, stray);
  await refused(lead, foreign, stray);

  const good = await onTheWay(lead, who);
  await lead.goto(String(good));
  assert.equal(lead.url(), region.url('koeln', '/konto'));
  await refused(await somebody(), good, stray);
  assert.equal((await lead.goto(String(good))).status(), 403, 'not in the same browser either');
});

test('a code the provider has redeemed and one that belongs to another sign-in are refused', async () => {
  const who = { email: email('lead'), acr: MFA };
  const lead = await somebody();
  const used = await onTheWay(lead, who);
  await lead.goto(String(used));
  await lead.getByRole('button', { name: 'Abmelden' }).click();
  for (const code of [used.searchParams.get('code'), (await onTheWay(await somebody(), who)).searchParams.get('code')]) {
    const next = await onTheWay(lead, who);
    next.searchParams.set('code', code);
    await refused(lead, next, 'nimmt diese Anmeldung nicht an');
  }
  const next = await onTheWay(lead, who);
  next.searchParams.set('iss', 'https://sso.example');
  await refused(lead, next, 'wurde nicht in diesem Browser begonnen');
});

test('an ID token with the wrong nonce, issuer, audience, key or age is refused, and a right one is taken', async () => {
  const lead = await somebody();
  const cannot = 'antwortet nicht, wie er soll';
  const swapped = await onTheWay(lead, { email: email('lead'), acr: MFA }, (url) => {
    if (url.searchParams.has('nonce')) url.searchParams.set('nonce', 'B'.repeat(43));
    return url;
  });
  await refused(lead, swapped, cannot, 502);

  const now = Math.floor(Date.now() / 1000);
  const attempt = async (wrong, how) => {
    let nonce;
    const url = await onTheWay(lead, { email: email('lead'), acr: MFA }, (next) => {
      nonce = next.searchParams.get('nonce') ?? nonce;
      return next;
    });
    const right = {
      iss: issuer, aud: 'raum', sub: 'forged', nonce, iat: now, exp: now + 60, acr: MFA,
      email: email('lead'), email_verified: true,
    };
    at.forge = () => jwt({ ...right, ...wrong }, how);
    return url;
  };
  for (const [wrong, how] of [
    [{ nonce: undefined }], [{ iss: 'https://sso.example' }], [{ aud: 'somebody-else' }], [{ exp: now - 1 }],
    [{}, { key: stranger }], [{}, { alg: 'none' }],
  ]) {
    await refused(lead, await attempt(wrong, how), cannot, 502);
  }
  // The lead is tied to another subject already, so that the right token names the one known.
  await lead.goto(String(await attempt({ sub: email('lead') })));
  assert.equal(lead.url(), region.url('koeln', '/konto'));
});

test('a member without a provider offers none', async () => {
  const citizen = await somebody();
  await citizen.goto(region.url('bonn', '/anmelden'));
  assert.equal(await citizen.getByRole('link', { name: /Mit Stadtnetz/ }).count(), 0);
  assert.equal((await citizen.goto(region.url('bonn', '/anmelden/anbieter'))).status(), 404);
});

test('the doctor says whether the provider answers', async () => {
  // It opens the databases itself, so the region must be down. Asynchronously, because the provider lives here too.
  const doctor = () => new Promise((resolve) => {
    execFile(process.env.RAUM, ['doctor', '--data', region.dir], { env: { ...process.env, RAUM_LOG: 'error' } }, (_, stdout) => resolve(stdout));
  });
  await region.end();
  assert.match(await doctor(), /ok {5}sign-in provider of koeln: http/);
  provider.closeAllConnections();
  await new Promise((resolve) => provider.close(resolve));
  const said = await doctor();
  assert.match(said, /WRONG {2}sign-in provider of koeln: the provider of sign-ins does not answer/);
  assert.ok(!said.includes(SECRET));
});
