import { describe, expect, test } from 'vitest';
import type { CertificateEvent } from '../../../src/domain/certificate/events.ts';
import type { Sent } from '../../support/given-when-then.ts';
import { facts, given } from './certificate-rules.ts';
import {
  blocked,
  charged,
  frozen,
  issued,
  notCharged,
  reversed,
  terminated,
  toppedUp,
  unfrozen,
  withContract,
} from './history.ts';

type Status = 'attended' | 'absent' | 'excused' | 'cancelled';

function lesson(lessonId: string, date: string, status: Status = 'attended'): Sent {
  return { command: 'recordLesson', lessonId, date, attendance: [{ contractId: 'k1', status }] };
}

/** The amounts of lessons charged one after the other. */
function amountsOf(count: number, history: readonly CertificateEvent[]): string[] {
  let events = history;
  const amounts: string[] = [];
  for (let number = 1; number <= count; number += 1) {
    const [event] = given(events)
      .when(lesson(`next-${number}`, '2020-02-03'), facts())
      .accepted();
    if (event?.type !== 'LessonCharged') throw new Error('not charged');
    amounts.push((event.amount / 100).toFixed(2));
    events = [...events, event];
  }
  return amounts;
}

function course(share: `${number}`, lessons: number): CertificateEvent[] {
  return [issued(), toppedUp('999999999999.99'), blocked(share, { lessons })];
}

describe('when lessons are charged (SPEC section 5)', () => {
  test('6000.00 over 36 lessons are 166.67, 166.66, 166.67, after ten 1666.67, after all of them 6000.00', () => {
    const amounts = amountsOf(36, course('6000.00', 36));
    expect(amounts.slice(0, 10)).toEqual([
      '166.67',
      '166.66',
      '166.67',
      '166.67',
      '166.66',
      '166.67',
      '166.67',
      '166.66',
      '166.67',
      '166.67',
    ]);
    expect(amounts.filter((amount) => amount === '166.67')).toHaveLength(24);
    expect(amounts.filter((amount) => amount === '166.66')).toHaveLength(12);
  });

  test.each<[`${number}`, number, string[]]>([
    // Half a kopeck is rounded up: 0.5, 1.
    ['0.01', 2, ['0.01', '0.00']],
    // 1.5 is 2, then 3.
    ['0.03', 2, ['0.02', '0.01']],
    // 0.33, 0.67, 1, 1.33, 1.67, 2 are 0, 1, 1, 1, 2, 2.
    ['0.02', 6, ['0.00', '0.01', '0.00', '0.00', '0.01', '0.00']],
    ['100.00', 3, ['33.33', '33.34', '33.33']],
    ['100.00', 1, ['100.00']],
    // 99 999 999 999 999 kopecks halved are 49 999 999 999 999.5.
    ['999999999999.99', 2, ['500000000000.00', '499999999999.99']],
  ])('a share of %s over %i lessons is charged as %j', (share, lessons, amounts) => {
    expect(amountsOf(lessons, course(share, lessons))).toEqual(amounts);
  });

  test('no more than the contract has lessons', () => {
    const all = [...course('100.00', 2), charged('l1', '2020-02-03', '50.00'), charged('l2', '2020-02-04', '50.00')];
    given(all)
      .when(lesson('l3', '2020-02-05'), facts())
      .thenRefused('contract.lessons_exhausted', /2 lessons.*k1/);
  });

  test('a reversal takes back its own amount, and the next charge makes up the kopeck', () => {
    const history = [...withContract, charged('l1', '2020-02-03', '166.67'), charged('l2', '2020-02-04', '166.66')];
    given([...history, reversed('l1', '2020-02-03', '166.67', 'reversal')])
      .when(lesson('l3', '2020-02-05'), facts())
      .thenEvents([charged('l3', '2020-02-05', '166.67')]);
    given([...history, reversed('l2', '2020-02-04', '166.66', 'reversal')])
      .when(lesson('l3', '2020-02-05'), facts())
      .thenEvents([charged('l3', '2020-02-05', '166.66')]);
  });

  test('a charge is never negative: where the others have taken more than their part it is 0.00', () => {
    // 0.03 over 6: the targets are 1, 1, 2, 2, 3, 3 kopecks. Without both lessons of 0.00 three lessons have taken 3.
    const five = [
      charged('l1', '2020-02-03', '0.01'),
      charged('l2', '2020-02-04', '0.00'),
      charged('l3', '2020-02-05', '0.01'),
      charged('l4', '2020-02-06', '0.00'),
      charged('l5', '2020-02-07', '0.01'),
    ];
    const without = [
      reversed('l2', '2020-02-04', '0.00', 'reversal'),
      reversed('l4', '2020-02-06', '0.00', 'reversal'),
    ];
    expect(amountsOf(3, [...course('0.03', 6), ...five, ...without])).toEqual(['0.00', '0.00', '0.00']);
  });
});

describe('when a lesson is not charged (SPEC section 5)', () => {
  test.each<[Status, boolean]>([
    ['attended', true],
    ['absent', true],
    ['excused', false],
    ['cancelled', false],
  ])('%s is charged: %s', (status, isCharged) => {
    const event = isCharged
      ? charged('l1', '2020-02-03', '166.67', { status })
      : notCharged('l1', '2020-02-03', status, 'status');
    given(withContract)
      .when(lesson('l1', '2020-02-03', status), facts())
      .thenEvents([event]);
  });

  test('the payer can say otherwise', () => {
    const otherwise = facts({ chargedStatuses: ['excused'] });
    given(withContract)
      .when(lesson('l1', '2020-02-03', 'excused'), otherwise)
      .thenEvents([charged('l1', '2020-02-03', '166.67', { status: 'excused' })]);
    given(withContract)
      .when(lesson('l1', '2020-02-03'), otherwise)
      .thenEvents([notCharged('l1', '2020-02-03', 'attended', 'status')]);
  });

  test.each([
    ['2020-02-02', false],
    ['2020-02-03', true],
    ['2020-02-09', true],
    ['2020-02-10', false],
  ])('frozen from 3 February until 10 February: on %s nothing is charged: %s', (date, isFrozen) => {
    const history = [...withContract, frozen('2020-02-03', '2020-02-10')];
    const event = isFrozen ? notCharged('l1', date, 'attended', 'frozen') : charged('l1', date, '166.67');
    given(history).when(lesson('l1', date), facts()).thenEvents([event]);
  });

  test('from the day of the unfreezing on lessons are charged again', () => {
    const history = [...withContract, frozen('2020-02-03'), unfrozen('2020-02-10')];
    given(history)
      .when(lesson('l1', '2020-02-09'), facts())
      .thenEvents([notCharged('l1', '2020-02-09', 'attended', 'frozen')]);
    given(history)
      .when(lesson('l2', '2020-02-10'), facts())
      .thenEvents([charged('l2', '2020-02-10', '166.67')]);
  });

  test('an excused lesson of a frozen day is told by its status', () => {
    given([...withContract, frozen('2020-02-03')])
      .when(lesson('l1', '2020-02-03', 'excused'), facts())
      .thenEvents([notCharged('l1', '2020-02-03', 'excused', 'status')]);
  });
});

describe('when the lesson lies on the edge of the term (SPEC section 5)', () => {
  test.each([
    ['2020-01-31', false],
    ['2020-02-01', true],
    ['2020-06-30', true],
    ['2020-07-01', false],
  ])('%s is inside: %s', (date, inside) => {
    const decision = given(withContract).when(lesson('l1', date), facts());
    if (inside) decision.thenEvents([charged('l1', date, '166.67')]);
    else decision.thenRefused('contract.outside_term', new RegExp(`${date}.*2020-02-01 to 2020-06-30`));
  });

  test('the day of the termination is the last', () => {
    const history = [...withContract, terminated('2020-03-31')];
    given(history).when(lesson('l1', '2020-03-31'), facts()).accepted();
    given(history)
      .when(lesson('l1', '2020-04-01'), facts())
      .thenRefused('contract.outside_term', /2020-04-01.*2020-03-31/);
  });

  test('a termination after the term does not make it longer', () => {
    given([...withContract, terminated('2020-07-31')])
      .when(lesson('l1', '2020-07-01'), facts())
      .thenRefused('contract.outside_term', /2020-06-30/);
  });
});
