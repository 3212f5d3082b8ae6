// Runs on every page and only adds: the page is complete without it.
import './app';

document.documentElement.classList.add('raum-script');

// A form sent twice is one form: the server knows it by its id, but the person should see that it is on its way.
document.addEventListener('submit', (event) => {
  const form = event.target as HTMLFormElement;
  const button = (event as SubmitEvent).submitter;
  if (form.method === 'post' && button instanceof HTMLButtonElement) {
    // Later, when every other listener has had its say: what a script keeps back is not on its way.
    setTimeout(() => { if (!event.defaultPrevented) button.setAttribute('aria-disabled', 'true'); });
  }
});

// After an error the summary takes the focus, so that nobody has to look for it.
document.querySelector<HTMLElement>('[data-error-summary]')?.focus();
