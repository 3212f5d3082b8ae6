// The installable app: a service worker keeps the offline page and sends what waits in the outbox.
async function start(): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  await navigator.serviceWorker.register('/sw.js');
  const { active } = await navigator.serviceWorker.ready;
  active?.postMessage('send');
  addEventListener('online', () => active?.postMessage('send'));
}

// Without it everything but the work offline is as before.
start().catch(() => undefined);
