// `npm start`: Poplet from its sources, on examples/site when no folder or URL is given.

import { statSync } from 'node:fs';
import path from 'node:path';
import { root } from './repository.ts';

const EXAMPLE = path.join(root, 'examples', 'site');

function isFolder(argument: string): boolean {
  return statSync(argument, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** A subcommand, a folder or a URL stands among the arguments; the rest are options. */
function namesTarget(args: readonly string[]): boolean {
  const first = args[0];
  if (first === undefined) return false;
  // A configuration file names its own.
  if (args.some((a) => a === '--config' || a.startsWith('--config='))) return true;
  return !first.startsWith('-') || args.some((a) => /^https?:\/\//u.test(a) || isFolder(a));
}

// npm runs it in the repository; a folder is meant from where the person stands.
process.chdir(process.env['INIT_CWD'] ?? '.');
const args = process.argv.slice(2);
if (!namesTarget(args)) process.argv.splice(2, 0, EXAMPLE);
const main = path.join(root, 'apps', 'cli', 'src', 'main.ts');
process.argv[1] = main;
await import(main);
