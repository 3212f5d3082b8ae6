// What the keyboard can do at the desk, and which fields a choice needs. The page is complete without it.
// Single keys can be switched off (WCAG 2.2, 2.1.4); whether they are on is kept by the browser.
const KEYS = 'raum-keys';
const help = document.querySelector<HTMLDetailsElement>('[data-keys]');
const toggle = document.querySelector<HTMLInputElement>('[data-keys-on]');

function areOn(): boolean {
  try { return localStorage.getItem(KEYS) !== 'off'; } catch { return true; }
}

function openNote(): void {
  const note = document.querySelector<HTMLDetailsElement>('[data-note]');
  if (!note) return;
  note.open = true;
  note.querySelector('textarea')?.focus();
}

const acts: Record<string, () => void> = {
  a: () => document.getElementById('text')?.focus(),
  i: openNote,
  '?': () => {
    if (!help) return;
    help.open = !help.open;
    help.querySelector('summary')?.focus();
  },
};

function act(key: string): boolean {
  const target = document.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);
  if (target) target.click();
  else acts[key]?.();
  return Boolean(target ?? acts[key]);
}

if (toggle) {
  toggle.checked = areOn();
  toggle.addEventListener('change', () => {
    try { localStorage.setItem(KEYS, toggle.checked ? 'on' : 'off'); } catch { /* for this page only */ }
  });
}

document.addEventListener('keydown', (event) => {
  const within = event.target as HTMLElement;
  const writes = within.closest('input:not([type=checkbox]), textarea, select, [contenteditable]');
  if (event.ctrlKey || event.metaKey || event.altKey || writes || !toggle?.checked) return;
  if (act(event.key)) event.preventDefault();
});

// Of the fields below the list only those show that the chosen step needs.
const step = document.querySelector<HTMLSelectElement>('#schritt');
function needed(): void {
  for (const field of document.querySelectorAll<HTMLElement>('[data-for]')) {
    const isNeeded = field.dataset.for === step?.value;
    field.hidden = !isNeeded;
    field.querySelectorAll('select').forEach((select) => { select.disabled = !isNeeded; });
  }
}
step?.addEventListener('change', needed);
if (step) needed();
