import { Command, Option } from 'commander';

import type { Authority, TrustChange, TrustStore } from '@poplet/certificates';
import { PopletError } from '@poplet/policy';

import {
  authorityLine,
  authorityText,
  noAuthorityText,
  restartText,
  trustChangeText,
  warningText,
} from '../output.ts';

interface CaOptions {
  readonly json?: true;
}

interface ChangeOptions extends CaOptions {
  readonly only?: TrustStore['kind'];
}

interface InstallOptions extends ChangeOptions {
  readonly host?: readonly string[];
}

function onlyOption(): Option {
  return new Option('--only <stores>', 'the stores of one kind').choices(['system', 'browsers']);
}

/** `poplet ca`: the local certificate authority of the user, and who trusts it. */
export function caCommand(): Command {
  const ca = new Command('ca')
    .description('the local certificate authority that --https uses: who trusts it')
    .option('--json', 'as one JSON object')
    .action(show);
  ca.command('install')
    .description('make it where there is none, and have browsers and this system trust it')
    .addOption(onlyOption())
    .option('--host <hosts...>', 'hosts it must cover beyond localhost, *.localhost and *.test')
    .action((_options: object, command: Command) => install(command.optsWithGlobals()));
  ca.command('uninstall')
    .description('have nothing trust it, nor any earlier one')
    .addOption(onlyOption())
    .action((_options: object, command: Command) => uninstall(command.optsWithGlobals()));
  ca.command('path')
    .description('print the file of its certificate, for curl --cacert and the like')
    .action((_options: object, command: Command) => printPath(command.optsWithGlobals()));
  return ca;
}

async function show({ json }: CaOptions): Promise<void> {
  const { findAuthority, findStores } = await import('@poplet/certificates');
  const authority = await findAuthority();
  const stores = await Promise.all(
    (await findStores()).map(async (store) => ({
      store: store.name,
      trusted: authority !== undefined && (await store.holds(authority)),
    })),
  );
  if (json === true) writeJson({ ...described(authority), stores });
  else if (authority === undefined) process.stdout.write(noAuthorityText());
  else process.stdout.write(authorityText({ ...authority, stores }));
}

async function install({ json, only, host = [] }: InstallOptions): Promise<void> {
  mustNotBeSudo();
  const { findStores, openAuthority } = await import('@poplet/certificates');
  const authority = await openAuthority({ hosts: host });
  if (json !== true) process.stdout.write(authorityLine(authority));
  await change({
    json,
    authority,
    verb: 'trusted',
    apply: (store) => store.add(authority),
    stores: chosen(await findStores(), only),
  });
}

async function uninstall({ json, only }: ChangeOptions): Promise<void> {
  mustNotBeSudo();
  const { findAuthority, findStores } = await import('@poplet/certificates');
  await change({
    json,
    authority: await findAuthority(),
    verb: 'no longer trusted',
    apply: (store) => store.remove(),
    stores: chosen(await findStores(), only),
  });
}

function chosen(
  stores: readonly TrustStore[],
  only: TrustStore['kind'] | undefined,
): readonly TrustStore[] {
  return stores.filter(({ kind }) => only === undefined || kind === only);
}

interface Changing {
  readonly json: true | undefined;
  readonly authority: Authority | undefined;
  /** What a store does once it is done. */
  readonly verb: string;
  readonly stores: readonly TrustStore[];
  readonly apply: (store: TrustStore) => Promise<TrustChange>;
}

/** Changes every store, one after the other, and says of each what became of it. */
async function change({ json, authority, verb, stores, apply }: Changing): Promise<void> {
  const changes: { readonly store: TrustStore; readonly change: TrustChange }[] = [];
  for (const store of stores) {
    const made = await apply(store);
    changes.push({ store, change: made });
    if (json !== true) process.stdout.write(trustChangeText(store.name, made, verb));
  }
  if (json === true) {
    writeJson({
      ...described(authority),
      stores: changes.map((one) => ({ store: one.store.name, ...one.change })),
    });
  }
  const isRead = changes.some((one) => one.change.kind === 'done' && one.store.kind === 'browsers');
  if (isRead && json !== true) process.stdout.write(restartText());
  // What is left to do by hand is no failure.
  if (changes.some((one) => one.change.kind === 'failed')) process.exitCode = 2;
}

async function printPath({ json }: CaOptions): Promise<void> {
  const { openAuthority } = await import('@poplet/certificates');
  const authority = await openAuthority();
  if (authority.history === 'made')
    process.stderr.write(
      warningText('there was no local CA: it is made, and nothing trusts it yet'),
    );
  if (json === true) writeJson(described(authority));
  else process.stdout.write(`${authority.file}\n`);
}

function described(authority: Authority | undefined): object {
  if (authority === undefined) return { ca: null };
  const { file, name, fingerprint, hosts, expiresAtMs } = authority;
  return { ca: file, name, fingerprint, hosts, expires: new Date(expiresAtMs).toISOString() };
}

function writeJson(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

/** Under sudo it would be the administrator's authority and browsers, not those of the person. */
function mustNotBeSudo(): void {
  if (process.env['SUDO_USER'] === undefined || process.getuid?.() !== 0) return;
  throw new PopletError('invalid-option', 'under sudo this would be about the CA of root', {
    hint: 'run it as yourself: for what only the administrator may do, it prints the commands',
  });
}
