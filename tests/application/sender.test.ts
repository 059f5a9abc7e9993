import { describe, expect, test } from 'vitest';
import { certificateStream } from '../../src/domain/certificate/events.ts';
import type { ExecuteOptions } from '../../src/index.ts';
import { openNode } from '../support/nodes/node.ts';
import { block, lesson, schoolWorld } from '../support/nodes/school-world.ts';

/** A lesson is taken without waiting once its states are in memory: the second of two goes another way than the first. */
describe('what is known of a sender besides the body of a lesson', () => {
  async function secondLesson(options: ExecuteOptions) {
    const ledger = await openNode(await schoolWorld({ afterwards: [block('k1', '01')] }));
    await ledger.executeUnknown({ ...lesson('l1', '2020-09-10', 'k1'), id: 'first' });
    const result = await ledger.executeUnknown({ ...lesson('l2', '2020-09-11', 'k1'), id: 'second' }, options);
    return { ledger, result };
  }

  test('who gave it stands on its event, and is no part of the compared body', async () => {
    const { ledger } = await secondLesson({ by: 'key:journal' });
    const events = [];
    for await (const event of ledger.events({ personal: true })) events.push(event);
    expect(events.at(-1)).toMatchObject({ type: 'LessonCharged', commandId: 'second', by: 'key:journal' });
    const again = { ...lesson('l2', '2020-09-11', 'k1'), id: 'second' };
    expect(await ledger.executeUnknown(again, { by: 'key:other' })).toMatchObject({ replayed: true });
  });

  test("a contract that is not the sender's provider's is not there", async () => {
    const { result } = await secondLesson({ contractsOf: 'school' });
    expect(result).toMatchObject({
      events: [],
      outcome: { results: [{ contractId: 'k1', result: 'refused', error: { code: 'contract.not_found' } }] },
    });
    expect((await secondLesson({ contractsOf: 'club' })).result).toMatchObject({ events: ['LessonCharged'] });
  });

  test('a stream that has moved on since it was seen refuses it', async () => {
    const stream = certificateStream('01');
    const seen = await secondLesson({});
    const revision = (await seen.ledger.revisionOf(stream)) ?? -1;
    expect(seen.result.revision).toBe(revision);
    await expect(secondLesson({ expected: { stream, revision } })).rejects.toMatchObject({ code: 'stream.changed' });
    const before = { stream, revision: revision - 1 };
    expect((await secondLesson({ expected: before })).result).toMatchObject({ events: ['LessonCharged'] });
  });
});
