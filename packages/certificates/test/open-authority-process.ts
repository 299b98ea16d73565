// One of several processes that open the same authority at once: its folder, then hosts.

import { openAuthority } from '../src/index.ts';

const [folder = '', ...hosts] = process.argv.slice(2);
const { fingerprint } = await openAuthority({ folder, hosts });
process.stdout.write(fingerprint);
