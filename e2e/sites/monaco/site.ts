import { copyFile, cp } from 'node:fs/promises';
import path from 'node:path';
import { expect } from '@playwright/test';
import { packageFolder, type FrontEnd } from '../front-end.ts';

/** The editor in its AMD build: a loader, dozens of scripts, a font and workers of several megabytes. */
export const monaco: FrontEnd = {
  name: 'monaco-editor',
  path: '/',

  async prepare(folder) {
    await cp(path.join(packageFolder('monaco-editor'), 'min', 'vs'), path.join(folder, 'vs'), {
      recursive: true,
    });
    for (const file of ['index.html', 'editor.js']) {
      await copyFile(path.join(import.meta.dirname, file), path.join(folder, file));
    }
  },

  async use(page) {
    // Words of one kind have one colour: the tokenizer of the language has arrived.
    const keyword = page.locator('.view-line span').getByText('export', { exact: true }).first();
    const comment = page.locator('.view-line span').getByText('/** Ships at berth').first();
    await expect(keyword).toHaveCSS('color', 'rgb(0, 0, 255)');
    await expect(comment).toHaveCSS('color', 'rgb(0, 128, 0)');
    // Found by the TypeScript compiler in its worker.
    await expect(page.locator('.squiggly-error')).toBeVisible();
  },

  assets: [
    /^\/$/,
    /^\/editor\.js$/,
    /^\/vs\/loader\.js$/,
    /^\/vs\/editor\/editor\.main\.js$/,
    /^\/vs\/editor\/editor\.main\.css$/,
    /^\/vs\/typescript-\w+\.js$/,
    /^\/vs\/assets\/editor\.worker-[\w-]+\.js$/,
    /^\/vs\/assets\/ts\.worker-[\w-]+\.js$/,
  ],
};
