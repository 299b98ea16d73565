import { describe, expect, it } from 'vitest';

import { loadsOf, type LoadedText } from '../src/page-loads.ts';

const BASE = 'http://shop.test/a/page';

async function loads(kind: LoadedText['kind'], text: string): Promise<readonly string[]> {
  const found = await loadsOf({ kind, text, url: BASE });
  return found.map((one) => `${one.url}${one.kind === undefined ? '' : ` (${one.kind})`}`);
}

describe('a page', () => {
  it.each<[what: string, text: string, expected: readonly string[]]>([
    ['a script', '<script src=/app.js></script>', ['http://shop.test/app.js']],
    [
      'a module',
      '<SCRIPT TYPE="module" SRC="app.js"></SCRIPT>',
      ['http://shop.test/a/app.js (module)'],
    ],
    [
      'links that are loaded, and those that lead elsewhere',
      '<link rel="preload stylesheet" href="/a.css"><link rel=modulepreload href=/b.js><link rel=canonical href=/c><a href=/d>d</a>',
      ['http://shop.test/a.css', 'http://shop.test/b.js (module)'],
    ],
    ['a style sheet', '<link rel=stylesheet href=/a.css>', ['http://shop.test/a.css (style)']],
    [
      'pictures in several sizes',
      '<img src=a.png srcset="b.png 1x, c.png?w=1,2 2x"><source srcset="d.webp, e.webp 2x">',
      ['a.png', 'b.png', 'c.png?w=1,2', 'd.webp', 'e.webp'].map(
        (name) => `http://shop.test/a/${name}`,
      ),
    ],
    [
      'films and what belongs to them',
      '<video src=a.mp4 poster=b.jpg><track src=c.vtt></video><object data=d.svg></object>',
      ['a.mp4', 'b.jpg', 'c.vtt', 'd.svg'].map((name) => `http://shop.test/a/${name}`),
    ],
    ['a frame', '<iframe src=/inside></iframe>', ['http://shop.test/inside (page)']],
    [
      'what its styles name',
      '<style>body { background: url(/a.png) }</style><p style="background: url(\'b.png\')">url(no.png)</p>',
      ['http://shop.test/a/b.png', 'http://shop.test/a.png'],
    ],
    ['a base', '<base href="/elsewhere/"><img src=a.png>', ['http://shop.test/elsewhere/a.png']],
    [
      'what is no URL of a server, or none at all',
      '<img src="data:image/png;base64,AA"><img src=""><script src="http://["></script><!-- <img src=a.png> -->',
      [],
    ],
    ['a fragment', '<img src="a.svg#part">', ['http://shop.test/a/a.svg']],
  ])('%s', async (_, text, expected) => {
    expect(await loads('page', text)).toEqual(expected);
  });
});

describe('a style sheet', () => {
  it.each<[what: string, text: string, expected: readonly string[]]>([
    [
      'imports',
      '@import "a.css"; @import url(b.css) print; @import url( "c.css" );',
      ['a.css', 'b.css', 'c.css'].map((name) => `http://shop.test/a/${name} (style)`),
    ],
    [
      'fonts and pictures',
      '@font-face { src: url("a.woff2") format("woff2"), url(\'b.woff\') } p { cursor: URL( c.cur ) }',
      ['a.woff2', 'b.woff', 'c.cur'].map((name) => `http://shop.test/a/${name}`),
    ],
    ['comments', '/* url(a.png) */ p { color: red } /* @import "b.css" */', []],
    ['what stands in it', 'p { background: url(data:image/png;base64,AA==) }', []],
  ])('%s', async (_, text, expected) => {
    expect(await loads('style', text)).toEqual(expected);
  });
});

describe('a module', () => {
  it.each<[what: string, text: string, expected: readonly string[]]>([
    [
      'imports',
      'import a from "./a.js"; import "../b.js"; export { c } from "/c.js"; export * from "./d.js";',
      ['a/a.js', 'b.js', 'c.js', 'a/d.js'].map((name) => `http://shop.test/${name} (module)`),
    ],
    ['names for a bundler', 'import { h } from "preact";', []],
    ['what it may import later', 'const later = () => import("./later.js");', []],
    ['what only looks like one', '// import "./a.js"\nconst text = \'import "./b.js"\';', []],
    ['what is no JavaScript', 'import "./a.js"; } `', []],
  ])('%s', async (_, text, expected) => {
    expect(await loads('module', text)).toEqual(expected);
  });
});
