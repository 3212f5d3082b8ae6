// The outbox: what waits in this browser, what has arrived, and deleting it.
import { DRAFT, list, put, remove, watch, type Entry } from './queue';

const holder = document.querySelector<HTMLElement>('[data-outbox]');

function text(tag: string, className: string, content: string): HTMLElement {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = content;
  return element;
}

function button(label: string, about: string, act: () => Promise<void>): HTMLButtonElement {
  const element = document.createElement('button');
  element.type = 'button';
  element.className = 'kern-btn kern-btn--secondary';
  element.append(text('span', 'kern-label', label));
  element.setAttribute('aria-label', `${label}: ${about}`);
  element.addEventListener('click', () => void act());
  return element;
}

function item(entry: Entry, words: DOMStringMap): HTMLElement {
  const states = { draft: words.draft, waiting: words.waiting, sent: words.sent, wrong: words.wrong };
  const row = text('li', 'raum-list__item', '');
  const body = text('div', 'raum-flow', '');
  const when = new Date(entry.created).toLocaleString(document.documentElement.lang, { dateStyle: 'medium', timeStyle: 'short' });
  body.append(text('p', 'kern-body kern-body--bold', `${entry.label} ${entry.number ?? ''}`.trim()));
  body.append(text('p', 'kern-body', `${states[entry.state] ?? ''} · ${when}`));
  const words_ = entry.fields.find(([name]) => name === 'description')?.[1];
  if (words_) body.append(text('p', 'kern-body raum-pre', words_));
  if (entry.photos.length) body.append(text('p', 'kern-body kern-body--small', `${words.photos}: ${entry.photos.length}`));
  for (const error of entry.errors ?? []) body.append(text('p', 'kern-error', error));
  const actions = text('div', 'raum-row', '');
  const way = entry.state === 'draft' ? '/anliegen/offline' : entry.tracking;
  if (way?.startsWith('/')) {
    const link = text('a', 'kern-link', (entry.state === 'draft' ? words.continue : words.follow) ?? '');
    link.setAttribute('href', way);
    actions.append(link);
  }
  if (entry.state === 'wrong') {
    // Back to where it was written, to be mended.
    actions.append(button(words.mend ?? '', entry.label, async () => {
      await put({ ...entry, id: DRAFT, state: 'draft', errors: [] });
      await remove(entry.id);
      location.assign('/anliegen/offline');
    }));
  }
  actions.append(button(words.delete ?? '', entry.label, () => remove(entry.id)));
  body.append(actions);
  row.append(body);
  return row;
}

async function show(holder: HTMLElement): Promise<void> {
  const entries = await list();
  holder.querySelector('ul')?.replaceChildren(...entries.map((entry) => item(entry, holder.dataset)));
  holder.querySelector<HTMLElement>('[data-empty]')?.toggleAttribute('hidden', entries.length > 0);
  holder.querySelector<HTMLElement>('[data-send]')?.toggleAttribute('hidden', !entries.some(({ state }) => state === 'waiting'));
}

if (holder) {
  void show(holder);
  watch(() => void show(holder));
  holder.querySelector('[data-send]')?.addEventListener('click', () => {
    navigator.serviceWorker?.controller?.postMessage('send');
  });
}
