// Maps that can be moved. Without this script the server's own drawing does the same job.
import * as L from 'leaflet';
import { reports } from './reports';

interface Place { lat: number; lon: number; title?: string; url?: string; open?: boolean }

const pin = L.divIcon({
    className: '',
    iconSize: [28, 28],
    iconAnchor: [14, 14],
    html: '<svg width="28" height="28" viewBox="0 0 28 28" aria-hidden="true"><circle cx="14" cy="14" r="10" fill="#c31c13" stroke="#fff" stroke-width="3"/></svg>',
  });

function base(holder: HTMLElement): L.Map {
  const map = L.map(holder, { attributionControl: true });
  map.attributionControl.setPrefix(false);
  const tiles = holder.dataset.tiles;
  if (tiles) {
    L.tileLayer(tiles, { maxZoom: 19, attribution: holder.dataset.tilesAttribution ?? '' }).addTo(map);
  }
  return map;
}

async function outlines(map: L.Map, holder: HTMLElement, seen: L.LatLngBounds): Promise<void> {
  const url = holder.dataset.outlines;
  if (!url) return;
  const answer = await fetch(url);
  const layer = L.geoJSON(await answer.json(), {
    attribution: holder.dataset.attribution ?? '',
    style: (feature) => ({
      color: '#2044aa', weight: feature?.properties.own ? 2 : 1, fillOpacity: feature?.properties.own ? 0.06 : 0.01,
    }),
    interactive: false,
  }).addTo(map);
  // A place may lie with a neighbour, when a report was handed over.
  const own = L.latLngBounds([]);
  layer.eachLayer((area) => {
    const polygon = area as L.Polygon;
    if (polygon.feature?.properties.own) own.extend(polygon.getBounds());
  });
  if (seen.isValid()) own.extend(seen);
  if (!holder.dataset.lat && !holder.dataset.bbox && own.isValid()) map.fitBounds(own, { animate: false });
  holder.dataset.ready = '';
}

/** Dots for eyes and pointers; everybody else has the same places in the list beside the map. Gives where they are. */
function markers(map: L.Map, holder: HTMLElement): L.LatLngBounds {
  const source = document.getElementById(holder.dataset.places ?? '');
  const places: Place[] = source ? JSON.parse(source.textContent ?? '[]') : [];
  for (const { lat, lon, title, url, open } of places) {
    const dot = L.circleMarker([lat, lon], {
      radius: 8, color: '#fff', weight: 2, fillColor: open ?? true ? '#c31c13' : '#007155', fillOpacity: 0.9,
    }).addTo(map);
    if (title) dot.bindTooltip(title);
    if (url) dot.on('click', () => location.assign(url));
  }
  return L.latLngBounds(places.map(({ lat, lon }) => [lat, lon]));
}

function pick(map: L.Map, holder: HTMLElement): void {
  const form = holder.closest('form') ?? document.querySelector<HTMLFormElement>('form[data-pick]');
  const field = (name: string) => form?.querySelector<HTMLInputElement>(`[name="${name}"]`);
  const marker = L.marker(map.getCenter(), { icon: pin, draggable: true, keyboard: true });
  marker.on('add', () => marker.getElement()?.setAttribute('aria-label', holder.dataset.pick ?? ''));
  if (holder.dataset.lat) marker.addTo(map);
  const set = (at: L.LatLng) => {
    marker.setLatLng(at).addTo(map);
    const lat = field('lat');
    const lon = field('long');
    if (lat) lat.value = at.lat.toFixed(6);
    if (lon) lon.value = at.lng.toFixed(6);
    form?.querySelector('[data-picked]')?.removeAttribute('hidden');
  };
  map.on('click', (event: L.LeafletMouseEvent) => set(event.latlng));
  marker.on('dragend', () => set(marker.getLatLng()));
  const here = document.querySelector<HTMLButtonElement>('[data-position]');
  here?.addEventListener('click', () => {
    navigator.geolocation?.getCurrentPosition(({ coords }) => {
      const at = L.latLng(coords.latitude, coords.longitude);
      map.setView(at, 17);
      set(at);
    });
  });
}

const degrees = (text?: string) => (text && Number.isFinite(Number(text)) ? Number(text) : undefined);

for (const holder of document.querySelectorAll<HTMLElement>('[data-map]')) {
  const map = base(holder);
  const [lat, lon] = [degrees(holder.dataset.lat), degrees(holder.dataset.lon)];
  // A place that is none is as good as no place.
  if (lat === undefined || lon === undefined) delete holder.dataset.lat;
  map.setView([lat ?? 50.9, lon ?? 7], holder.dataset.lat ? (holder.dataset.tiles ? 16 : 12) : 10);
  const seen = markers(map, holder);
  if (holder.dataset.reports) reports(map, holder);
  if (holder.dataset.pick) pick(map, holder);
  void outlines(map, holder, seen);
}
