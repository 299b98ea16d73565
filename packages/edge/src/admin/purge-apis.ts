import { randomUUID } from 'node:crypto';

import {
  IncomingFields,
  type ApiAnswer,
  type ApiHead,
  type ApiRefusal,
  type AskedTarget,
  type CreatePurgeApi,
  type Policy,
  type PurgeableSite,
  type PurgeApi,
} from '@poplet/policy';
import { isUnreachable } from '@poplet/store';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';

import { isToken } from '../bearer-token.ts';
import { requestFor } from '../asked-request.ts';
import type { ResolvedSite } from '../edge-api.ts';
import { isHostOf, nameUnder } from '../host-names.ts';
import type { AdminContext } from './admin-context.ts';
import { carryOut } from './carry-out.ts';
import { schemeOf } from './gatekeeper.ts';
import { AdminProblem } from './problem.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whose route it is: such an API has credentials of its own. */
    readonly purgeApi?: PurgeApi;
  }
}

/** The purge API of one CDN, and the sites that it is for. */
export interface PurgeApiOption {
  /** Called with the first connection to the admin API. */
  readonly load: () => Promise<CreatePurgeApi>;
  readonly sites: readonly {
    /** Of a site of the edge. */
    readonly id: string;
    /** What the CDN calls it, beside its id. */
    readonly names: readonly string[];
  }[];
}

/** Makes the purge API for the sites that are its own. */
export async function openPurgeApi(
  { load, sites }: PurgeApiOption,
  context: AdminContext,
): Promise<PurgeApi> {
  const create = await load();
  return create({
    sites: sites.flatMap(({ id, names }) => purgeableSite({ id, names }, context) ?? []),
    purge: (purges) => carryOut(context, purges),
    nowMs: () => context.edge.clock.realNowMs(),
    newId: () => randomUUID().replaceAll('-', ''),
  });
}

function purgeableSite(
  { id, names }: { readonly id: string; readonly names: readonly string[] },
  { edge }: AdminContext,
): PurgeableSite | undefined {
  const site = edge.sites.find((one) => one.id === id);
  if (site === undefined) return undefined;
  const { hosts, policy } = site;
  const hasHost = (hostname: string): boolean => hosts.some((host) => isHostOf(host, hostname));
  return {
    id,
    names: [id, ...names],
    policy,
    hasHost,
    policiesFor: ({ hostname, ...asked }) => {
      const own = hostname === null || !hasHost(hostname) ? namesFor(site) : [];
      return policiesAt([...(hostname === null ? [] : [hostname]), ...own], asked, site);
    },
  };
}

/** Names by which the site is asked on this machine. */
function namesFor({ hosts }: ResolvedSite): readonly string[] {
  return hosts.length === 0 ? ['localhost', '127.0.0.1'] : hosts.map(nameUnder);
}

function policiesAt(
  authorities: readonly string[],
  { target, fields }: Omit<AskedTarget, 'hostname'>,
  site: ResolvedSite,
): readonly Policy[] {
  const lines = Object.entries(fields).flat();
  const policies = authorities.map((authority) =>
    site.policyFor(
      requestFor(site.id, {
        scheme: 'http',
        authority,
        target,
        fields: new IncomingFields(['Host', authority, ...lines]),
      }),
    ),
  );
  return [...new Set(policies)];
}

interface MountOptions {
  readonly api: PurgeApi;
  /** The admin API's, which is then the only secret of the CDN's that is right. */
  readonly token: string | undefined;
}

/** The calls of a purge API at its own paths; whatever is wrong is said in the CDN's own shape. */
export const purgeApiResource: FastifyPluginAsync<MountOptions> = async (
  server,
  { api, token },
) => {
  const config = { purgeApi: api };
  // It gets content as it was sent, whatever it says it is.
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'string' }, (_request, content, parsed) => {
    parsed(null, content);
  });
  server.addHook('onRequest', (request, reply, next) => {
    const head = headOf(request);
    const secret = api.secretOf(head);
    const isRight = secret !== undefined && (token === undefined || isToken(secret, token));
    if (isRight) next();
    else void send(reply, api.refusals.unauthorized(head));
  });
  server.setErrorHandler((error, request, reply) => {
    // Who may not talk to the admin API at all is told so by it.
    if (error instanceof AdminProblem) throw error;
    return send(reply, api.refusals[refusalOf(error)](headOf(request)));
  });
  for (const call of api.calls) {
    server.route({
      method: call.method,
      url: call.path,
      bodyLimit: call.maxContentBytes,
      config,
      schema: {
        operationId: call.operationId,
        summary: call.summary,
        description: `As ${api.title} has it, credentials and errors included.`,
        tags: [PURGE_APIS_TAG],
      },
      async handler(request, reply) {
        const answer = await call.answer({
          ...headOf(request),
          parameters: request.params as Readonly<Record<string, string>>,
          content: (request.body as string | undefined) ?? '',
        });
        return send(reply, answer);
      },
    });
  }
  for (const url of api.namespaces.map((namespace) => `${namespace}*`)) {
    const called = api.calls.flatMap(({ method, path }) => (path === url ? [method] : []));
    server.route({
      method: METHODS.filter((method) => !called.some((one) => one === method)),
      url,
      config,
      schema: { hide: true },
      handler: (request, reply) => send(reply, api.refusals['unknown-call'](headOf(request))),
    });
  }
};

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

/** Of the OpenAPI document. */
export const PURGE_APIS_TAG = 'purge APIs of CDNs';

function refusalOf(error: unknown): ApiRefusal {
  if (isUnreachable(error)) return 'store-away';
  const { code } = error as { readonly code?: unknown };
  return code === 'FST_ERR_CTP_BODY_TOO_LARGE' ? 'content-too-large' : 'fault';
}

function headOf(request: FastifyRequest): ApiHead {
  const query = Object.entries(request.query as Readonly<Record<string, string | string[]>>);
  const fields = Object.entries(request.headers);
  return {
    method: request.method,
    target: request.url,
    query: Object.fromEntries(query.map(([name, value]) => [name, [value].flat()[0]])),
    fields: Object.fromEntries(fields.map(([name, value]) => [name, [value].flat().join(', ')])),
    origin: `${schemeOf(request.raw)}://${request.host}`,
  };
}

function send(reply: FastifyReply, { status, fields, content }: ApiAnswer): FastifyReply {
  return reply
    .code(status)
    .headers({ ...fields })
    .serializer((text: string) => text)
    .send(content);
}
