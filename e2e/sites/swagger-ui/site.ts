import { copyFile, cp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from '@playwright/test';
import { packageFolder, type FrontEnd } from '../front-end.ts';

/** The package as it is published: its own index.html, and an API description beside it. */
export const swaggerUi: FrontEnd = {
  name: 'swagger-ui-dist',
  path: '/',

  async prepare(folder) {
    await cp(packageFolder('swagger-ui-dist'), folder, { recursive: true });
    await copyFile(
      path.join(import.meta.dirname, 'openapi.json'),
      path.join(folder, 'openapi.json'),
    );
    // The one line that the package's README asks people to change.
    const initializer = path.join(folder, 'swagger-initializer.js');
    const text = await readFile(initializer, 'utf8');
    await writeFile(
      initializer,
      text.replace('https://petstore.swagger.io/v2/swagger.json', 'openapi.json'),
    );
  },

  async use(page) {
    await expect(page.getByRole('heading', { name: /^Harbour/ })).toBeVisible();
    await expect(page.locator('.opblock')).toHaveCount(3);
    await expect(page.locator('.opblock-get').first()).toHaveCSS(
      'border-color',
      'rgb(97, 175, 254)',
    );
    await page.getByText('Ships at berth').click();
    await expect(page.getByText('Country of registration')).toBeVisible();
  },

  assets: [
    /^\/$/,
    /^\/swagger-ui\.css$/,
    /^\/index\.css$/,
    /^\/swagger-ui-bundle\.js$/,
    /^\/swagger-ui-standalone-preset\.js$/,
    /^\/swagger-initializer\.js$/,
    /^\/openapi\.json$/,
  ],
};
