// Crews without a network: what was done waits in the browser and is sent exactly once. Every errand has an id from
// the moment the button is pressed; the server does an id once, so sending again is harmless.
interface Errand {
  id: string;
  number: string;
  outcome: string;
  note: string;
  photos: { field: string; blob: Blob }[];
  at: number;
  problem?: string;
}

const root = document.querySelector<HTMLElement>('[data-field]');
const texts = root?.dataset ?? {};

function database(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const open = indexedDB.open('raum-field', 1);
    open.onupgradeneeded = () => open.result.createObjectStore('errands', { keyPath: 'id' });
    open.onsuccess = () => resolve(open.result);
    open.onerror = () => reject(open.error);
  });
}

async function within<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const db = await database();
  return new Promise((resolve, reject) => {
    const transaction = db.transaction('errands', mode, { durability: 'strict' });
    const request = work(transaction.objectStore('errands'));
    transaction.oncomplete = () => { db.close(); resolve(request.result); };
    transaction.onerror = () => { db.close(); reject(transaction.error); };
  });
}

const keep = (errand: Errand) => within('readwrite', (store) => store.put(errand));
const forget = (id: string) => within('readwrite', (store) => store.delete(id));
const waiting = async () => (await within<Errand[]>('readonly', (store) => store.getAll())).sort((a, b) => a.at - b.at);

function say(text: string | undefined): void {
  const status = root?.querySelector('[data-status]');
  if (status) status.textContent = text ?? '';
}

/** Every errand that waits, and those the server did not take, with why and a button to remove them. */
async function show(): Promise<void> {
  const errands = await waiting();
  const section = root?.querySelector<HTMLElement>('[data-queue]');
  const list = root?.querySelector('[data-queue-list]');
  if (!section || !list) return;
  section.hidden = errands.length === 0;
  list.replaceChildren(...errands.map((errand) => {
    const item = document.createElement('li');
    item.className = 'raum-list__item raum-row--between';
    const label = document.createElement('span');
    label.className = 'kern-body';
    label.textContent = `${errand.number}: ${outcomeName(errand)}${errand.problem ? ` – ${texts.conflict} ${errand.problem}` : ''}`;
    const remove = document.createElement('button');
    remove.type = 'button';
    remove.className = 'raum-plain';
    remove.textContent = `${texts.remove} ${errand.number}`;
    remove.addEventListener('click', () => void forget(errand.id).then(show));
    item.append(label, remove);
    return item;
  }));
  const numbers = new Set(errands.map((errand) => errand.number));
  for (const stop of root?.querySelectorAll<HTMLElement>('[data-stop]') ?? []) {
    stop.toggleAttribute('data-waiting', numbers.has(stop.dataset.stop ?? ''));
  }
}

function outcomeName(errand: Errand): string {
  const button = root?.querySelector(`[data-visit] button[value="${CSS.escape(errand.outcome)}"]`);
  return button?.textContent ?? errand.outcome;
}

/** Sends one errand: `true` when the server has it, `false` when there is no network or it is busy. */
async function send(errand: Errand): Promise<boolean> {
  const form = new FormData();
  for (const [name, value] of Object.entries({ id: errand.id, number: errand.number, outcome: errand.outcome, note: errand.note, queue: '1' })) {
    form.append(name, value);
  }
  for (const { field, blob } of errand.photos) form.append(field, blob, `${field}.jpg`);
  let answer: Response;
  try {
    answer = await fetch('/arbeitsplatz/unterwegs/tat', { method: 'POST', body: form, headers: { accept: 'application/json' }, redirect: 'manual' });
  } catch {
    return false;
  }
  if (answer.ok) {
    await forget(errand.id);
    return true;
  }
  // Signed out, too fast, or a fault of the server: later. What the server refuses is shown and never sent again.
  if (answer.type === 'opaqueredirect' || [401, 429].includes(answer.status) || answer.status >= 500) return false;
  const problem = await answer.json().catch(() => ({}));
  await keep({ ...errand, problem: problem.detail ?? String(answer.status) });
  return true;
}

let sending = false;
async function sendAll(): Promise<void> {
  if (sending) return;
  sending = true;
  let sent = 0;
  try {
    for (const errand of (await waiting()).filter((each) => !each.problem)) {
      if (!await send(errand)) break;
      sent += 1;
    }
  } finally {
    sending = false;
    await show();
  }
  if (sent > 0) say(texts.sent);
}

async function take(event: SubmitEvent): Promise<void> {
  const form = event.target as HTMLFormElement;
  const button = event.submitter as HTMLButtonElement | null;
  const data = new FormData(form);
  const photos = ['before', 'after'].flatMap((field) => data.getAll(field)
    .filter((file): file is File => file instanceof File && file.size > 0).map((blob) => ({ field, blob })));
  const number = String(data.get('number'));
  const note = String(data.get('note') ?? '');
  await keep({ id: crypto.randomUUID(), number, outcome: button?.value ?? 'done', note, photos, at: Date.now() });
  form.reset();
  say(texts.kept);
  await show();
  await sendAll();
}

for (const form of root?.querySelectorAll<HTMLFormElement>('[data-visit]') ?? []) {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const note = form.querySelector<HTMLInputElement>('[name=note]');
    const outcome = (event.submitter as HTMLButtonElement | null)?.value;
    if (outcome === 'impossible' && note && !note.value.trim()) {
      form.querySelector('details')?.setAttribute('open', '');
      note.focus();
      return;
    }
    void take(event);
  });
}

root?.querySelector('[data-here]')?.addEventListener('click', () => {
  navigator.geolocation?.getCurrentPosition(({ coords }) => {
    const form = root.querySelector<HTMLFormElement>('[data-start]');
    const fields: [string, number][] = [['lat', coords.latitude], ['long', coords.longitude]];
    for (const [name, value] of fields) {
      const field = form?.querySelector<HTMLInputElement>(`[name=${name}]`);
      if (field) field.value = value.toFixed(6);
    }
    form?.requestSubmit();
  });
});

if (root) {
  addEventListener('online', () => void sendAll());
  void show().then(sendAll);
}
