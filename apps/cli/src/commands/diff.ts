import { Command } from 'commander';

import type { Aspect, SiteDiff } from '@poplet/cdn';
import { PopletError } from '@poplet/policy';

import { trustLocalAuthority } from '../admin-client.ts';
import { collected, headersOf } from '../asked-headers.ts';
import { diffText } from '../diff-text.ts';
import { notEmulatedText } from '../output.ts';

interface DiffOptions {
  readonly profile?: readonly string[];
  readonly on?: string;
  readonly header?: readonly string[];
  readonly limit?: string;
  readonly all?: true;
  readonly json?: true;
}

/** Exit codes of its own: 4 where the profiles differ, so that no error is taken for that; 3 as for other upstream failures. */
const DIFFERENT = 4;
const UNCOMPARED = 3;

/** `poplet diff`: where two CDNs would treat a whole site differently. */
export function diffCommand(): Command {
  return new Command('diff')
    .description('where two CDNs would treat a whole site differently; exit status 4 if anywhere')
    .argument('<folder | URL>', 'a folder: every file of it; a URL: the page, and what it loads')
    .option(
      '--profile <name>',
      'one of the two CDNs, or its own configuration (distribution.json); given twice',
      collected,
    )
    .option(
      '--on <aspects>',
      'what is compared, with commas: stored,lifetime,stale,key,browser (all of it)',
    )
    .option('-H, --header <line>', 'a request header, "Name: value"; repeatable', collected)
    .option('--limit <count>', 'URLs of a page at most (500)')
    .option('--all', 'name all URLs, not the first few of each kind')
    .option('--json', 'as one JSON object')
    .action(diff);
}

async function diff(source: string, options: DiffOptions): Promise<void> {
  const { diffSite } = await import('@poplet/cdn');
  const [one, other, ...more] = options.profile ?? [];
  if (one === undefined || other === undefined || more.length > 0) {
    throw new PopletError('invalid-option', 'two profiles are compared', {
      hint: `name two: poplet diff --profile cloudflare --profile fastly ${source}`,
    });
  }
  if (source.startsWith('https:')) await trustLocalAuthority();
  const found = await diffSite({
    source,
    profiles: [one, other],
    aspects: await aspectsIn(options.on),
    headers: headersOf(options.header),
    limit: limitIn(options.limit),
  });
  for (const text of found.notEmulated) process.stderr.write(notEmulatedText(text));
  process.stdout.write(
    options.json === true
      ? `${JSON.stringify(found)}\n`
      : diffText(found, { isWhole: options.all === true }),
  );
  process.exitCode = exitCodeOf(found);
}

function exitCodeOf({ differences, failures }: SiteDiff): number {
  if (differences.length > 0) return DIFFERENT;
  return failures.length > 0 ? UNCOMPARED : 0;
}

async function aspectsIn(text: string | undefined): Promise<readonly Aspect[] | undefined> {
  if (text === undefined) return undefined;
  const { ASPECTS, nearestName } = await import('@poplet/cdn');
  const aspects = text.split(',').map((word) => {
    const aspect = ASPECTS.find((one) => one === word.trim());
    if (aspect !== undefined) return aspect;
    const nearest = nearestName(word, ASPECTS);
    throw new PopletError('invalid-option', `--on: "${word}" is not compared`, {
      hint: nearest === undefined ? `what is: ${ASPECTS.join(', ')}` : `did you mean "${nearest}"?`,
    });
  });
  // In the usual order, each once.
  const named = new Set(aspects);
  return ASPECTS.filter((aspect) => named.has(aspect));
}

function limitIn(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,5}$/u.test(text)) return Number(text);
  throw new PopletError('invalid-option', `--limit ${text}: it is a number above 0`, {
    hint: '--limit 500',
  });
}
