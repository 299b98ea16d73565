import { ReadStream } from 'node:fs';
import { realpath } from 'node:fs/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerFile, type FileAnswer } from './answer-file.ts';
import type { ByteSpan } from '@poplet/policy';
import { bytesOf } from './byte-range.ts';
import type { CacheDefaults } from './cache-defaults.ts';
import type { HeadersDialect } from './dialect.ts';
import { FileBusyError, FileVersions, type OpenFile } from './file-version.ts';
import {
  findFile,
  type FoundFile,
  isAbsence,
  isForbidden,
  locate,
  type PageNames,
} from './locate.ts';
import type { Hosting } from './hosting.ts';
import { chooseRepresentation, relativeName } from './representation.ts';
import { readRequestPath, type RequestPath } from './request-path.ts';
import { ResponseFields } from './response-fields.ts';
import { applyRules, isForSome } from './route-rules.ts';
import type { Routed, Visit } from './routing.ts';
import type { RuleBook } from './rule-book.ts';
import type { SiteRules } from './site-rules.ts';
import { readRange, verifiedStream } from './verified-body.ts';

export interface FolderServerOptions {
  readonly folder: string;
  readonly cleanUrls: boolean;
  /** Answers navigations to pages that no file stands for; null: none does. */
  readonly fallbackPage: string | null;
  /** Looked for beside what is missing, and in the folders above; null: plain text says so. */
  readonly notFoundPage: string | null;
  readonly dialect: HeadersDialect;
  /** Null: the site's own server. */
  readonly hosting: Hosting | null;
  readonly cacheDefaults: CacheDefaults;
  readonly rules: RuleBook;
  /** Has another server answer, whose URL this is. */
  readonly elsewhere: (reply: FastifyReply, url: string) => FastifyReply;
}

/** A file that @fastify/static was asked to send, and what the answer is to say. */
interface Delivery {
  readonly answer: FileAnswer;
  readonly file: OpenFile;
}

/** What a request for a file is made of. */
interface FileRequest {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly root: string;
  /** Of the file: what was asked for, or what a rule has stand for it. */
  readonly path: RequestPath;
  /** What was asked for. */
  readonly visit: Visit;
  readonly rules: SiteRules;
  /** Whether others who ask for the same may get something else. */
  readonly isForSome: boolean;
}

/** Which file, and as what. */
interface FileChoice {
  readonly found: FoundFile;
  readonly status: number;
  readonly variesBy: readonly string[];
}

const NOTHING: ByteSpan = { startByte: 0, endByte: 0 };

const CONDITIONS = [
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'range',
];

/** A build in progress may take a file away between finding and opening it. */
const ATTEMPTS = 3;

/** Bodies up to this are read and checked before the head is sent; larger ones are streamed. */
const MAX_HELD_BYTES = 1_048_576;

/**
 * Answers from a folder. Everything about the answer is decided here: validators from the content,
 * conditions, ranges, codings, rules. What is too large to hold is streamed by @fastify/static, from
 * the name vetted here and with its own headers off: its Cache-Control would win over ours, and its
 * validator is mtime and size. `guard` keeps its bytes to the version that was decided about.
 */
export class FolderServer {
  readonly #options: FolderServerOptions;
  readonly #versions = new FileVersions();
  readonly #deliveries = new WeakMap<FastifyReply, Delivery>();
  readonly #attempts = new WeakMap<FastifyReply, number>();

  constructor(options: FolderServerOptions) {
    this.#options = options;
  }

  /** Route handler for everything in the folder. */
  readonly answer = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return notAllowed(reply);
    const read = readRequestPath(request.originalUrl);
    if (read.kind === 'malformed') return say(reply, 400, 'the URL is malformed');
    const attempt = (this.#attempts.get(reply) ?? 0) + 1;
    this.#attempts.set(reply, attempt);
    try {
      const root = await realpath(this.#options.folder);
      if (read.kind === 'refused') return this.#sayMissing(reply, 'no file can have this path');
      return await this.#answerPath({ request, reply, root, path: read.path });
    } catch (error) {
      if (error instanceof FileBusyError) return unavailable(reply, 'the file is being written');
      if (isForbidden(error)) return say(reply, 403, 'the file may not be read');
      if (!isAbsence(error)) throw error;
      if (attempt < ATTEMPTS) return this.answer(request, reply);
      // No "not found": caches may keep that, while a build puts the folder back.
      return unavailable(reply, 'the folder is gone or changing');
    }
  };

  /** Has another server answer what is no GET or HEAD, or leads it elsewhere, where a rule says so; else undefined. */
  readonly passOn = async (
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply | undefined> => {
    const read = readRequestPath(request.originalUrl);
    if (read.kind !== 'path') return undefined;
    const { rules, names } = await this.#rulesNow();
    const visit = visitOf(request, read.path);
    const { routed } = await rules.routing.route(visit, this.#existsIn(names));
    if (routed === null || routed.kind === 'file') return undefined;
    if (routed.kind === 'elsewhere') return this.#options.elsewhere(reply, routed.url);
    return this.#redirect({ reply, visit, rules }, routed.location, routed.status);
  };

  /** onSend hook: puts the head on what @fastify/static sends, and a guard on its bytes. */
  readonly guard = async (
    _request: FastifyRequest,
    reply: FastifyReply,
    payload: unknown,
  ): Promise<unknown> => {
    const delivery = this.#deliveries.get(reply);
    if (delivery === undefined) return payload;
    this.#deliveries.delete(reply);
    const { answer, file } = delivery;
    if (!(payload instanceof ReadStream) || answer.range === null) {
      // The name is gone: this is "not found", on its way to another attempt.
      await file.handle.close();
      return payload;
    }
    reply.code(answer.status).headers(answer.fields.toHeaders());
    return verifiedStream(payload, file, answer.range);
  };

  async #answerPath(
    asked: Pick<FileRequest, 'request' | 'reply' | 'root' | 'path'>,
  ): Promise<FastifyReply> {
    const { request, root, path } = asked;
    const { rules, names } = await this.#rulesNow();
    const visit = visitOf(request, path);
    const { routed, isConditional } = await rules.routing.route(visit, this.#existsIn(names));
    const isForAll = !isConditional && !isForSome(rules.headers, visit);
    const context: FileRequest = { ...asked, visit, rules, isForSome: !isForAll };
    if (routed !== null) return this.#answerRouted(context, routed);
    const located = await locate(root, path, names);
    if (located.kind === 'redirect') return this.#redirect(context, located.location, 301);
    if (located.kind === 'file') {
      return this.#send(context, { found: located.found, status: 200, variesBy: [] });
    }
    return this.#answerMissing(context);
  }

  /** The rules, and how the host calls pages as the site has it set up. */
  async #rulesNow(): Promise<{ readonly rules: SiteRules; readonly names: PageNames }> {
    const { hosting, cleanUrls: own } = this.#options;
    const rules = await this.#options.rules.current();
    // Which of the two is right, rules say there.
    const slashes = hosting?.dialect === 'vercel' ? 'either' : 'canonical';
    return { rules, names: { cleanUrls: rules.cleanUrls ?? own, slashes } };
  }

  #existsIn(names: PageNames): (target: string) => Promise<boolean> {
    return async (target) => {
      const read = readRequestPath(target);
      if (read.kind !== 'path') return false;
      const root = await realpath(this.#options.folder);
      return (await locate(root, read.path, names)).kind !== 'missing';
    };
  }

  async #answerRouted(context: FileRequest, routed: Routed): Promise<FastifyReply> {
    switch (routed.kind) {
      case 'redirect':
        return this.#redirect(context, routed.location, routed.status);
      case 'elsewhere':
        return this.#options.elsewhere(context.reply, routed.url);
      case 'file': {
        const read = readRequestPath(routed.target);
        if (read.kind !== 'path') return this.#answerMissing(context);
        const { names: own } = await this.#rulesNow();
        const names: PageNames = { ...own, slashes: 'either' };
        const located = await locate(context.root, read.path, names);
        if (located.kind !== 'file') return this.#answerMissing(context);
        return this.#send(context, { found: located.found, status: routed.status, variesBy: [] });
      }
      default:
        return routed satisfies never;
    }
  }

  #redirect(
    { reply, visit, rules }: Pick<FileRequest, 'reply' | 'visit' | 'rules'>,
    location: string,
    status: number,
  ): FastifyReply {
    const { dialect, cacheDefaults } = this.#options;
    const fields = new ResponseFields();
    if (cacheDefaults.pages !== null) fields.set('Cache-Control', cacheDefaults.pages);
    if (dialect.reachesRedirects)
      applyRules(fields, { rules: rules.headers, dialect }, { visit, keepsDefaults: false });
    return reply.headers(fields.toHeaders()).redirect(location, status);
  }

  async #answerMissing(context: FileRequest): Promise<FastifyReply> {
    const { request, reply, root, path } = context;
    const { fallbackPage } = this.#options;
    // A missing asset is never a page: its HTML would be cached as a script.
    const isPage = fallbackPage !== null && !hasExtension(path);
    const variesBy = isPage ? ['Accept'] : [];
    if (isPage && acceptsHtml(request.headers.accept)) {
      const found = await findFile(root, segmentsOf(fallbackPage));
      if (found !== null) return this.#send(context, { found, status: 200, variesBy });
    }
    const page = await this.#findNotFoundPage(context);
    if (page !== null) return this.#send(context, { found: page, status: 404, variesBy });
    if (isPage) reply.header('Vary', 'Accept');
    return this.#sayMissing(reply, `nothing in the folder answers to ${path.pathname}`);
  }

  #sayMissing(reply: FastifyReply, why: string): FastifyReply {
    const { pages } = this.#options.cacheDefaults;
    if (pages !== null) reply.header('Cache-Control', pages);
    return say(reply, 404, why);
  }

  async #findNotFoundPage({ root, path }: FileRequest): Promise<FoundFile | null> {
    const { notFoundPage } = this.#options;
    if (notFoundPage === null) return null;
    for (let depth = path.segments.length; depth >= 0; depth--) {
      const above = path.segments.slice(0, depth);
      const found = await findFile(root, [...above, ...segmentsOf(notFoundPage)]);
      if (found !== null) return found;
    }
    return null;
  }

  async #send(
    context: FileRequest,
    { found, status, variesBy }: FileChoice,
  ): Promise<FastifyReply> {
    const { request, reply, visit, isForSome: differs, rules: site } = context;
    const acceptEncoding = request.headers['accept-encoding'];
    const representation = await chooseRepresentation(found, acceptEncoding);
    if (representation === null) {
      // RFC 9110 §15.5.7
      reply.headers({ Vary: 'Accept-Encoding', 'Cache-Control': 'no-store' });
      return say(reply, 406, 'there is no representation in an accepted coding');
    }
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const file = await this.#versions.open(representation.file);
      const answer = answerFile({
        request,
        visit,
        found,
        representation,
        file,
        status,
        variesBy,
        rules: site.headers,
        dialect: this.#options.dialect,
        cacheDefaults: this.#options.cacheDefaults,
        assetLines: differs ? [] : (this.#options.hosting?.assetLines ?? []),
        nowMs: Date.now(),
      });
      if (answer.range !== null && bytesOf(answer.range) > MAX_HELD_BYTES) {
        this.#deliveries.set(reply, { answer, file });
        // Whatever becomes of it.
        reply.raw.once('close', () => void file.handle.close());
        return stream(context, representation.file, answer.range);
      }
      const body = await readRange(file, answer.range ?? NOTHING).finally(() =>
        file.handle.close(),
      );
      if (body === null) continue;
      reply.code(answer.status).headers(answer.fields.toHeaders());
      return body.length === 0 ? reply.send() : reply.send(body);
    }
    throw new FileBusyError(`${representation.file} keeps changing`);
  }
}

/** Lets @fastify/static send it; `FolderServer.guard` gets hold of its stream. */
function stream(
  { request, reply, root }: FileRequest,
  file: string,
  { startByte, endByte }: ByteSpan,
): FastifyReply {
  // Already judged; @fastify/static would judge them again, by validators it does not have.
  for (const name of CONDITIONS) delete request.raw.headers[name];
  const options: object = { start: startByte, end: endByte - 1 };
  return reply.sendFile(relativeName(root, file), root, options);
}

function visitOf({ headers }: FastifyRequest, { pathname, search }: RequestPath): Visit {
  return { pathname, search, host: headers.host ?? '', headers };
}

function segmentsOf(file: string): readonly string[] {
  return file.split('/').filter((segment) => segment !== '');
}

function hasExtension({ segments }: RequestPath): boolean {
  return /\.[^.]+$/u.test(segments.at(-1) ?? '');
}

// RFC 9110 §12.5.1: a browser that navigates names text/html; scripts ask for */*.
function acceptsHtml(accept: string | undefined): boolean {
  return (accept ?? '')
    .split(',')
    .some((member) => /^\s*text\/html\s*(?:;(?!.*q=0(?:\.0*)?\s*$).*)?$/iu.test(member));
}

/** RFC 9110 §15.5.6 */
export function notAllowed(reply: FastifyReply): FastifyReply {
  return say(reply.header('Allow', 'GET, HEAD'), 405, 'only GET and HEAD are answered here');
}

function unavailable(reply: FastifyReply, why: string): FastifyReply {
  return say(reply.headers({ 'Retry-After': '1', 'Cache-Control': 'no-store' }), 503, why);
}

function say(reply: FastifyReply, status: number, text: string): FastifyReply {
  return reply.code(status).type('text/plain; charset=utf-8').send(`${status}: ${text}\n`);
}
