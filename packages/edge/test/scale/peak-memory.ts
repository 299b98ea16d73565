import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** The largest resident size that a process has had so far, in bytes. */
export function peakResidentBytes(pid: number): number {
  return 1024 * (process.platform === 'linux' ? peakOnLinux(pid) : residentNow(pid));
}

function peakOnLinux(pid: number): number {
  const match = /^VmHWM:\s+(?<kilobytes>\d+) kB$/mu.exec(
    readFileSync(`/proc/${pid}/status`, 'utf8'),
  );
  return Number(match?.groups?.['kilobytes']);
}

/** Elsewhere nobody keeps the peak: the most of many samples has to do. */
function residentNow(pid: number): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }));
}
