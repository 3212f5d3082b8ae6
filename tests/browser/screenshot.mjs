// The picture in the README.
import { startBrowser, startRegion, person } from './region.mjs';

const region = await startRegion({ cases: 400 });
const browser = await startBrowser();
try {
  const page = await person(browser, { viewport: { width: 1200, height: 820 } });
  await page.goto(region.url('rhein-sieg-kreis'));
  await page.waitForLoadState('networkidle');
  await page.screenshot({ path: new URL('../../docs/home.png', import.meta.url).pathname });
} finally {
  await browser.close();
  await region.stop();
}
