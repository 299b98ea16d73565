import type { FastifyPluginCallback } from 'fastify';
import { parseDuration } from '../../duration.ts';
import type { Clock } from '../../edge-api.ts';
import type { ClockView, ResourceOptions } from '../admin-context.ts';
import { AdminProblem, PROBLEM_RESPONSE } from '../problem.ts';

/** Body of `POST clock`: exactly one member, which the schema ensures. */
interface ClockRequest {
  readonly advance?: string;
  readonly set?: string;
  readonly freeze?: true;
  readonly reset?: true;
}

/** `GET|POST clock`: virtual time. */
export const clockResource: FastifyPluginCallback<ResourceOptions> = (
  server,
  { context },
  done,
) => {
  const { clock } = context.edge;
  const { onClock } = context;
  const response = { 200: CLOCK_SCHEMA, ...PROBLEM_RESPONSE };
  server.get(
    '/clock',
    {
      schema: {
        operationId: 'getClock',
        summary: 'Virtual and real time',
        tags: ['control'],
        response,
      },
    },
    () => clockView(clock),
  );
  server.post<{ Body: ClockRequest }>(
    '/clock',
    {
      schema: {
        operationId: 'moveClock',
        summary: 'Move, freeze or reset virtual time',
        description:
          'Exactly one member. `advance` and `set` leave a frozen clock frozen, at the new instant; `reset` goes back to real time.',
        tags: ['control'],
        body: CLOCK_REQUEST_SCHEMA,
        response,
      },
    },
    ({ body }) => {
      moveClock(clock, body);
      const view = clockView(clock);
      onClock?.(view);
      return view;
    },
  );
  done();
};

function clockView(clock: Clock): ClockView {
  // One reading of the real clock, so that the three agree.
  const realMs = clock.realNowMs();
  const nowMs = clock.frozen ? clock.nowMs() : realMs + clock.offsetMs;
  return {
    now: new Date(nowMs).toISOString(),
    real: new Date(realMs).toISOString(),
    offsetMs: nowMs - realMs,
    frozen: clock.frozen,
  };
}

function moveClock(clock: Clock, { advance, set, freeze }: ClockRequest): void {
  try {
    if (advance !== undefined) clock.advance(signedDuration(advance));
    else if (set !== undefined) clock.set(parseInstant(set));
    else if (freeze === true) clock.freeze();
    else clock.reset();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new AdminProblem('unusable-value', {
      detail: error.message,
      hint: 'HTTP dates have four digits for the year (RFC 9110 §5.6.7)',
    });
  }
}

function signedDuration(text: string): number {
  return text.startsWith('-') ? -parseDuration(text.slice(1)) : parseDuration(text);
}

const INSTANT =
  /^(?<date>\d{4}-\d\d-\d\d)T(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,3})?)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/u;

/** ISO 8601 with a time zone, to the millisecond. */
function parseInstant(text: string): number {
  const date = INSTANT.exec(text)?.groups?.date;
  // Date.parse takes 30 February for 2 March.
  const midnightMs = date === undefined ? Number.NaN : Date.parse(`${date}T00:00Z`);
  if (
    date === undefined ||
    Number.isNaN(midnightMs) ||
    !new Date(midnightMs).toISOString().startsWith(date)
  ) {
    throw new AdminProblem('unusable-value', {
      detail: `${JSON.stringify(text)} is not an instant`,
      hint: 'write it in ISO 8601 with its time zone: "2026-12-24T18:00:00Z" or "2026-12-24T18:00+01:00"',
    });
  }
  return Date.parse(text);
}

const CLOCK_MOVES = {
  advance: {
    type: 'string',
    maxLength: 100,
    description: 'a duration such as `90s`, `2m`, `1h30m`; `-90s` goes back',
  },
  set: {
    type: 'string',
    maxLength: 100,
    description: 'an instant in ISO 8601 with its time zone',
  },
  freeze: { type: 'boolean', const: true },
  reset: { type: 'boolean', const: true, description: 'back to real time, running' },
} as const;

const CLOCK_REQUEST_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  properties: CLOCK_MOVES,
  oneOf: Object.keys(CLOCK_MOVES).map((move) => ({ required: [move] })),
} as const;

const CLOCK_SCHEMA = {
  description: 'The clock',
  type: 'object',
  required: ['now', 'real', 'offsetMs', 'frozen'],
  properties: {
    now: { type: 'string', format: 'date-time', description: 'virtual time' },
    real: { type: 'string', format: 'date-time' },
    offsetMs: { type: 'integer', description: 'virtual minus real' },
    frozen: { type: 'boolean' },
  },
} as const;
