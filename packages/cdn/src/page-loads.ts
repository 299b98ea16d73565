import { init, parse } from 'es-module-lexer';
import { Parser } from 'htmlparser2';

/** Text that a browser was given, by what it is. */
export interface LoadedText {
  readonly kind: 'page' | 'style' | 'module';
  readonly text: string;
  /** Where it came from: relative references count from there. */
  readonly url: string;
}

/** What a text has a browser load. */
export interface Load {
  /** Absolute, without fragment. */
  readonly url: string;
  /** What is looked for in it, in turn. */
  readonly kind: LoadedText['kind'] | undefined;
}

/** What a browser loads for a text: not where its links lead. */
export async function loadsOf({ kind, text, url }: LoadedText): Promise<readonly Load[]> {
  switch (kind) {
    case 'page':
      return pageLoads(text, url);
    case 'style':
      return resolved(styleReferences(text), url);
    case 'module':
      await init();
      return resolved(moduleReferences(text), url);
    default:
      return kind satisfies never;
  }
}

interface Reference {
  readonly text: string;
  readonly kind?: LoadedText['kind'] | undefined;
}

function resolved(references: readonly Reference[], base: string): readonly Load[] {
  return references.flatMap(({ text, kind }) => {
    const url = URL.parse(text.trim(), base);
    if (url === null || !/^https?:$/u.test(url.protocol)) return [];
    url.hash = '';
    return [{ url: url.href, kind }];
  });
}

// ── pages ──────────────────────────────────────────────────────────────────────────────────────

/** Values of `rel` whose targets are loaded with the page. */
const LOADED_RELS: Readonly<Record<string, LoadedText['kind'] | undefined>> = {
  stylesheet: 'style',
  modulepreload: 'module',
  preload: undefined,
  icon: undefined,
  'apple-touch-icon': undefined,
  manifest: undefined,
};

/** Attributes that name what is loaded, by element. */
const SOURCES: Readonly<Record<string, readonly string[]>> = {
  audio: ['src'],
  embed: ['src'],
  iframe: ['src'],
  img: ['src'],
  input: ['src'],
  object: ['data'],
  source: ['src'],
  track: ['src'],
  video: ['src', 'poster'],
};

type Attributes = Readonly<Record<string, string>>;

function pageLoads(text: string, url: string): readonly Load[] {
  const references: Reference[] = [];
  let base = url;
  let styles = '';
  let isInStyle = false;
  const parser = new Parser({
    onopentag(name, attributes) {
      if (name === 'base' && attributes['href'] !== undefined)
        base = URL.parse(attributes['href'], url)?.href ?? base;
      isInStyle = name === 'style';
      references.push(...elementReferences(name, attributes));
    },
    ontext(part) {
      if (isInStyle) styles += part;
    },
    onclosetag() {
      isInStyle = false;
    },
  });
  parser.end(text);
  return resolved([...references, ...styleReferences(styles)], base);
}

function elementReferences(name: string, attributes: Attributes): readonly Reference[] {
  const references = (SOURCES[name] ?? []).flatMap((attribute) =>
    given(attributes[attribute], name === 'iframe' ? 'page' : undefined),
  );
  references.push(...candidatesOf(attributes['srcset'] ?? attributes['imagesrcset'] ?? ''));
  references.push(...styleReferences(attributes['style'] ?? ''));
  if (name === 'script') {
    const kind = attributes['type'] === 'module' ? 'module' : undefined;
    references.push(...given(attributes['src'], kind));
  }
  if (name === 'link') {
    const rels = (attributes['rel'] ?? '').toLowerCase().split(/\s+/u);
    const rel = rels.find((one) => Object.hasOwn(LOADED_RELS, one));
    if (rel !== undefined) references.push(...given(attributes['href'], LOADED_RELS[rel]));
  }
  return references;
}

function given(text: string | undefined, kind?: LoadedText['kind']): Reference[] {
  return text === undefined || text.trim() === '' ? [] : [{ text, kind }];
}

/** HTML §4.8.4.2.1: URLs of an image candidate string, each with a descriptor or none. */
function candidatesOf(text: string): readonly Reference[] {
  return text.split(/,\s+|,$/u).flatMap((candidate) => given(candidate.trim().split(/\s+/u)[0]));
}

// ── styles and modules ─────────────────────────────────────────────────────────────────────────

const COMMENTS = /\/\*[\s\S]*?\*\//gu;
const IMPORTED =
  /@import\s+(?:url\(\s*)?(?:"(?<double>[^"]*)"|'(?<single>[^']*)'|(?<bare>[^\s"')]+))/giu;
const NAMED = /url\(\s*(?:"(?<double>[^"]*)"|'(?<single>[^']*)'|(?<bare>[^\s"')]+))\s*\)/giu;

/** CSS Values §4.5: what a style sheet imports, and what it names by url(). */
function styleReferences(text: string): readonly Reference[] {
  const style = text.replace(COMMENTS, ' ');
  const imports = [...style.matchAll(IMPORTED)].flatMap(({ groups }) =>
    given(groups?.['double'] ?? groups?.['single'] ?? groups?.['bare'], 'style'),
  );
  const names = [...style.replace(IMPORTED, ' ').matchAll(NAMED)].flatMap(({ groups }) =>
    given(groups?.['double'] ?? groups?.['single'] ?? groups?.['bare']),
  );
  return [...imports, ...names];
}

/** What a module imports before it runs. What it imports later depends on what it does. */
function moduleReferences(text: string): readonly Reference[] {
  try {
    const [imports] = parse(text);
    return imports.flatMap((one) =>
      // A bare name is for a bundler, or an import map.
      (one.type === 'static' || one.type === 'reexport-star') &&
      /^(?:\.{0,2}\/|https?:)/u.test(one.specifier)
        ? given(one.specifier, 'module')
        : [],
    );
  } catch {
    // What is no module is loaded all the same, and fails in the browser.
    return [];
  }
}
