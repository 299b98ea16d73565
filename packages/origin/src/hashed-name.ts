/**
 * Whether a file's name carries a hash of its content, as build tools write it: then the bytes under
 * that name never change, and a cache may keep them for good.
 *
 * A wrong yes pins an old file in every browser for a year; a wrong no costs a request now and then.
 * So the hash has to show itself: at least eight characters, and such a mix of digits, upper and lower
 * case as words, dates, sizes and version numbers do not have.
 */
export function hasHashedName(pathname: string): boolean {
  if (IMMUTABLE_FOLDERS.some((folder) => pathname.includes(folder))) return true;
  const name = pathname.slice(pathname.lastIndexOf('/') + 1);
  // `app.3f2a9c1b.min.js.map` → `app`, `3f2a9c1b`; the extensions and what qualifies them fall off.
  const parts = name.split('.').slice(0, -1);
  while (parts.length > 1 && QUALIFIERS.has(parts.at(-1) as string)) parts.pop();
  const last = parts.at(-1);
  if (last === undefined || UUID.test(last)) return false;
  // `main.3f2a9c1b.js`: the hash is a part of its own.
  if (parts.length > 1 && isHash(last)) return true;
  // `3f2a9c1b5d7e9f01.css`: so long that nothing else is needed.
  if (parts.length === 1 && isHexHash(last) && last.length >= 16) return true;
  return hasHashAtEnd(last) || hasHashAtStart(name);
}

/** Frameworks promise that whatever lies in these is immutable. */
const IMMUTABLE_FOLDERS = ['/_next/static/', '/_app/immutable/'];

/** Parts between a hash and the extension. */
const QUALIFIERS: ReadonlySet<string> = new Set([
  'async',
  'bundle',
  'chunk',
  'css',
  'd',
  'esm',
  'global',
  'js',
  'legacy',
  'min',
  'mjs',
  'module',
  'modern',
  'prod',
  'svg',
]);

/** Names what was uploaded, not what is in it. */
const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/iu;

/** `index-DiWRgTda`, `main_3f2a9c1b`, and Vite's `index-B-x_9kQ2`, whose hash has a dash inside. */
function hasHashAtEnd(part: string): boolean {
  const separator = Math.max(part.lastIndexOf('-'), part.lastIndexOf('_'));
  const tail = part.slice(separator + 1);
  if (separator > 0 && isHash(tail)) return true;
  // esbuild names its chunks so, whatever the hash looks like.
  if (/^chunk-[A-Z2-7]{8}$/u.test(part)) return true;
  const [, eight] = /-([\w-]{8})$/u.exec(part) ?? [];
  return eight !== undefined && isBase64UrlHash(eight);
}

/** Next.js fonts: `c9a5bc6a7c948fb0-s.p.woff2`. */
function hasHashAtStart(name: string): boolean {
  const [, head] = /^([\da-f]{16,64})-/u.exec(name) ?? [];
  return head !== undefined && isHexHash(head);
}

function isHash(text: string): boolean {
  if (text.length < 8 || text.length > 64) return false;
  return isHexHash(text) || isBase32Hash(text) || isBase36Hash(text) || isBase64UrlHash(text);
}

/** webpack, Parcel, Gatsby, Angular, Rails: hexadecimal in one case. */
function isHexHash(text: string): boolean {
  if (!/^(?:[\da-f]{8,64}|[\dA-F]{8,64})$/u.test(text)) return false;
  // All digits is a date or a number; all letters a word; `cafe2024` a word with a year.
  return hasDigit(text) && /[a-f]/iu.test(text) && !/^[a-f]{4,}\d{1,4}$/iu.test(text);
}

/** esbuild and Angular: eight characters, upper case and 2 to 7; but not `CHAPTER2`, `DOWNLOAD`. */
function isBase32Hash(text: string): boolean {
  return /^[A-Z2-7]{8}$/u.test(text) && !isWordLike(text.toLowerCase());
}

/** Lower case and digits, changing places too often for a name such as `iphone15pro`. */
function isBase36Hash(text: string): boolean {
  if (!/^[\da-z]{8,40}$/u.test(text)) return false;
  return (text.match(/\d(?=[a-z])|[a-z](?=\d)/gu)?.length ?? 0) >= 4;
}

/**
 * Rollup, Vite, SvelteKit, Astro: upper and lower case. Dash and underscore are digits of base64url,
 * counted only where the hash has the eight characters that all of these use.
 */
function isBase64UrlHash(text: string): boolean {
  if (!/^(?:[\dA-Za-z]{8,44}|[\w-]{8})$/u.test(text)) return false;
  if (!/[a-z]/u.test(text) || !/[A-Z]/u.test(text)) return false;
  // The longer, the less likely is a hash without a digit, and the likelier are words.
  if (text.length > 8 && !hasDigit(text)) return false;
  return text.split(/[-_]/u).some((piece) => !isWordLike(piece));
}

/** `DataTables`, `iPhone15`, `HTMLElement`, `jQuery341`: words run together, with at most one number. */
function isWordLike(text: string): boolean {
  // A number ends a word; `a3b` has none that does.
  const withoutNumber = text.replace(/\d+(?![a-z\d])/u, '');
  if (hasDigit(withoutNumber)) return false;
  const words = withoutNumber.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/gu) ?? [];
  return words.every((word, index) => {
    if (/^[A-Z]+$/u.test(word)) return ACRONYMS.has(word);
    // `iPhone`, `jQuery`
    if (index === 0 && /^[a-z]$/u.test(word)) return true;
    return isPronounceable(word.toLowerCase());
  });
}

function isPronounceable(word: string): boolean {
  if (word.length < 3) return SHORT_WORDS.has(word);
  const smooth = word.replace(CLUSTER, 't');
  return /[aeiouy]/u.test(smooth) && !UNPRONOUNCEABLE.test(smooth);
}

/** Consonants that English does put together: `strength`, `background`, `landscape`. */
const CLUSTER = /ngth|ckgr|ght|str|scr|sch|tch|thr|shr|spl|spr|nds|rth|rks|ck|ll|sh|th|ng|nd/gu;
const UNPRONOUNCEABLE = /[^aeiouy]{4}|[^aeiouy]{2}[^aeiouydhkst]$|q(?!u)|[jqvxz]{2}/u;

const SHORT_WORDS: ReadonlySet<string> = new Set(
  'ad ai am an as at be by db do en fr go he id if in io is it js me my no of ok on or os qr so to tv ui up us we'.split(
    ' ',
  ),
);

const ACRONYMS: ReadonlySet<string> = new Set(
  'A AB AI API AR ARIA AWS B CD CDN CI CLI CMS CPU CSS CSV D DB DNS DOM DSC EN ES ESM EU FAQ GIF GL GPU HTML HTTP HTTPS I ID IE IMG IO IP JPEG JPG JS JSON JSX K KML MD MP NPM OS PDF PNG PWA QR README REST RSS RTL S SDK SEO SQL SSL SVG T TS TSX TV UI UK UMD URI URL US USA UTF UX V VR WASM WWW X XHR XML XS YAML ZIP'.split(
    ' ',
  ),
);

function hasDigit(text: string): boolean {
  return /\d/u.test(text);
}
