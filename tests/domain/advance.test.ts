import { describe, expect, test } from 'vitest';
import type { PlannedContract } from '../../src/domain/invoice/advance.ts';
import {
  advanceOn,
  plannedCharge,
  plannedLessons,
  refuseEarlyAdvance,
  refusePercent,
} from '../../src/domain/invoice/advance.ts';
import { LedgerError } from '../../src/kernel/errors.ts';
import { roubles } from '../support/given-when-then.ts';

/** Ten lessons for 100.00 over the 60 days from 1 September to 30 October 2020. */
const contract: PlannedContract = {
  contractId: 'k1',
  from: '2020-09-01',
  until: '2020-10-30',
  end: '2020-10-30',
  lessons: 10,
  share: roubles('100.00'),
};

function refusal(decide: () => void): string {
  try {
    decide();
  } catch (error) {
    if (error instanceof LedgerError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'taken';
}

describe('when an advance is requested (SPEC section 6)', () => {
  test.each([
    [0, 'advance.percent_out_of_range'],
    [1, 'taken'],
    [80, 'taken'],
    [81, 'advance.percent_out_of_range'],
    [-1, 'advance.percent_out_of_range'],
  ])('%i percent: %s', (percent, outcome) => {
    expect(refusal(() => refusePercent(percent))).toContain(outcome);
  });

  test.each([
    // 1 September 2020 is a Tuesday, 1 August a Saturday, 1 November a Sunday, 1 May a Friday.
    ['2020-09', '2020-09-02'],
    ['2020-08', '2020-08-04'],
    ['2020-11', '2020-11-03'],
    ['2020-05', '2020-05-04'],
  ])('of %s it is from %s, the second working day, on', (month, earliest) => {
    const dayBefore = new Date(Date.parse(earliest) - 86_400_000).toISOString().slice(0, 10);
    expect(refusal(() => refuseEarlyAdvance(month, earliest))).toBe('taken');
    expect(refusal(() => refuseEarlyAdvance(month, dayBefore))).toMatch(
      `advance.too_early: ${dayBefore} lies before ${earliest}`,
    );
  });
});

describe('when the lessons of a month are planned (SPEC section 6)', () => {
  test('they are spread evenly over the days of the term', () => {
    // 10 · 30/60 = 5 by 30 September, 10 by 30 October.
    expect(['2020-08', '2020-09', '2020-10', '2020-11'].map((month) => plannedLessons(contract, month))).toEqual([
      0, 5, 5, 0,
    ]);
    expect(['2020-08', '2020-09', '2020-10', '2020-11'].map((month) => plannedCharge(contract, month))).toEqual([
      0, 5000, 5000, 0,
    ]);
  });

  test('the first day of the term counts, and a term may be one day', () => {
    const oneDay = { ...contract, from: '2020-09-30', until: '2020-09-30', end: '2020-09-30' };
    expect(['2020-08', '2020-09', '2020-10'].map((month) => plannedLessons(oneDay, month))).toEqual([0, 10, 0]);
    const twoDays = { ...contract, from: '2020-09-30', until: '2020-10-01', end: '2020-10-01' };
    expect(['2020-09', '2020-10'].map((month) => plannedLessons(twoDays, month))).toEqual([5, 5]);
  });

  test('the cumulative number is rounded half up', () => {
    // One lesson over 61 days: 30/61 is 0.49, so none in September; over 60 days 30/60 is half, so it is September's.
    const single = { ...contract, lessons: 1 };
    expect(plannedLessons({ ...single, until: '2020-10-31', end: '2020-10-31' }, '2020-09')).toBe(0);
    expect(plannedLessons({ ...single, until: '2020-10-31', end: '2020-10-31' }, '2020-10')).toBe(1);
    expect(plannedLessons(single, '2020-09')).toBe(1);
    expect(plannedLessons(single, '2020-10')).toBe(0);
  });

  test('the charge is the share of the cumulative lessons, rounded half up, less the same up to the day before the month', () => {
    // 0.05 over 10 lessons: 5 of them are 2.5 kopecks, so 3; all of them 5, so 2 are left for October.
    const small = { ...contract, share: roubles('0.05') };
    expect([plannedCharge(small, '2020-09'), plannedCharge(small, '2020-10')]).toEqual([3, 2]);
  });

  test('a terminated contract is planned until its end, and not below zero after it', () => {
    // 10 · 45/60 = 7.5, so 8 lessons by 15 October: 80.00, less 50.00 by the end of September.
    const ended = { ...contract, end: '2020-10-15' };
    expect(plannedLessons(ended, '2020-10')).toBe(3);
    expect(plannedCharge(ended, '2020-10')).toBe(3000);
    const endedEarlier = { ...contract, end: '2020-09-15' };
    expect(plannedLessons(endedEarlier, '2020-10')).toBe(0);
    expect(plannedCharge(endedEarlier, '2020-10')).toBe(0);
    expect(plannedCharge({ ...contract, end: '2020-08-31' }, '2020-09')).toBe(0);
  });

  test('the advance is its percent, rounded down to the kopeck', () => {
    // 80 % of 33.33 are 26.664, of 0.01 are 0.008.
    expect(advanceOn({ ...contract, share: roubles('66.66') }, '2020-09', 80)).toBe(2666);
    expect(advanceOn({ ...contract, share: roubles('0.02') }, '2020-09', 80)).toBe(0);
    expect(advanceOn(contract, '2020-09', 1)).toBe(50);
  });
});
