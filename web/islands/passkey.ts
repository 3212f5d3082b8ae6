// Signing in and enrolling with a passkey (WebAuthn level 3): the browser's part.
interface Challenge { id: string; options: { publicKey: PublicKeyCredentialCreationOptionsJSON & PublicKeyCredentialRequestOptionsJSON } }

async function post<T>(url: string, body: unknown): Promise<T> {
  const answer = await fetch(url, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json() as Promise<T>;
}

async function run({ passkey, start, finish, next }: DOMStringMap): Promise<void> {
  const { id, options: { publicKey } } = await post<Challenge>(start ?? '', {});
  const credential = passkey === 'create'
    ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey) })
    : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey) });
  const name = document.querySelector<HTMLInputElement>('#passkey_name')?.value ?? '';
  const body = { id, credential: (credential as PublicKeyCredential).toJSON(), name, next };
  location.assign((await post<{ location: string }>(finish ?? '', body)).location);
}

const able = 'PublicKeyCredential' in window && 'parseRequestOptionsFromJSON' in PublicKeyCredential;
for (const box of document.querySelectorAll<HTMLElement>('[data-passkey]')) {
  const button = box.querySelector('button');
  const alert = box.querySelector<HTMLElement>('[role=alert]');
  if (!able || !button) {
    box.hidden = true;
    box.nextElementSibling?.classList.remove('raum-no-script');
    continue;
  }
  button.addEventListener('click', () => {
    if (button.getAttribute('aria-disabled')) return;
    button.setAttribute('aria-disabled', 'true');
    alert?.setAttribute('hidden', '');
    run(box.dataset)
      .catch(() => alert?.removeAttribute('hidden'))
      .finally(() => button.removeAttribute('aria-disabled'));
  });
}
