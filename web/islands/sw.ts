// The service worker: keeps what the offline pages are made of, and sends what waits in the outbox. It keeps no page
// that was asked for by somebody: those come from the network, always.
import { send } from './queue';

/** What the server put before this script: a name that changes with the content, the assets, and the offline pages. */
declare const SHELL: { version: string; assets: string[]; pages: string[] };
interface SyncEvent extends ExtendableEvent { tag: string }
declare const self: ServiceWorkerGlobalScope;

const CACHE = `raum-${SHELL.version}`;

async function install(): Promise<void> {
  const cache = await caches.open(CACHE);
  await cache.addAll(SHELL.assets);
  // Without cookies, so that the page names nobody.
  await cache.addAll(SHELL.pages.map((page) => new Request(page, { credentials: 'omit', cache: 'reload' })));
  await self.skipWaiting();
}

async function activate(): Promise<void> {
  for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name);
  await self.clients.claim();
}

async function page(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    const cache = await caches.open(CACHE);
    const own = await cache.match(new URL(request.url).pathname);
    const fallback = own ?? await cache.match(SHELL.pages[0] ?? '/');
    if (!fallback) throw error;
    return fallback;
  }
}

self.addEventListener('install', (event) => event.waitUntil(install()));
self.addEventListener('activate', (event) => event.waitUntil(activate()));
self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin) return;
  if (request.mode === 'navigate') event.respondWith(page(request));
  else if (SHELL.assets.includes(pathname)) event.respondWith(caches.match(request).then((found) => found ?? fetch(request)));
});
self.addEventListener('message', (event) => {
  if (event.data === 'send') event.waitUntil(send().catch(() => undefined));
});
// Failing here makes the browser try again by itself (Background Sync).
self.addEventListener('sync', (event) => (event as SyncEvent).waitUntil(send()));
