// Signing in and enrolling with a passkey (WebAuthn level 3): the browser's part.
interface Options { publicKey: PublicKeyCredentialCreationOptionsJSON & PublicKeyCredentialRequestOptionsJSON }

async function post(url: string, body: unknown): Promise<Response> {
  return fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
}

async function run(button: HTMLButtonElement): Promise<void> {
  const { passkey, start, finish } = button.dataset;
  const begun = await post(start ?? '', {});
  if (!begun.ok) throw new Error(String(begun.status));
  const { id, options } = (await begun.json()) as { id: string; options: Options };
  const credential = passkey === 'create'
    ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options.publicKey) })
    : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options.publicKey) });
  const ended = await post(finish ?? '', { id, credential: (credential as PublicKeyCredential).toJSON() });
  if (!ended.ok) throw new Error(String(ended.status));
  const { location: next } = (await ended.json()) as { location: string };
  location.assign(next);
}

for (const button of document.querySelectorAll<HTMLButtonElement>('[data-passkey]')) {
  if (!('credentials' in navigator)) continue;
  button.hidden = false;
  button.addEventListener('click', () => {
    run(button).catch(() => document.getElementById('passkey-failed')?.removeAttribute('hidden'));
  });
}
