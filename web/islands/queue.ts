// Reports that wait in the browser until there is a network. Each has an id made here, by which the server takes it
// once however often it is sent.

export interface Entry {
  id: string;
  created: number;
  /** `draft` is being written, `waiting` is to be sent, `sent` has arrived, `wrong` was refused. */
  state: 'draft' | 'waiting' | 'sent' | 'wrong';
  /** What it is called in the outbox. */
  label: string;
  fields: [string, string][];
  photos: Blob[];
  /** What the server says: what is wrong, or where the report is followed. */
  errors?: string[];
  number?: string;
  tracking?: string;
}

/** The one entry that is being written. */
export const DRAFT = 'draft';
const DAYS = 30;
const news = () => new BroadcastChannel('raum-outbox');

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open('raum', 1);
    request.onupgradeneeded = () => request.result.createObjectStore('reports', { keyPath: 'id' });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function run<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const db = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = db.transaction('reports', mode);
      const request = work(transaction.objectStore('reports'));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    db.close();
  }
}

/** Everything that is kept, the oldest first. What is older than thirty days is forgotten. */
export async function list(): Promise<Entry[]> {
  const entries = await run<Entry[]>('readonly', (store) => store.getAll());
  const oldest = Date.now() - DAYS * 24 * 3600 * 1000;
  for (const { id } of entries.filter(({ created }) => created < oldest)) await remove(id);
  return entries.filter(({ created }) => created >= oldest).sort((a, b) => a.created - b.created);
}

export async function find(id: string): Promise<Entry | undefined> {
  return (await list()).find((entry) => entry.id === id);
}

export async function put(entry: Entry): Promise<void> {
  await run('readwrite', (store) => store.put(entry));
  tell();
}

export async function remove(id: string): Promise<void> {
  await run('readwrite', (store) => store.delete(id));
  tell();
}

function tell(): void {
  const channel = news();
  channel.postMessage('changed');
  channel.close();
}

/** Calls whenever something changed, here or elsewhere. */
export function watch(act: () => void): void {
  news().addEventListener('message', act);
}

/** Sends what waits. Only one does it at a time, and the server knows each by its id. */
export async function send(): Promise<void> {
  await navigator.locks.request('raum-outbox', async () => {
    for (const entry of await list()) if (entry.state === 'waiting') await sendOne(entry);
  });
}

async function sendOne(entry: Entry): Promise<void> {
  const body = new FormData();
  body.set('client_id', entry.id);
  for (const [name, value] of entry.fields) body.append(name, value);
  entry.photos.forEach((photo, index) => body.append('media', photo, `foto-${index + 1}.jpg`));
  const answer = await fetch('/anliegen/ausgang', { method: 'POST', body, credentials: 'omit', headers: { accept: 'application/json' } });
  // Too many, or the server cannot just now: it waits for the next time.
  if (answer.status === 429 || answer.status >= 500) return;
  // Deleted while it was on its way: it has been sent, and stays deleted here.
  if (!await find(entry.id)) return;
  const said = await answer.json().catch(() => ({})) as { number?: string; tracking?: string; errors?: string[] };
  if (!answer.ok) return put({ ...entry, state: 'wrong', errors: said.errors?.map(String) ?? [] });
  // What it said is with the server now; only the way there stays.
  await put({ ...entry, state: 'sent', fields: [], photos: [], errors: [], number: said.number, tracking: said.tracking });
}
