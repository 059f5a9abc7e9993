import { afterEach, describe, expect, test, vi } from 'vitest';
import type { ImportLedger } from '../../api/imports/import-run.ts';
import { ImportRun } from '../../api/imports/import-run.ts';
import { linesOf } from '../../api/imports/lines.ts';
import { LedgerError } from '../../src/index.ts';

/** A ledger that takes every command and loses what it has taken at some of the waits for the disk. */
function ledgerLosingAt(...losses: readonly number[]): ImportLedger {
  let flushes = 0;
  return {
    commandsAtOnce: 1,
    executeUnknown: async () => ({ id: '', replayed: false, events: [], outcome: {} }),
    ownerOf: async () => undefined,
    batch: () => ({
      async flush() {
        flushes += 1;
        if (losses.includes(flushes)) throw new LedgerError('store.unavailable', 'lost');
      },
    }),
  };
}

async function* pieces(...texts: readonly (string | Buffer)[]): AsyncIterable<Buffer> {
  for (const text of texts) yield Buffer.from(text);
}

async function linesIn(...texts: readonly (string | Buffer)[]): Promise<string[]> {
  const lines: string[] = [];
  for await (const piece of linesOf(pieces(...texts), 'the file')) lines.push(...piece);
  return lines;
}

describe('when what an import has sent is lost before it is durable', () => {
  test('the import ends, and its results are told neither then nor later', async () => {
    const told: string[] = [];
    const run = new ImportRun(ledgerLosingAt(1), {
      tell: async (lines) => {
        told.push(lines);
      },
    });
    const lines = linesOf(pieces('{"id":"a"}\n'.repeat(1_500)), 'the file');
    await expect(run.run(lines)).rejects.toMatchObject({ code: 'store.unavailable' });
    expect(told.join('')).toBe('');
  });
});

describe('when the commands of an import take long', () => {
  afterEach(() => vi.restoreAllMocks());

  test('what is done is told every second, though the file goes on', async () => {
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    const linesTold: number[] = [];
    const ledger: ImportLedger = {
      ...ledgerLosingAt(),
      async executeUnknown() {
        now += 300;
        return { id: '', replayed: false, events: [], outcome: {} };
      },
    };
    const run = new ImportRun(ledger, {
      tell: async (lines) => void linesTold.push(lines.split('\n').length - 1),
    });
    await run.run(linesOf(pieces('{"id":"a"}\n'.repeat(10)), 'the file'));
    expect(linesTold).toEqual([4, 4, 2]);
  });
});

describe('the id of a refused line', () => {
  test('is echoed as it was sent, but not a structure, which may be nested deeper than can be written', async () => {
    let told = '';
    const run = new ImportRun(ledgerLosingAt(), {
      tell: async (lines) => {
        told += lines;
      },
    });
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    await run.run(linesOf(pieces(`{"at":1,"id":5}\n{"at":1,"id":${deep}}\n`), 'the file'));
    const [five = '', nested = ''] = told.split('\n');
    expect(JSON.parse(five)).toMatchObject({ line: 1, id: 5, ok: false });
    expect(JSON.parse(nested)).not.toHaveProperty('id');
  });
});

describe('the lines of bytes', () => {
  test('are the same wherever the bytes are cut', async () => {
    const bytes = Buffer.from('\ufeffпервая\n\nтретья\nпоследняя');
    const whole = ['первая', '', 'третья', 'последняя'];
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      expect(await linesIn(bytes.subarray(0, cut), bytes.subarray(cut))).toEqual(whole);
    }
    expect(await linesIn(...Array.from(bytes, (byte) => Buffer.of(byte)))).toEqual(whole);
  });

  test('end at one that is not UTF-8, which is named', async () => {
    const lines: string[] = [];
    const reading = async () => {
      for await (const piece of linesOf(pieces('a\nb\n', Buffer.of(0xff, 0x0a)), 'the file')) lines.push(...piece);
    };
    await expect(reading()).rejects.toThrow('the file line 3 is not UTF-8');
    expect(lines).toEqual(['a', 'b']);
  });

  test('end at one that is too long, long before it is held in memory', async () => {
    const endless = async function* () {
      for (;;) yield Buffer.alloc(1024 * 1024, 'x');
    };
    const reading = async () => {
      for await (const piece of linesOf(endless(), 'the file')) expect(piece).toBe('never');
    };
    await expect(reading()).rejects.toThrow('the file line 1 is longer than 16777216 bytes');
  });
});
