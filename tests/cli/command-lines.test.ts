import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { commandLines } from '../../api/cli/command-lines.ts';

let folder = '';
let file = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ledger-lines-'));
  file = join(folder, 'commands.jsonl');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

async function readInto(lines: string[]): Promise<void> {
  for await (const piece of commandLines(file).pieces) for (const line of piece) lines.push(line);
}

describe('when a command file is larger than what is read at once', () => {
  // Some lines are longer than others, so that a piece ends in the middle of one, and of a letter of two bytes.
  const written = Array.from({ length: 9_000 }, (_, index) => `${index} ${'ж'.repeat(index % 300)}`);

  test('its lines are given as they are, the last one without a line feed too', async () => {
    writeFileSync(file, `\ufeff${written.join('\n')}`);
    const lines: string[] = [];
    await readInto(lines);
    expect(lines).toEqual(written);
  });

  test('a line that is not UTF-8 is named by its number, and the lines before it are given', async () => {
    const bad = Buffer.from([0xff]);
    writeFileSync(file, Buffer.concat([Buffer.from(`${written.join('\n')}\n`), bad, Buffer.from('\nlast\n')]));
    const lines: string[] = [];
    await expect(readInto(lines)).rejects.toThrow('line 9001 is not UTF-8');
    expect(lines).toEqual(written);
  });
});
