import { access } from 'node:fs/promises';

/** Whether this process may do something with a file: `constants.R_OK` and the like; by default, find it. */
export function may(file: string, what?: number): Promise<boolean> {
  return access(file, what).then(
    () => true,
    () => false,
  );
}
