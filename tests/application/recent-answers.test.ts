import { describe, expect, test } from 'vitest';
import { RecentAnswers } from '../../src/application/recent-answers.ts';
import { openLedger } from '../../src/index.ts';
import { townCommands } from '../http/support/town-commands.ts';

describe('when an answer is kept for a stream', () => {
  test('it counts while the stream ends with the same event, whatever its revision', () => {
    const recent = new RecentAnswers<{ readonly figures: number[] }>();
    recent.keep({ stream: 's', hash: 'h' }, { figures: [1] });
    expect(recent.find({ stream: 's', revision: 3, hash: 'h' })).toEqual({ figures: [1] });
    expect(recent.find({ stream: 's', revision: 3, hash: 'another' })).toBeUndefined();
    expect(recent.find({ stream: 't', revision: 3, hash: 'h' })).toBeUndefined();
  });

  test('nobody can change it for the next one', () => {
    const answer = new RecentAnswers<{ figures: number[] }>().keep({ stream: 's', hash: 'h' }, { figures: [1] });
    expect(() => answer.figures.push(2)).toThrow(TypeError);
  });

  test('the one kept longest makes room', () => {
    const recent = new RecentAnswers<object>();
    for (let stream = 0; stream <= 10_000; stream += 1) recent.keep({ stream: String(stream), hash: 'h' }, {});
    expect(recent.find({ stream: '0', revision: 0, hash: 'h' })).toBeUndefined();
    expect(recent.find({ stream: '1', revision: 0, hash: 'h' })).toEqual({});
  });
});

test('a balance asked for again after a lesson has the lesson in it', async () => {
  const ledger = await openLedger({ store: 'memory:' });
  let sent = 0;
  for (const command of townCommands()) {
    sent += 1;
    await ledger.executeUnknown({ ...command, id: `town-${sent}` });
  }
  const charged = async () => (await ledger.balance('0000000001')).periods[0]?.charged;
  // Of 6000.00 for 36 lessons two are 333.33 and three 500.00 (SPEC section 5).
  expect([await charged(), await charged()]).toEqual(['333.33', '333.33']);
  const attendance = [{ contractId: 'c-1', status: 'attended' as const }];
  await ledger.execute({ command: 'recordLesson', id: 'third', lessonId: 'third', date: '2026-02-10', attendance });
  expect(await charged()).toBe('500.00');
  await ledger.close();
});
