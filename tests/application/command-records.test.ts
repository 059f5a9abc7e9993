import { expect, test } from 'vitest';
import { commandRecords } from '../../src/application/categories.ts';

const ENTRIES = 1_000;

test('what is remembered of a command counts in memory for as much as its outcome is long, and its intent for nothing', () => {
  const results = Array.from({ length: ENTRIES }, (_, index) => ({ contractId: `k${index}`, result: 'charged' }));
  const attendance = results.map(({ contractId }) => ({ contractId, status: 'attended' }));
  const begun = commandRecords.evolve(commandRecords.initial(), {
    type: 'CommandBegun',
    effectiveOn: '2020-09-01',
    body: { command: 'recordLesson', attendance },
  });
  expect(JSON.stringify(begun)).not.toContain('attended');
  const completed = commandRecords.evolve(begun, {
    type: 'CommandCompleted',
    effectiveOn: '2020-09-01',
    command: 'recordLesson',
    events: ['LessonCharged'],
    outcome: { lessonId: 'l1', results },
  });
  expect(commandRecords.weight?.(begun)).toBeLessThan(100);
  expect(commandRecords.weight?.(completed)).toBeGreaterThan(ENTRIES);
  expect(commandRecords.weight?.(completed)).toBeLessThan(2 * ENTRIES);
});
