import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ImportRun } from '../../api/imports/import-run.ts';
import { copyStore } from '../../src/copy-ledger.ts';
import { BOOKKEEPING } from '../../src/events/catalogue.ts';
import type { Ledger } from '../../src/index.ts';
import { openLedger } from '../../src/index.ts';
import { KurrentDbEventStore } from '../../src/store/kurrentdb/kurrentdb-event-store.ts';
import type { MemoryEventStore } from '../../src/store/memory/memory-event-store.ts';
import type { Sent } from '../support/nodes/answers.ts';
import { answerOf } from '../support/nodes/answers.ts';
import { openNode } from '../support/nodes/node.ts';
import { block, lesson, schoolWorld } from '../support/nodes/school-world.ts';

const address = process.env.KURRENTDB_URL;

/** Each would be accepted once more if it were taken for new. */
const RENAMED: Sent = {
  command: 'changePayerDetails',
  id: 'renamed',
  payerId: 'uo',
  on: '2020-09-10',
  name: 'Другое',
};
const COMMANDS: readonly Sent[] = [
  RENAMED,
  { ...block('k1', '01'), id: 'blocked' },
  { ...block('k2', '02'), id: 'blocked too' },
  { ...lesson('l1', '2020-09-08', 'k1', 'k2'), id: 'of two' },
  {
    command: 'adjustNominal',
    id: 'more',
    certificateId: '01',
    periodId: '2020',
    nominal: '1100.00',
    on: '2020-09-10',
    reason: 'и',
  },
  { command: 'changePayerDetails', id: 'renamed again', payerId: 'uo', on: '2020-09-11', name: 'Третье' },
];

describe.skipIf(address === undefined)(
  'a command of a ledger that was copied to a server, sent again (KURRENTDB_URL)',
  () => {
    const opened: { close(): Promise<void> }[] = [];
    let ledgerName: string;
    let source: MemoryEventStore;
    let home: Ledger;
    /** What each was answered when it was accepted, as it is to be told again. */
    let answers: object[];

    beforeEach(async () => {
      ledgerName = randomUUID();
      source = await schoolWorld({ toppedUp: ['01', '02'] });
      home = await openNode(source);
      answers = [];
      for (const command of COMMANDS) answers.push({ ...((await answerOf(home, command)) as object), replayed: true });
      for (const answer of answers) expect(answer).toMatchObject({ ok: true });
    });

    afterEach(async () => {
      for (const one of opened.splice(0).toReversed()) await one.close();
    });

    test('is answered as it was and not applied again: by a node that starts, by the next one, by one started again', async () => {
      const before = await node();
      // It has looked for copied commands a moment before there were any.
      expect(await answerOf(before, { ...block('k9', '09'), id: 'early' })).toMatchObject({ ok: false });
      await copyToServer();
      const started = await node();
      for (const asked of [before, started, started, await node()]) {
        for (const [index, command] of COMMANDS.entries())
          expect(await answerOf(asked, command)).toEqual(answers[index]);
        expect(await answerOf(asked, { ...RENAMED, name: 'Четвёртое' })).toEqual({
          ok: false,
          code: 'idempotency.key_reused',
        });
      }
      expect(await eventsOf(started)).toEqual(await eventsOf(home));
      expect(await started.verify()).toMatchObject({ ok: true, findings: [] });
    }, 60_000);

    test('is not applied again by an import of the file it came in', async () => {
      await copyToServer();
      const ledger = await node();
      const lines = COMMANDS.map((command) => JSON.stringify(command));
      const told: string[] = [];
      const run = new ImportRun(ledger, { tell: async (text) => void told.push(text) });
      async function* pieces() {
        yield lines;
      }
      expect(await run.run(pieces())).toMatchObject({ accepted: COMMANDS.length, refused: 0 });
      expect(told.join('').match(/"replayed":true/g)).toHaveLength(COMMANDS.length);
      expect(await eventsOf(ledger)).toEqual(await eventsOf(home));
      expect(await ledger.verify()).toMatchObject({ ok: true, findings: [] });
    }, 60_000);

    async function copyToServer() {
      const target = new KurrentDbEventStore(address ?? '', { prefix: `${ledgerName}.` });
      try {
        return await copyStore(source, target);
      } finally {
        await target.close();
      }
    }

    async function node(): Promise<Ledger> {
      const ledger = await openLedger({ store: `${address}${address?.includes('?') ? '&' : '?'}ledger=${ledgerName}` });
      opened.push(ledger);
      return ledger;
    }
  },
);

/** What the rules know of, by stream; a command that is sent again may take its reservations again before it is found. */
async function eventsOf(ledger: Ledger): Promise<string[]> {
  const events: string[] = [];
  for await (const { stream, type } of ledger.events()) if (!BOOKKEEPING.has(type)) events.push(`${stream} ${type}`);
  return events.toSorted();
}
