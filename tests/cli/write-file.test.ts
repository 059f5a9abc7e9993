import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Interrupted, Interruption } from '../../api/cli/interruption.ts';
import { writeWholeFile } from '../../api/cli/write-file.ts';
import { LedgerError } from '../../src/index.ts';

function place(): { readonly folder: string; readonly interruption: Interruption } {
  const folder = mkdtempSync(join(tmpdir(), 'written-'));
  const interruption = new Interruption();
  onTestFinished(() => {
    interruption.stop();
    rmSync(folder, { recursive: true });
  });
  return { folder, interruption };
}

describe('a file that is written as a whole', () => {
  test('takes the place of an earlier one when the last piece is there', async () => {
    const { folder, interruption } = place();
    const file = join(folder, 'a');
    writeFileSync(file, 'before');
    await writeWholeFile(file, [Buffer.from('one '), Buffer.from('two')], interruption);
    expect(readFileSync(file, 'utf8')).toBe('one two');
    expect(readdirSync(folder)).toEqual(['a']);
  });

  test('leaves the earlier one when a signal comes between the pieces', async () => {
    const { folder, interruption } = place();
    const file = join(folder, 'a');
    writeFileSync(file, 'before');
    function* pieces() {
      for (let piece = 0; piece < 10_000; piece += 1) {
        if (piece === 3) process.kill(process.pid, 'SIGTERM');
        yield Buffer.from('x');
      }
    }
    await expect(writeWholeFile(file, pieces(), interruption)).rejects.toThrow(Interrupted);
    expect(readFileSync(file, 'utf8')).toBe('before');
    expect(readdirSync(folder)).toEqual(['a']);
  });

  test('that cannot be written is told with its path', async () => {
    const { folder, interruption } = place();
    const file = join(folder, 'nowhere', 'a');
    const refusal = await writeWholeFile(file, [], interruption).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(LedgerError);
    expect(refusal).toMatchObject({ code: 'store.unavailable', message: expect.stringContaining(file) });
  });
});
