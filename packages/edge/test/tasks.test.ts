import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import { createTasks } from '../src/tasks.ts';

function quietTasks() {
  const onError = vi.fn<(name: string, error: unknown) => void>();
  return { onError, tasks: createTasks(onError) };
}

it('is idle when nothing was run', async () => {
  const { tasks } = quietTasks();
  expect(tasks.running).toBe(0);
  await tasks.idle();
});

it('starts a task after run has returned, and counts it at once', async () => {
  const { tasks } = quietTasks();
  const steps: string[] = [];
  tasks.run('refresh', async () => {
    steps.push('task');
  });
  steps.push('caller');
  expect(tasks.running).toBe(1);
  await tasks.idle();
  expect(steps).toEqual(['caller', 'task']);
  expect(tasks.running).toBe(0);
});

it('waits for what running tasks start', async () => {
  const { tasks } = quietTasks();
  const done: string[] = [];
  tasks.run('outer', async () => {
    await nextTurn();
    tasks.run('inner', async () => {
      await nextTurn();
      tasks.run('innermost', async () => {
        await nextTurn();
        done.push('innermost');
      });
    });
  });
  await tasks.idle();
  expect(done).toEqual(['innermost']);
});

it('reports a failure by the name of its task, and others go on', async () => {
  const { tasks, onError } = quietTasks();
  const failure = new Error('no answer');
  let finished = false;
  tasks.run('refresh', () => Promise.reject(failure));
  tasks.run('sweep', async () => {
    await nextTurn();
    finished = true;
  });
  await tasks.idle();
  expect(onError.mock.calls).toEqual([['refresh', failure]]);
  expect(finished).toBe(true);
});

it('reports a task that throws before its first await', async () => {
  const { tasks, onError } = quietTasks();
  const failure = new TypeError('no such thing');
  tasks.run('refresh', () => {
    throw failure;
  });
  await tasks.idle();
  expect(onError.mock.calls).toEqual([['refresh', failure]]);
  expect(tasks.running).toBe(0);
});

it('lets several wait at once', async () => {
  const { tasks } = quietTasks();
  tasks.run('refresh', () => nextTurn());
  await Promise.all([tasks.idle(), tasks.idle()]);
  expect(tasks.running).toBe(0);
});
