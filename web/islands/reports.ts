// The list's map that can be moved: the server counts what lies in the part that is shown.
import * as L from 'leaflet';

interface Properties { title: string; url?: string; open: boolean | number; count?: number }
interface Feature { geometry: { coordinates: [number, number] }; properties: Properties }

function cluster({ geometry, properties }: Feature, map: L.Map, most: number): L.Layer {
  const [lon, lat] = geometry.coordinates;
  const count = properties.count ?? 1;
  const size = Math.round(30 + 22 * Math.sqrt(count / most));
  const icon = L.divIcon({
    className: `raum-cluster raum-cluster--${properties.open === 0 ? 'closed' : properties.open === count ? 'open' : 'mixed'}`,
    iconSize: [size, size],
    html: String(count),
  });
  const marker = L.marker([lat, lon], { icon, title: properties.title, alt: properties.title, keyboard: true });
  const closer = () => map.setView([lat, lon], map.getZoom() + 2);
  return marker.on('click', closer).on('keypress', ({ originalEvent }) => {
    if ((originalEvent as KeyboardEvent).key === 'Enter') closer();
  });
}

function point({ geometry, properties }: Feature): L.Layer {
  const [lon, lat] = geometry.coordinates;
  const dot = L.circleMarker([lat, lon], {
    radius: 8, color: '#fff', weight: 2, fillColor: properties.open ? '#c31c13' : '#007155', fillOpacity: 0.9,
  });
  dot.bindTooltip(document.createTextNode(properties.title) as unknown as HTMLElement);
  return dot.on('click', () => location.assign(properties.url ?? ''));
}

function box(map: L.Map): string {
  const bounds = map.getBounds();
  return [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()].map((degrees) => degrees.toFixed(6)).join(',');
}

/** The same question for another box. */
function ask(holder: HTMLElement, path: string, map: L.Map): string {
  const query = new URLSearchParams(holder.dataset.query);
  query.set('bbox', box(map));
  return `${path}?${query}`;
}

/** Fills the map with what lies in its box, now and whenever it is moved. */
export function reports(map: L.Map, holder: HTMLElement): void {
  const [west, south, east, north] = (holder.dataset.bbox ?? '').split(',').map(Number);
  const layer = L.layerGroup().addTo(map);
  const here = document.querySelector<HTMLAnchorElement>('[data-reports-here]');
  let running: AbortController | undefined;
  const load = async () => {
    running?.abort();
    running = new AbortController();
    const answer = await fetch(ask(holder, holder.dataset.reports ?? '', map), { signal: running.signal });
    if (!answer.ok) return;
    const { features } = (await answer.json()) as { features: Feature[] };
    const most = Math.max(1, ...features.map(({ properties }) => properties.count ?? 1));
    layer.clearLayers();
    for (const feature of features) {
      layer.addLayer(feature.properties.count ? cluster(feature, map, most) : point(feature));
    }
    holder.dataset.shown = String(features.length);
  };
  const again = () => { load().catch(() => { /* moved on, or offline: what is shown stays */ }); };
  map.fitBounds([[south, west], [north, east]], { animate: false });
  again();
  let moved = false;
  map.on('dragstart zoomstart keydown', () => { moved = true; });
  map.on('moveend', () => {
    again();
    if (!here || !moved) return;
    here.hidden = false;
    here.href = ask(holder, holder.dataset.list ?? '/anliegen', map);
  });
  const position = document.querySelector<HTMLButtonElement>('[data-here]');
  position?.addEventListener('click', () => {
    navigator.geolocation?.getCurrentPosition(({ coords }) => {
      const address = document.querySelector<HTMLInputElement>('#adresse');
      if (!address) return;
      address.value = `${coords.latitude.toFixed(6)}, ${coords.longitude.toFixed(6)}`;
      address.form?.requestSubmit();
    });
  });
}
