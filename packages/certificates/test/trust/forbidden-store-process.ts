// As a user who may not change the system's store: what it says about an authority, and without one.

import { type Authority, findStores, type Machine } from '../../src/index.ts';

const { machine, file } = JSON.parse(process.argv[2] as string) as {
  readonly machine: Machine;
  readonly file: string;
};
const [store] = await findStores(machine);
const authority = { file, fingerprint: 'f'.repeat(64), certificate: '' } as Authority;
const added = await store?.add({ ...authority, certificate: 'a certificate' });
process.stdout.write(JSON.stringify({ added, removed: await store?.remove() }));
