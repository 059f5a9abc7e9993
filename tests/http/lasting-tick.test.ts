import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const LASTING_TICK = join(import.meta.dirname, '../../api/lasting-tick.ts');

/** The processor time of many ticks after a few of them and a collection, in a process of its own. */
function microsecondsOfTicks(before: string): number {
  const program = `
    import { keepOneTick } from ${JSON.stringify(LASTING_TICK)};
    const tick = () => new Promise((resolve) => process.nextTick(resolve));
    ${before}
    for (let some = 0; some < 20; some += 1) await tick();
    await new Promise((resolve) => setTimeout(resolve, 5));
    gc();
    const begun = process.cpuUsage();
    let left = 300_000;
    await new Promise((done) => {
      const next = () => ((left -= 1) === 0 ? done() : process.nextTick(next));
      next();
    });
    const { user, system } = process.cpuUsage(begun);
    console.log(user + system);
  `;
  return Number(execFileSync(process.execPath, ['--expose-gc', '--input-type=module', '--eval', program]));
}

describe('when a process that serves has been collected', () => {
  test('a tick takes a fraction of what it takes where none of them lives on', () => {
    const kept = microsecondsOfTicks('keepOneTick();');
    const forgotten = microsecondsOfTicks('');
    expect(kept).toBeLessThan(forgotten * 0.6);
  });
});
