import { expect } from '@playwright/test';
import { build } from 'vite';
import type { FrontEnd } from '../front-end.ts';

/** A small application as its bundler leaves it: hashed chunks, lazy views, a font, pictures. */
export const viteApp: FrontEnd = {
  name: 'a Vite-built app',
  path: '/',

  async prepare(folder) {
    await build({
      root: import.meta.dirname,
      configFile: false,
      logLevel: 'warn',
      build: { outDir: folder, emptyOutDir: true },
    });
  },

  async use(page) {
    await expect(page.getByRole('heading', { name: 'The harbour at dawn' })).toBeVisible();
    const fonts = page.evaluate(async () =>
      [...(await document.fonts.ready)].map(({ family, status }) => `${family}: ${status}`),
    );
    expect(await fonts).toEqual(['Pacifico: loaded']);

    await page.getByRole('button', { name: 'Gallery' }).click();
    for (const [name, widthPixels] of [
      ['Noon', 240],
      ['Dusk', 360],
    ] as const) {
      await expect(page.getByRole('img', { name })).toHaveJSProperty('naturalWidth', widthPixels);
    }

    await page.getByRole('button', { name: 'Tides' }).click();
    await expect(page.getByRole('heading', { name: 'Tides at Old Quay' })).toBeVisible();
    const highest = page
      .locator('canvas')
      .evaluate((canvas: HTMLCanvasElement) => [
        ...(canvas.getContext('2d')?.getImageData(5 * 32 + 10, 100, 1, 1).data ?? []),
      ]);
    // hsl(205 60% 32%): the bar of 3.8 m.
    expect(await highest).toEqual([33, 90, 131, 255]);
  },

  assets: [
    /^\/$/,
    /^\/compass\.svg$/,
    /^\/tides\.json$/,
    /^\/assets\/index-[\w-]+\.js$/,
    /^\/assets\/index-[\w-]+\.css$/,
    /^\/assets\/gallery-[\w-]+\.js$/,
    /^\/assets\/gallery-[\w-]+\.css$/,
    /^\/assets\/tides-[\w-]+\.js$/,
    /^\/assets\/dawn-[\w-]+\.webp$/,
    /^\/assets\/noon-[\w-]+\.png$/,
    /^\/assets\/dusk-[\w-]+\.jpg$/,
    /^\/assets\/pacifico-latin-400-normal-[\w-]+\.woff2$/,
  ],
};
