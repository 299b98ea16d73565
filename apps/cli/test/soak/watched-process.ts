import { readdirSync, readFileSync } from 'node:fs';

/** What a process holds now. Linux only: elsewhere nobody says. */
export interface Holdings {
  readonly residentBytes: number;
  /** Files, sockets and pipes. */
  readonly descriptors: number;
}

export function holdingsOf(pid: number): Holdings {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kilobytes = /^VmRSS:\s+(?<kilobytes>\d+) kB$/mu.exec(status)?.groups?.['kilobytes'];
  return {
    residentBytes: 1024 * Number(kilobytes),
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
  };
}
