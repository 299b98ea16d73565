import { readdir, readFile, stat } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { PopletError } from '@poplet/policy';
import type { ParseError } from 'jsonc-parser';

import { parseConfig, type PopletConfig } from './config.ts';
import { nearestName } from './nearest-name.ts';

const EXAMPLE = "export default { sites: [{ source: './dist' }] }";

/**
 * Loads and checks a configuration file: TypeScript, JavaScript or JSON. Throws PopletError
 * `config-invalid` with the file, the line where there is one, and what was expected.
 */
export async function loadConfig(file: string): Promise<PopletConfig> {
  await mustBeFile(file);
  if (file.endsWith('.json')) return parseConfig(await readJson(file), file);
  if (!/\.[cm]?[jt]s$/u.test(file)) {
    throw invalid(`${file} is neither TypeScript, JavaScript nor JSON, by its name`, {
      hint: 'name it poplet.config.ts, poplet.config.js or poplet.config.json',
    });
  }
  const loaded = await importModule(file);
  if (loaded.default === undefined) {
    throw invalid(`${file} has no default export`, { hint: `it is to say: ${EXAMPLE}` });
  }
  return parseConfig(loaded.default, file);
}

function invalid(message: string, options: { readonly hint: string; readonly cause?: unknown }) {
  return new PopletError('config-invalid', message, options);
}

async function mustBeFile(file: string): Promise<void> {
  const found = await stat(file).catch((error: unknown) => error as NodeJS.ErrnoException);
  if (found instanceof Error) {
    const isMissing = found.code === 'ENOENT' || found.code === 'ENOTDIR';
    throw invalid(
      isMissing
        ? `there is no configuration file ${file}`
        : `${file} cannot be read: ${found.message}`,
      { hint: await nearFile(file), cause: found },
    );
  }
  if (found.isDirectory()) {
    throw invalid(`${file} is a folder, not a configuration file`, { hint: await nearFile(file) });
  }
}

/** What may have been meant instead: a file that lies there. */
async function nearFile(file: string): Promise<string> {
  const folder = path.dirname(file);
  const found = nearestName(path.basename(file), await modulesIn(folder));
  if (found !== undefined) return `did you mean ${path.join(folder, found)}?`;
  const inside = (await modulesIn(file)).find((name) => name.startsWith('poplet.config.'));
  return inside === undefined
    ? 'name the file that is meant; without --config none is read'
    : `did you mean ${path.join(file, inside)}?`;
}

async function modulesIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => /\.(?:[cm]?[jt]s|json)$/u.test(name));
}

/** The JSON in a file. Throws PopletError `config-invalid` with the line where it is none. */
export async function readJson(file: string): Promise<unknown> {
  // As import does, which skips a byte order mark.
  const text = (await readFile(file, 'utf8')).replace(/^\uFEFF/u, '');
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const why = messageOf(error);
    const line = await lineOfProblem(text);
    const words = why.replace(/ in JSON at position.*$/su, '');
    throw invalid(`${at(file, line)}: ${words}`, {
      hint: 'it must be JSON, which has no comments, and no comma behind the last of a list',
      cause: error,
    });
  }
}

/** Where text stops being JSON, counted from 1; JSON.parse does not always say. */
async function lineOfProblem(text: string): Promise<string | undefined> {
  if (text.trim() === '') return undefined;
  const { parse } = await import('jsonc-parser');
  const problems: ParseError[] = [];
  parse(text, problems, { allowTrailingComma: false, disallowComments: true });
  const [first] = problems;
  return first && String(text.slice(0, first.offset).split('\n').length);
}

/** What Node says when it cannot load a module. */
interface LoadError extends Error {
  readonly code?: string;
}

async function importModule(file: string): Promise<{ readonly default?: unknown }> {
  const url = pathToFileURL(path.resolve(file)).href;
  try {
    return (await import(url)) as { readonly default?: unknown };
  } catch (error) {
    if (!(error instanceof Error)) {
      throw invalid(`${file} threw ${String(error)}`, { hint: 'it must load', cause: error });
    }
    throw await loadFailure(file, url, error);
  }
}

async function loadFailure(file: string, url: string, error: LoadError): Promise<PopletError> {
  const { groups: missing } =
    /^Cannot find (?:package|module) '(?<name>[^']+)'/u.exec(error.message) ?? {};
  if (error.code === 'ERR_MODULE_NOT_FOUND' && missing !== undefined) {
    const { name = '' } = missing;
    return invalid(`${file} imports ${JSON.stringify(name)}, which is not there`, {
      hint: /^(?:poplet|@poplet\/.*)$/u.test(name)
        ? "for the types alone, nothing need be installed: import type { PopletConfig } from 'poplet'"
        : 'install it where the file is, or leave it out',
      cause: error,
    });
  }
  const line = await lineOf(file, url, error);
  return invalid(`${at(file, line)}: ${error.message}`, {
    hint:
      error.name === 'SyntaxError'
        ? `it must be a module that Node can load: ${EXAMPLE}`
        : 'the file was run, and failed there',
    cause: error,
  });
}

function at(file: string, line: string | undefined): string {
  return line === undefined ? file : `${file}, line ${line}`;
}

/** Where it went wrong, if that can be said. */
async function lineOf(
  file: string,
  url: string,
  { name, stack = '' }: Error,
): Promise<string | undefined> {
  const first = /^(?:file:\/\/)?\/.*:(?<line>\d+)\n/u.exec(stack)?.groups?.['line'];
  if (first !== undefined) return first;
  const thrown = stack.split('\n').find((text) => text.includes(url));
  if (thrown !== undefined) return /:(?<line>\d+)(?::\d+)?\)?$/u.exec(thrown)?.groups?.['line'];
  if (name !== 'SyntaxError') return undefined;
  // Of JavaScript, V8 keeps the place to itself; the parser for TypeScript reads that, too.
  try {
    stripTypeScriptTypes(await readFile(file, 'utf8'));
    return undefined;
  } catch (error) {
    return /:(?<line>\d+)\n/u.exec((error as Error).stack ?? '')?.groups?.['line'];
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
