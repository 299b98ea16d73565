import { copyFile, cp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, type Page } from '@playwright/test';
import { packageFolder, type FrontEnd } from '../front-end.ts';
import { almanac } from './almanac.ts';

export const PAGES = 12;

/** Mozilla's viewer components over a PDF of 3 MB, of which only the pages looked at are fetched. */
export const pdfViewer: FrontEnd = {
  name: 'pdfjs-dist',
  path: '/',

  async prepare(folder) {
    const from = packageFolder('pdfjs-dist');
    for (const part of ['build', 'web', 'cmaps', 'standard_fonts', 'wasm', 'iccs']) {
      await cp(path.join(from, part), path.join(folder, part), { recursive: true });
    }
    for (const file of ['index.html', 'viewer.mjs']) {
      await copyFile(path.join(import.meta.dirname, file), path.join(folder, file));
    }
    await writeFile(path.join(folder, 'almanac.pdf'), almanac(PAGES));
  },

  async use(page) {
    await showsPage(page, 1);
    await page.evaluate('viewer.currentPageNumber = 11');
    await showsPage(page, 11);
  },

  assets: [
    /^\/$/,
    /^\/viewer\.mjs$/,
    /^\/build\/pdf\.min\.mjs$/,
    /^\/build\/pdf\.worker\.min\.mjs$/,
    /^\/web\/pdf_viewer\.mjs$/,
    /^\/web\/pdf_viewer\.css$/,
    /^\/web\/images\/loading-icon\.gif$/,
    /^\/standard_fonts\/LiberationSans-Bold\.ttf$/,
    /^\/almanac\.pdf$/,
  ],
};

/** The page's text can be selected, and its canvas has more than paper on it. */
async function showsPage(page: Page, number: number): Promise<void> {
  const shown = page.locator(`.page[data-page-number="${number}"]`);
  await expect(shown.getByText(`Harbour almanac, page ${number}`, { exact: true })).toBeVisible();
  await expect(shown).toHaveAttribute('data-loaded', 'true');
  const colours = (): Promise<number> =>
    shown.locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
      const context = canvas.getContext('2d');
      if (context === null) return 0;
      const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
      return new Set(new Uint32Array(data.buffer)).size;
    });
  await expect.poll(colours).toBeGreaterThan(100);
}
