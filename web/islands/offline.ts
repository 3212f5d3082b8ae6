// Reporting without a network: the report goes into the browser's outbox and is sent when there is a network again.
import { DRAFT, find, put, remove } from './queue';
import { redact } from './redact';

interface Registration extends ServiceWorkerRegistration { sync?: { register(tag: string): Promise<void> } }

const form = document.querySelector<HTMLFormElement>('form[data-offline]');
if (form) void run(form);

async function run(form: HTMLFormElement): Promise<void> {
  form.hidden = false;
  const category = form.querySelector<HTMLSelectElement>('[name="service_code"]');
  const media = form.querySelector<HTMLInputElement>('[name="media"]');
  const holder = form.querySelector<HTMLElement>('[data-redact]');
  const photos = holder ? redact(holder) : async () => [];
  const show = () => {
    for (const set of form.querySelectorAll<HTMLFieldSetElement>('[data-questions]')) {
      set.disabled = set.dataset.questions !== category?.value;
      set.hidden = set.disabled;
    }
  };
  category?.addEventListener('change', show);
  await restore(form, media);
  show();
  let waiting = 0;
  form.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = window.setTimeout(() => void put({ ...entry(form, DRAFT, 'draft'), photos: [...media?.files ?? []] }), 250);
  });
  position(form);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    clearTimeout(waiting);
    void submit(form, photos);
  });
}

/** What was written before the page was closed. */
async function restore(form: HTMLFormElement, media: HTMLInputElement | null): Promise<void> {
  const draft = await find(DRAFT);
  for (const [name, value] of draft?.fields ?? []) {
    for (const field of form.querySelectorAll<HTMLInputElement>(`[name="${CSS.escape(name)}"]`)) {
      if (field.type === 'radio' || field.type === 'checkbox') field.checked ||= field.value === value;
      else field.value = value;
    }
  }
  if (media && draft?.photos.length) {
    const files = new DataTransfer();
    draft.photos.forEach((photo, index) => files.items.add(photo instanceof File ? photo : new File([photo], `foto-${index + 1}.jpg`)));
    media.files = files.files;
    media.dispatchEvent(new Event('change'));
  }
}

function entry(form: HTMLFormElement, id: string, state: 'draft' | 'waiting') {
  const fields = [...new FormData(form)].filter((field): field is [string, string] => typeof field[1] === 'string');
  const select = form.querySelector<HTMLSelectElement>('[name="service_code"]');
  const label = select?.selectedOptions[0]?.textContent?.trim() ?? '';
  return { id, created: Date.now(), state, label, fields: fields.filter(([, value]) => value.trim() !== ''), photos: [] as Blob[] };
}

function position(form: HTMLFormElement): void {
  const said = form.querySelector<HTMLElement>('[data-position-said]');
  form.querySelector('[data-position]')?.addEventListener('click', () => {
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      const set = (name: string, value: number) => {
        const field = form.querySelector<HTMLInputElement>(`[name="${name}"]`);
        if (field) field.value = value.toFixed(6);
      };
      set('lat', coords.latitude);
      set('long', coords.longitude);
      if (said) said.textContent = `${coords.latitude.toFixed(5)}, ${coords.longitude.toFixed(5)}`;
      form.dispatchEvent(new Event('input'));
    }, () => {
      if (said) said.textContent = said.dataset.failed ?? '';
    });
  });
}

async function submit(form: HTMLFormElement, photos: () => Promise<File[]>): Promise<void> {
  const report = entry(form, crypto.randomUUID(), 'waiting');
  if (complain(form, report.fields)) return;
  await put({ ...report, photos: await photos() });
  await remove(DRAFT);
  const registration = await navigator.serviceWorker?.getRegistration() as Registration | undefined;
  await registration?.sync?.register('raum-outbox').catch(() => undefined);
  registration?.active?.postMessage('send');
  location.assign('/anliegen/ausgang');
}

/** Names what is missing, as the server would; whether there is something. */
function complain(form: HTMLFormElement, fields: [string, string][]): boolean {
  const given = (name: string) => fields.some(([key]) => key === name);
  const needed = [...form.querySelectorAll<HTMLElement>('[data-needed]')].filter((part) => !part.closest(':disabled'));
  const missing = needed.filter((part) => !(part.dataset.needed ?? '').split(' ').some(given));
  const summary = form.querySelector<HTMLElement>('[data-missing]');
  const items = missing.map((part) => {
    const link = document.createElement('a');
    link.className = 'kern-link';
    link.href = `#${part.querySelector('input, select, textarea')?.id ?? ''}`;
    link.textContent = part.dataset.missingText ?? '';
    const item = document.createElement('li');
    item.append(link);
    return item;
  });
  summary?.querySelector('ul')?.replaceChildren(...items);
  if (summary) summary.hidden = items.length === 0;
  if (items.length) summary?.focus();
  return items.length > 0;
}
