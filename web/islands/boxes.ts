// Drawing black boxes on a photo with a pointer; the fields with the numbers stay the truth and work alone.
for (const holder of document.querySelectorAll<HTMLElement>('[data-boxes]')) {
  const picture = holder.querySelector('img');
  const field = document.getElementById(holder.dataset.boxes ?? '') as HTMLTextAreaElement | null;
  if (!picture || !field) continue;
  const canvas = document.createElement('canvas');
  const width = Number(picture.getAttribute('width'));
  const height = Number(picture.getAttribute('height'));
  Object.assign(canvas, { width, height });
  canvas.setAttribute('aria-hidden', 'true');
  holder.append(canvas);
  let from: [number, number] | undefined;
  const boxes = () => field.value.split('\n').map((line) => line.trim().split(/[\s,;]+/).map(Number))
    .filter((box) => box.length === 4 && box.every(Number.isFinite));
  const draw = (more?: number[]) => {
    const pen = canvas.getContext('2d');
    if (!pen) return;
    pen.clearRect(0, 0, width, height);
    for (const [x, y, w, h] of more ? [...boxes(), more] : boxes()) pen.fillRect(x, y, w, h);
  };
  const at = (event: PointerEvent): [number, number] => {
    const box = canvas.getBoundingClientRect();
    const clamp = (value: number, most: number) => Math.round(Math.min(Math.max(value, 0), most));
    return [clamp(((event.clientX - box.left) / box.width) * width, width), clamp(((event.clientY - box.top) / box.height) * height, height)];
  };
  const box = (event: PointerEvent): number[] => {
    const [x, y] = at(event);
    const [a, b] = from ?? [x, y];
    return [Math.min(a, x), Math.min(b, y), Math.abs(a - x), Math.abs(b - y)];
  };
  canvas.addEventListener('pointerdown', (event) => { from = at(event); canvas.setPointerCapture(event.pointerId); });
  canvas.addEventListener('pointermove', (event) => { if (from) draw(box(event)); });
  canvas.addEventListener('pointerup', (event) => {
    const drawn = box(event);
    from = undefined;
    if (drawn[2] > 3 && drawn[3] > 3) field.value = `${field.value.trim()}\n${drawn.join(' ')}`.trim();
    draw();
  });
  field.addEventListener('input', () => draw());
  draw();
}
