import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { LogVerification } from '../../src/application/verify.ts';
import { verify } from '../../src/application/verify.ts';
import { LedgerError, openLedger } from '../../src/index.ts';
import type { EventStore } from '../../src/store/event-store.ts';
import { SqliteEventStore } from '../../src/store/sqlite/sqlite-event-store.ts';
import { appendDurably, newEvents, wholeLog } from '../support/store/stored-forms.ts';
import { TamperedFile } from '../support/tampering/tampered-file.ts';

const tampered = new TamperedFile();
let healthy: Buffer;
let wanted = '';

beforeAll(async () => {
  await tampered.fill();
  healthy = readFileSync(tampered.pristine);
  const store = new SqliteEventStore(tampered.file);
  wanted = await everythingOf(store);
  await store.close();
});
afterAll(() => tampered.remove());
beforeEach(() => tampered.restore());

/** Whatever a store can be asked: the log, the streams, the heads, the commands. */
async function everythingOf(store: EventStore): Promise<string> {
  const log = await wholeLog(store, 1000);
  const streams: unknown[] = [];
  for (const stream of new Set(tampered.log.map((event) => event.stream))) {
    streams.push(
      await store.head(stream),
      (await store.read(stream)).map(({ id }) => id),
    );
  }
  const commands: unknown[] = [];
  for (const { metadata } of tampered.log) {
    const { commandId } = JSON.parse(metadata) as { commandId: string };
    commands.push((await store.commandRecord(commandId))?.id);
  }
  return JSON.stringify([log, streams, commands, await store.countAfter()]);
}

/** What opening and verifying a damaged file comes to; every error has to be one of the ledger's own. */
async function outcome(): Promise<{ error: LedgerError } | { verification: LogVerification; contents: string }> {
  let store: SqliteEventStore | undefined;
  try {
    store = new SqliteEventStore(tampered.file);
    const verification = await verify(store);
    return { verification, contents: verification.ok ? await everythingOf(store) : '' };
  } catch (error) {
    if (error instanceof LedgerError) return { error };
    throw error;
  } finally {
    await store?.close().catch((error: unknown) => {
      if (!(error instanceof LedgerError)) throw error;
    });
  }
}

/** A damaged file is reported in one way or the other, or it is not damaged where it matters. */
async function isNeverSilentlyWrong(): Promise<'reported' | 'unharmed'> {
  const end = await outcome();
  if ('error' in end) {
    expect(end.error.code).toMatch(/^store\./);
    return 'reported';
  }
  if (!end.verification.ok) return 'reported';
  expect(end.contents).toBe(wanted);
  return 'unharmed';
}

describe('when bytes of the file itself are damaged', () => {
  test('a flipped byte is reported, or changes nothing that can be asked', async () => {
    const seed = Number(process.env.LEDGER_SEED ?? 20200901);
    const flips = fc.record({ offset: fc.nat({ max: healthy.length - 1 }), mask: fc.integer({ min: 1, max: 255 }) });
    const ends = { reported: 0, unharmed: 0 };
    // A failure prints the seed and the flip.
    await fc.assert(
      fc.asyncProperty(fc.noBias(flips), async ({ offset, mask }) => {
        tampered.restore();
        const bytes = Buffer.from(healthy);
        bytes[offset] = (bytes[offset] as number) ^ mask;
        writeFileSync(tampered.file, bytes);
        ends[await isNeverSilentlyWrong()] += 1;
      }),
      { numRuns: 250, seed, endOnFailure: true },
    );
    expect(ends.reported).toBeGreaterThan(20);
  });

  test('a page of nothing is reported, whichever it is', async () => {
    const pageSize = 4096;
    const ends: string[] = [];
    for (let offset = 0; offset < healthy.length; offset += pageSize) {
      tampered.restore();
      const bytes = Buffer.from(healthy);
      bytes.fill(0, offset, offset + pageSize);
      writeFileSync(tampered.file, bytes);
      ends.push(await isNeverSilentlyWrong());
    }
    expect(ends.length).toBeGreaterThan(5);
    expect(new Set(ends)).toEqual(new Set(['reported']));
  });

  test('a file that was cut off is reported, wherever it was', async () => {
    for (let length = 100; length < healthy.length; length += 3001) {
      tampered.restore();
      writeFileSync(tampered.file, healthy.subarray(0, length));
      expect({ length, end: await isNeverSilentlyWrong() }).toEqual({ length, end: 'reported' });
    }
  });

  test('a ledger that cannot be opened says so and can be put back in its place', async () => {
    writeFileSync(tampered.file, healthy.subarray(0, 5000));
    await expect(openLedger({ store: `sqlite:${tampered.file}` })).rejects.toMatchObject({
      code: expect.stringMatching(/^store\.(corrupt|unreadable|unavailable)$/),
    });
    writeFileSync(tampered.file, healthy);
    const ledger = await openLedger({ store: `sqlite:${tampered.file}` });
    expect((await ledger.verify()).ok).toBe(true);
    await ledger.close();
  });
});

describe('when the log beside the file is torn', () => {
  test('what is left is the beginning of what was written, and an earlier digest misses the rest', async () => {
    const store = new SqliteEventStore(tampered.file);
    for (let revision = -1; revision < 20; revision += 1) await appendDurably(store, 'late', revision, newEvents(1));
    const { digest, position } = await verify(store);
    const log = await wholeLog(store, 1000);
    const [main, wal] = [readFileSync(tampered.file), readFileSync(`${tampered.file}-wal`)];
    await store.close();
    const lengths = [0, 32, 33, 4000, 4152, 30_000, wal.length - 4000, wal.length - 1];
    for (const length of lengths) {
      for (const tear of ['cut off', 'overwritten'] as const) {
        tampered.restore();
        writeFileSync(tampered.file, main);
        const torn = tear === 'cut off' ? wal.subarray(0, length) : Buffer.from(wal).fill(0x5a, length);
        writeFileSync(`${tampered.file}-wal`, torn);
        const reopened = new SqliteEventStore(tampered.file);
        const left = await wholeLog(reopened, 1000);
        expect(left).toEqual(log.slice(0, left.length));
        expect(left.length).toBeLessThan(log.length);
        expect((await verify(reopened, { digest, position })).findings.join()).toContain('has changed');
        // Events of these tests carry no schema of the ledger's, and everything else has to be sound.
        const others = (await verify(reopened)).findings.filter((finding) => !finding.includes('SomethingHappened'));
        expect(others.filter((finding) => !finding.startsWith('stream late'))).toEqual([]);
        await appendDurably(reopened, 'after', -1, newEvents(1));
        await reopened.close();
      }
    }
    copyFileSync(tampered.pristine, tampered.file);
  });
});
