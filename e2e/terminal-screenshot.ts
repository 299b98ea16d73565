// `npm run screenshot`: docs/terminal.png, what a terminal shows of `poplet examples/site`.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { chromium } from '@playwright/test';
import { findOrInstallBrowser } from '@poplet/tools/find-browser';

const root = path.resolve(import.meta.dirname, '..');

const COLUMNS = 150;

/** What a visitor does: a path to load, or the time that goes by. */
const SCENE: readonly ({ readonly get: string } | { readonly advanceSeconds: number })[] = [
  { get: '/' },
  { get: '/data/menu.json' },
  { get: '/data/menu.json' },
  { get: '/account.html' },
  { get: '/news' },
  { advanceSeconds: 15 },
  { get: '/news' },
  { advanceSeconds: 30 },
  { get: '/data/menu.json' },
  { get: '/nowhere' },
];

/** Runs the scene and returns what was written, colours included. */
async function play(): Promise<string> {
  const main = path.join(root, 'apps', 'cli', 'src', 'main.ts');
  const args = ['--conditions=source', main, 'examples/site', '--port', '0', '--admin-port', '0'];
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, FORCE_COLOR: '1' },
  });
  let written = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (written += text));
  child.stderr.pipe(process.stderr);
  const linesReach = async (count: number): Promise<void> => {
    while (written.split('\n').length - 1 < count) await once(child.stdout, 'data');
  };
  await linesReach(1);
  const [edge = '', admin = ''] = plain(written).match(/http:\/\/[\d.:]+/gu) ?? [];
  let lines = 1;
  for (const step of SCENE) {
    if ('get' in step) {
      await (await fetch(edge + step.get)).text();
      lines += 1;
      await linesReach(lines);
    } else {
      await fetch(`${admin}/poplet/v1/clock`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ advance: `${step.advanceSeconds}s` }),
      });
    }
  }
  child.kill('SIGTERM');
  await once(child, 'close');
  // The ports that a person gets who names none.
  return written
    .replaceAll(edge, 'http://127.0.0.1:8080')
    .replaceAll(admin, 'http://127.0.0.1:8081');
}

const ESCAPE = new RegExp(String.raw`${'\u001B'}\[([\d;]*)m`, 'gu');

function plain(text: string): string {
  return text.replaceAll(ESCAPE, '');
}

const COLOURS: Readonly<Record<number, string>> = {
  31: '#ff7b72',
  32: '#56d364',
  33: '#e3b341',
  35: '#d2a8ff',
  36: '#76e3ea',
  90: '#8b949e',
};

/** Select Graphic Rendition, as far as `styleText` writes it, as HTML. */
function html(text: string): string {
  let open = 0;
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return escaped.replaceAll(ESCAPE, (_, codes: string) => {
    const code = Number(codes);
    const style =
      COLOURS[code] === undefined
        ? { 1: 'font-weight:700', 2: 'opacity:.62', 4: 'text-decoration:underline' }[code]
        : `color:${COLOURS[code]}`;
    if (style !== undefined) {
      open += 1;
      return `<span style="${style}">`;
    }
    if (open === 0) return '';
    open -= 1;
    return '</span>';
  });
}

/** Lines as a terminal of that width breaks them. */
function page(text: string): string {
  return `<body style="margin:0;background:#0d1117"><pre style="margin:0;padding:18px 22px;color:#e6edf3;
    font:14px/1.5 'DejaVu Sans Mono',monospace;width:${COLUMNS}ch;white-space:pre-wrap;overflow-wrap:anywhere"
    ><span style="color:#8b949e">$</span> npx poplet examples/site\n${html(text)}</pre></body>`;
}

const written = await play();
const browser = await chromium.launch({
  executablePath: (await findOrInstallBrowser()).executablePath,
  args: ['--no-sandbox'],
});
const tab = await browser.newPage({ deviceScaleFactor: 2 });
await tab.setContent(page(written));
await tab.locator('pre').screenshot({ path: path.join(root, 'docs', 'terminal.png') });
await browser.close();
console.log('docs/terminal.png');
