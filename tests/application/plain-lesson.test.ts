import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bodyDigest, digestOfText } from '../../src/application/body-digest.ts';
import { parseCommand } from '../../src/application/commands.ts';
import { plainLesson, plainLessonBody } from '../../src/application/plain-lesson.ts';

const plain = {
  command: 'recordLesson',
  id: 'c1',
  lessonId: 'занятие 1',
  date: '2020-02-29',
  attendance: [{ contractId: 'k/1', status: 'attended' }],
};

/** Texts of which some are plain, and some too long, empty, or such that JSON writes them with escapes. */
const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 4 }),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
  fc.constantFrom(
    'a',
    'ы'.repeat(200),
    'ы'.repeat(201),
    '𝒳',
    '\ud800',
    '"',
    '\\',
    '\n',
    '\u0000',
    '\u007f',
    '\u2028',
    ' ',
  ),
);
const entries = fc.record({
  contractId: fc.oneof(texts, fc.integer()),
  status: fc.constantFrom('attended', 'absent', 'excused', 'cancelled', 'gone', undefined),
});
const lessons = fc
  .record(
    {
      command: fc.constant('recordLesson'),
      id: texts,
      lessonId: texts,
      date: fc.constantFrom('2020-09-01', '2020-02-30', '20-09-01', '', 20200901),
      attendance: fc.oneof(fc.array(entries, { minLength: 1, maxLength: 2 }), fc.constant([]), texts),
      by: fc.option(texts, { nil: undefined }),
      more: fc.constantFrom(1, undefined),
    },
    { requiredKeys: ['command', 'id', 'lessonId', 'date', 'attendance'] },
  )
  .chain((lesson) => fc.shuffledSubarray(Object.entries(lesson), { minLength: 4 }))
  .map((members) => Object.fromEntries(members));

describe('a plain lesson', () => {
  test('is read', () => {
    expect(plainLesson(plain)).toEqual(plain);
    expect(plainLesson(plain)).not.toBe(plain);
  });

  test('is what the schema reads as well, and its body the one that every command is compared by', () => {
    fc.assert(
      fc.property(
        fc.oneof(lessons, fc.shuffledSubarray(Object.entries(plain), { minLength: 5 }).map(Object.fromEntries)),
        (sent) => {
          const lesson = plainLesson(sent);
          if (lesson === undefined) return;
          expect(parseCommand(sent)).toEqual(lesson);
          expect(digestOfText(plainLessonBody(lesson))).toBe(bodyDigest(sent));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test.each([
    ['a member more', { ...plain, by: 'x' }],
    ['a member less', { ...plain, id: undefined }],
    ['another command', { ...plain, command: 'reverseLesson' }],
    ['two contracts', { ...plain, attendance: [...plain.attendance, { contractId: 'k/2', status: 'absent' }] }],
    ['a text with a quote', { ...plain, id: 'c"1' }],
    ['a text that is longer', { ...plain, lessonId: 'x'.repeat(201) }],
    ['no day of the calendar', { ...plain, date: '2021-02-29' }],
    ['a status that is none', { ...plain, attendance: [{ contractId: 'k/1', status: 'late' }] }],
    ['no object', ['recordLesson']],
  ])('is none with %s', (_, sent) => {
    expect(plainLesson(sent)).toBeUndefined();
  });

  test('may have every character that JSON writes as it is', () => {
    const units = Array.from({ length: 0x10000 }, (_, unit) => String.fromCharCode(unit));
    const read = units.filter((id) => plainLesson({ ...plain, id }) !== undefined);
    expect(read).toEqual(units.filter((id) => JSON.stringify(id) === `"${id}"`));
  });
});
