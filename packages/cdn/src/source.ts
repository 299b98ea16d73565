import { stat } from 'node:fs/promises';
import path from 'node:path';

import { PopletError } from '@poplet/policy';

/** Where a site's pages come from. */
export type Source =
  | { readonly kind: 'folder'; readonly folder: string }
  | { readonly kind: 'server'; readonly url: string };

/** A host and port without a scheme, or a port of this machine: only where no folder has that name. */
const ADDRESS = /^(?:(?:localhost|\d+\.\d+\.\d+\.\d+|\[[\da-f:]+\])?:)?\d+$/i;

/** What is written in a file in a folder, for whoever works elsewhere. */
export function sourceIn(folder: string, text: string): string {
  return /^https?:\/\//i.test(text) || ADDRESS.test(text) ? text : path.resolve(folder, text);
}

/**
 * Reads what a person wrote: `http://…`, `https://…`, `localhost:5173`, `5173`, or a folder.
 * Throws PopletError `folder-missing` or `bad-upstream-url`.
 */
export async function readSource(text: string): Promise<Source> {
  if (/^https?:\/\//i.test(text)) return { kind: 'server', url: serverUrl(text) };
  const found = await stat(text).catch(() => undefined);
  if (found?.isDirectory() === true) return { kind: 'folder', folder: path.resolve(text) };
  if (found !== undefined) {
    throw new PopletError('folder-missing', `${text} is a file, not a folder`, {
      hint: `serve the folder it is in: ${path.dirname(text)}`,
    });
  }
  if (ADDRESS.test(text)) return { kind: 'server', url: serverUrl(addressed(text)) };
  const scheme = /^[a-z][a-z\d+.-]*(?=:\/\/)/iu.exec(text)?.[0];
  if (scheme !== undefined) {
    throw new PopletError(
      'bad-upstream-url',
      `${text} is asked by ${scheme}, not by http or https`,
      {
        hint: 'write it as http://localhost:5173',
      },
    );
  }
  throw new PopletError('folder-missing', `there is no folder ${text}`, {
    hint: 'build the site first, or give the address of a server: http://localhost:5173',
  });
}

function addressed(text: string): string {
  return `http://${text.replace(/^:?(?=\d+$)/u, 'localhost:')}`;
}

function serverUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null)
    throw new PopletError('bad-upstream-url', `${text} is not a URL`, {
      hint: /:\d{5,}$/u.test(text)
        ? 'a port is a number up to 65535'
        : 'write it as http://localhost:5173',
    });
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '' || url.username !== '') {
    throw new PopletError('bad-upstream-url', `${text} names more than a server`, {
      hint: `give its origin only: ${url.origin}`,
    });
  }
  return url.origin;
}
