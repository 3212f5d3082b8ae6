// Blacks out faces and number plates before a photo leaves the device. The photo is drawn anew, so that nothing of the
// file survives but what is seen, and shrunk to what the server keeps anyway. By pointer and by keyboard.

/** Longest edge of a photo, in pixels; the server shrinks to the same. */
const EDGE = 2048;
/** Smallest edge of an area and how far a key moves it, as shares of the photo's width. */
const SMALLEST = 0.02;
const STEP = 0.02;

interface Area { x: number; y: number; width: number; height: number }

const clamp = (value: number, low: number, high: number) => Math.min(Math.max(value, low), high);

/** An area inside the photo; all numbers are shares of its edges. */
function fit({ x, y, width, height }: Area): Area {
  const [w, h] = [clamp(width, SMALLEST, 1), clamp(height, SMALLEST, 1)];
  return { x: clamp(x, 0, 1 - w), y: clamp(y, 0, 1 - h), width: w, height: h };
}

class Photo {
  readonly element = document.createElement('figure');
  kept = true;
  private readonly canvas = document.createElement('canvas');
  private readonly status = document.createElement('p');
  private areas: Area[] = [];
  private history: Area[][] = [];
  private chosen = -1;

  constructor(readonly file: File, private readonly picture: ImageBitmap, private readonly words: DOMStringMap) {
    const scale = Math.min(1, EDGE / Math.max(picture.width, picture.height));
    this.canvas.width = Math.max(1, Math.round(picture.width * scale));
    this.canvas.height = Math.max(1, Math.round(picture.height * scale));
    this.canvas.tabIndex = 0;
    this.canvas.className = 'raum-redact__canvas';
    this.canvas.setAttribute('role', 'application');
    this.canvas.setAttribute('aria-label', `${words.canvas}: ${file.name}. ${words.help}`);
    this.status.setAttribute('role', 'status');
    this.status.className = 'kern-body kern-body--small';
    this.element.className = 'raum-redact__photo';
    this.element.append(this.canvas, this.buttons(), this.moves(), this.status);
    this.canvas.addEventListener('keydown', (event) => this.key(event));
    this.canvas.addEventListener('pointerdown', (event) => this.drag(event));
    this.draw();
  }

  /** The photo as it will be sent. */
  async result(): Promise<File> {
    this.chosen = -1;
    this.draw();
    const blob = await new Promise<Blob | null>((resolve) => { this.canvas.toBlob(resolve, 'image/jpeg', 0.88); });
    // The file itself is never sent instead: what was blacked out would be seen.
    if (!blob) throw new Error('the photo cannot be drawn');
    return new File([blob], `${this.file.name.replace(/\.\w+$/, '')}.jpg`, { type: 'image/jpeg' });
  }

  private button(text: string, act: () => void): HTMLButtonElement {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'kern-btn kern-btn--secondary kern-btn--small';
    const label = document.createElement('span');
    label.className = 'kern-label';
    label.textContent = text;
    button.append(label);
    button.addEventListener('click', act);
    return button;
  }

  private buttons(): HTMLElement {
    const row = document.createElement('div');
    row.className = 'raum-row';
    const { add, undo, remove, drop } = this.words;
    row.append(
      this.button(add ?? '', () => this.add({ x: 0.4, y: 0.4, width: 0.2, height: 0.2 })),
      this.button(undo ?? '', () => this.undo()),
      this.button(remove ?? '', () => this.remove()),
      this.button(drop ?? '', () => { this.kept = false; this.element.remove(); }),
    );
    return row;
  }

  /** What the arrow keys do, for those who have none. */
  private moves(): HTMLElement {
    const row = document.createElement('div');
    row.className = 'raum-row';
    row.setAttribute('role', 'group');
    row.setAttribute('aria-label', this.words.moves ?? '');
    const moves: [string, number, number, number, number][] = [
      ['←', -STEP, 0, 0, 0], ['→', STEP, 0, 0, 0], ['↑', 0, -STEP, 0, 0], ['↓', 0, STEP, 0, 0],
      ['↔ +', 0, 0, STEP, 0], ['↔ −', 0, 0, -STEP, 0], ['↕ +', 0, 0, 0, STEP], ['↕ −', 0, 0, 0, -STEP],
    ];
    const names = (this.words.directions ?? '').split(', ');
    row.append(...moves.map(([sign, x, y, width, height], index) => {
      const button = this.button(sign, () => this.change(x, y, width, height));
      button.setAttribute('aria-label', names[index] ?? sign);
      return button;
    }));
    return row;
  }

  private save(): void {
    this.history.push(this.areas.map((area) => ({ ...area })));
  }

  private add(area: Area): void {
    this.save();
    this.areas.push(fit(area));
    this.chosen = this.areas.length - 1;
    this.draw();
    this.canvas.focus();
  }

  private undo(): void {
    this.areas = this.history.pop() ?? [];
    this.chosen = this.areas.length - 1;
    this.draw();
  }

  private remove(): void {
    if (this.chosen < 0) return;
    this.save();
    this.areas.splice(this.chosen, 1);
    this.chosen = this.areas.length - 1;
    this.draw();
  }

  private change(x: number, y: number, width: number, height: number): void {
    const area = this.areas[this.chosen];
    if (!area) return;
    this.save();
    this.areas[this.chosen] = fit({ x: area.x + x, y: area.y + y, width: area.width + width, height: area.height + height });
    this.draw();
  }

  private key(event: KeyboardEvent): void {
    const arrows: Record<string, [number, number]> = {
      ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP],
    };
    const arrow = arrows[event.key];
    if (arrow && event.shiftKey) this.change(0, 0, ...arrow);
    else if (arrow) this.change(...arrow, 0, 0);
    else if (event.key === 'Delete' || event.key === 'Backspace') this.remove();
    else if (event.key === 'z' && (event.ctrlKey || event.metaKey)) this.undo();
    else if (event.key === 'PageDown' || event.key === 'PageUp') {
      const by = event.key === 'PageDown' ? 1 : -1;
      if (this.areas.length) this.chosen = (this.chosen + by + this.areas.length) % this.areas.length;
      this.draw();
    } else return;
    event.preventDefault();
  }

  /** Inside an area a pointer moves it; anywhere else it draws a new one. */
  private drag(event: PointerEvent): void {
    const at = (e: PointerEvent) => {
      const box = this.canvas.getBoundingClientRect();
      return { x: clamp((e.clientX - box.left) / box.width, 0, 1), y: clamp((e.clientY - box.top) / box.height, 0, 1) };
    };
    const start = at(event);
    const inside = this.areas.findLastIndex(({ x, y, width, height }) =>
      start.x >= x && start.x <= x + width && start.y >= y && start.y <= y + height);
    this.canvas.setPointerCapture(event.pointerId);
    this.save();
    const before = this.areas[inside];
    if (before) this.chosen = inside;
    else this.chosen = this.areas.push(fit({ ...start, width: 0, height: 0 })) - 1;
    const move = (e: PointerEvent) => {
      const now = at(e);
      this.areas[this.chosen] = before
        ? fit({ ...before, x: before.x + now.x - start.x, y: before.y + now.y - start.y })
        : fit({ x: Math.min(start.x, now.x), y: Math.min(start.y, now.y), width: Math.abs(now.x - start.x), height: Math.abs(now.y - start.y) });
      this.draw();
    };
    this.canvas.addEventListener('pointermove', move);
    this.canvas.addEventListener('pointerup', () => this.canvas.removeEventListener('pointermove', move), { once: true });
    this.draw();
  }

  private draw(): void {
    const { width: w, height: h } = this.canvas;
    const pen = this.canvas.getContext('2d');
    if (!pen) return;
    pen.fillStyle = '#fff';
    pen.fillRect(0, 0, w, h);
    pen.drawImage(this.picture, 0, 0, w, h);
    pen.fillStyle = '#000';
    for (const area of this.areas) pen.fillRect(area.x * w, area.y * h, area.width * w, area.height * h);
    const area = this.areas[this.chosen];
    if (area) {
      pen.lineWidth = Math.max(2, w / 200);
      for (const [colour, dash] of [['#fff', []], ['#c31c13', [w / 40, w / 40]]] as [string, number[]][]) {
        pen.strokeStyle = colour;
        pen.setLineDash(dash);
        pen.strokeRect(area.x * w, area.y * h, area.width * w, area.height * h);
      }
    }
    this.status.textContent = area ? `${this.words.area}: ${this.chosen + 1}/${this.areas.length}` : this.words.none ?? '';
  }
}

/** Makes an input for files one whose photos can be blacked out; gives what will be sent. */
export function redact(holder: HTMLElement): () => Promise<File[]> {
  const input = document.getElementById(holder.dataset.redact ?? '') as HTMLInputElement | null;
  let photos: Photo[] = [];
  /** What the browser cannot draw; the server says what is wrong with it. */
  let others: File[] = [];
  input?.addEventListener('change', async () => {
    photos = [];
    others = [];
    for (const file of input.files ?? []) {
      try {
        photos.push(new Photo(file, await createImageBitmap(file), holder.dataset));
      } catch {
        others.push(file);
      }
    }
    const title = document.createElement('h2');
    title.className = 'kern-heading-medium';
    title.textContent = holder.dataset.title ?? '';
    const text = document.createElement('p');
    text.className = 'kern-body';
    text.textContent = holder.dataset.text ?? '';
    holder.replaceChildren(title, text, ...photos.map((photo) => photo.element));
    holder.hidden = photos.length === 0;
  });
  return async () => [...await Promise.all(photos.filter((photo) => photo.kept).map((photo) => photo.result())), ...others];
}

for (const holder of document.querySelectorAll<HTMLElement>('form[data-redact-form] [data-redact]')) {
  const form = holder.closest('form');
  const result = redact(holder);
  let ready = false;
  form?.addEventListener('submit', (event) => {
    const input = document.getElementById(holder.dataset.redact ?? '') as HTMLInputElement | null;
    if (ready || !input?.files?.length) return;
    event.preventDefault();
    result().then((files) => {
      const list = new DataTransfer();
      for (const file of files) list.items.add(file);
      input.files = list.files;
      ready = true;
      form.submit();
    }).catch(() => {
      const failed = document.createElement('p');
      failed.className = 'kern-error';
      failed.setAttribute('role', 'alert');
      failed.textContent = holder.dataset.failed ?? '';
      holder.append(failed);
    });
  });
}
