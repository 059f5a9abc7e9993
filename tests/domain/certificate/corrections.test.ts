import { describe, test } from 'vitest';
import type { CertificateEvent } from '../../../src/domain/certificate/events.ts';
import type { Breaking, Sent } from '../../support/given-when-then.ts';
import { brokenFromEachOn } from '../../support/given-when-then.ts';
import { type Facts, facts, given } from './certificate-rules.ts';
import {
  blocked,
  charged,
  closed,
  frozen,
  issued,
  notCharged,
  periodClosed,
  released,
  reversed,
  terminated,
  toppedUp,
  unfrozen,
  withContract,
} from './history.ts';

type Status = 'attended' | 'absent' | 'excused' | 'cancelled';
const reason = 'сверка журнала';

function correct(status: Status, on = '2020-03-01'): Sent {
  return { command: 'correctAttendance', lessonId: 'l1', contractId: 'k1', status, reason, on };
}

function reverse(on = '2020-03-01'): Sent {
  return { command: 'reverseLesson', lessonId: 'l1', contractId: 'k1', reason, on };
}

const attended = [...withContract, charged('l1', '2020-02-03', '166.67')];
const excused = [...withContract, notCharged('l1', '2020-02-03', 'excused', 'status')];
const voided = [...attended, reversed('l1', '2020-02-03', '166.67', 'reversal', { reason })];

interface Situation {
  readonly history: readonly CertificateEvent[];
  readonly facts: Facts;
  readonly command: Sent;
}

const withEvents =
  (...events: CertificateEvent[]) =>
  (situation: Situation): Situation => ({ ...situation, history: [...situation.history, ...events] });

describe('when attendance is corrected (SPEC section 3)', () => {
  test('what was charged and should not be is taken back on the date of the lesson', () => {
    given(attended)
      .when(correct('excused'), facts())
      .thenEvents([
        reversed('l1', '2020-02-03', '166.67', 'correction', { reason }),
        notCharged('l1', '2020-02-03', 'excused', 'status', reason),
      ]);
  });

  test('what was not charged and should be is charged with the amount that is next now', () => {
    const later = [...excused, charged('l2', '2020-02-10', '166.67')];
    given(later)
      .when(correct('absent'), facts())
      .thenEvents([charged('l1', '2020-02-03', '166.66', { status: 'absent', reason })]);
  });

  test('from one charged status to the other the charge is taken back and made anew', () => {
    // Three lessons are 500.00; without the first, 166.67, two are left with 333.33, so the third is 166.67 again.
    const three = [...attended, charged('l2', '2020-02-10', '166.66'), charged('l3', '2020-02-17', '166.67')];
    given(three)
      .when(correct('absent'), facts())
      .thenEvents([
        reversed('l1', '2020-02-03', '166.67', 'correction', { reason }),
        charged('l1', '2020-02-03', '166.67', { status: 'absent', reason }),
      ]);
  });

  test('its own charge does not count against the number of lessons', () => {
    const last = [issued(), toppedUp(), blocked('100.00', { lessons: 1 }), charged('l1', '2020-02-03', '100.00')];
    given(last)
      .when(correct('absent'), facts())
      .thenEvents([
        reversed('l1', '2020-02-03', '100.00', 'correction', { reason }),
        charged('l1', '2020-02-03', '100.00', { status: 'absent', reason }),
      ]);
  });

  test('from one status that is not charged to the other it is noted again', () => {
    given(excused)
      .when(correct('cancelled'), facts())
      .thenEvents([notCharged('l1', '2020-02-03', 'cancelled', 'status', reason)]);
  });

  test('status and result as they stand are nothing to correct', () => {
    given(attended)
      .when(correct('attended'), facts())
      .thenRefused('lesson.unchanged', /l1.*attended/);
    given(excused)
      .when(correct('excused'), facts())
      .thenRefused('lesson.unchanged', /l1.*excused/);
  });

  test('the same status is judged anew with what is known now', () => {
    const noted = [...withContract, frozen('2020-02-01'), notCharged('l1', '2020-02-03', 'attended', 'frozen')];
    given(noted)
      .when(correct('attended'), facts())
      .thenRefused('lesson.unchanged', /frozen/);
    given([...noted, unfrozen('2020-02-03')])
      .when(correct('attended'), facts())
      .thenEvents([charged('l1', '2020-02-03', '166.67', { reason })]);
    given(attended)
      .when(correct('attended'), facts({ chargedStatuses: ['excused'] }))
      .thenEvents([
        reversed('l1', '2020-02-03', '166.67', 'correction', { reason }),
        notCharged('l1', '2020-02-03', 'attended', 'status', reason),
      ]);
  });

  test('a charge that a freeze has taken back can be charged again once the freeze has ended before it', () => {
    const taken = [...attended, frozen('2020-02-01'), reversed('l1', '2020-02-03', '166.67', 'freeze')];
    given(taken)
      .when(correct('attended'), facts())
      .thenRefused('lesson.unchanged', /frozen/);
    given(taken)
      .when(correct('absent'), facts())
      .thenEvents([notCharged('l1', '2020-02-03', 'absent', 'frozen', reason)]);
    given([...taken, unfrozen('2020-02-02')])
      .when(correct('attended'), facts())
      .thenEvents([charged('l1', '2020-02-03', '166.67', { reason })]);
  });

  test('after the release it is too late, whatever the status', () => {
    const after = [...attended, released('5833.33', '2020-07-01')];
    given(after).when(correct('excused'), facts()).thenRefused('contract.block_released', /k1/);
    given(after).when(correct('attended'), facts()).thenRefused('contract.block_released');
  });

  const inOrder: Breaking<Situation>[] = [
    ['contract.not_found', (situation) => ({ ...situation, history: [issued(), toppedUp()] })],
    ['lesson.not_found', (situation) => ({ ...situation, history: withContract })],
    ['lesson.already_reversed', withEvents(reversed('l1', '2020-02-03', '166.67', 'reversal'))],
    ['contract.outside_term', withEvents(terminated('2020-02-02'))],
    ['contract.block_released', withEvents(released('5833.33', '2020-02-20'))],
    ['lesson.unchanged', (situation) => ({ ...situation, command: correct('attended', '2020-03-02') })],
    ['date.in_future', (situation) => ({ ...situation, facts: facts({ today: '2020-02-29' }) })],
  ];
  const base = { history: attended, facts: facts(), command: correct('excused') };
  test.each(brokenFromEachOn<Situation>(base, inOrder))('of all broken rules $code is the first', (broken) => {
    given(broken.situation.history).when(broken.situation.command, broken.situation.facts).thenRefused(broken.code);
  });

  test('a lesson that is to be charged now needs a lesson left, before it may be called unchanged', () => {
    const full = [
      issued(),
      toppedUp(),
      blocked('100.00', { lessons: 1 }),
      notCharged('l1', '2020-02-03', 'excused', 'status'),
    ];
    given([...full, charged('l2', '2020-02-10', '100.00')])
      .when(correct('attended'), facts())
      .thenRefused('contract.lessons_exhausted', /1 lessons/);
  });
});

describe('when a lesson is reversed (SPEC section 3)', () => {
  test('exactly what was charged is taken back, on the date of the lesson', () => {
    given(attended)
      .when(reverse(), facts())
      .thenEvents([reversed('l1', '2020-02-03', '166.67', 'reversal', { reason })]);
  });

  test('of a released block it is released at once, on the later of the lesson and the first release', () => {
    given([...attended, released('5833.33', '2020-02-20')])
      .when(reverse(), facts())
      .thenEvents([reversed('l1', '2020-02-03', '166.67', 'reversal', { reason }), released('166.67', '2020-02-20')]);
    given([...withContract, charged('l1', '2020-06-30', '166.67'), released('5833.33', '2020-04-01')])
      .when(reverse(), facts())
      .thenEvents([reversed('l1', '2020-06-30', '166.67', 'reversal', { reason }), released('166.67', '2020-06-30')]);
  });

  test('the first release stays the first, also when a reversal was released later', () => {
    const history = [
      ...withContract,
      charged('l1', '2020-02-03', '166.67'),
      charged('l2', '2020-06-30', '166.66'),
      released('5666.67', '2020-02-20'),
      reversed('l2', '2020-06-30', '166.66', 'reversal'),
      released('166.66', '2020-06-30'),
    ];
    given(history)
      .when(reverse(), facts())
      .thenEvents([reversed('l1', '2020-02-03', '166.67', 'reversal', { reason }), released('166.67', '2020-02-20')]);
  });

  test('in a closed period it also expires at once', () => {
    given([...attended, released('5833.33', '2020-12-31'), periodClosed('11833.33')])
      .when(reverse(), facts({ today: '2021-02-01' }))
      .thenEvents([
        reversed('l1', '2020-02-03', '166.67', 'reversal', { reason }),
        released('166.67', '2020-12-31'),
        periodClosed('166.67'),
      ]);
  });

  test('of a closed certificate it is still taken back', () => {
    given([...attended, released('5833.33', '2020-02-10'), closed('2020-02-10')])
      .when(reverse(), facts())
      .thenEvents([reversed('l1', '2020-02-03', '166.67', 'reversal', { reason }), released('166.67', '2020-02-10')]);
  });

  test('after a termination that lies before the lesson, and after a correction, the charge is no longer there', () => {
    const ended = [...attended, terminated('2020-02-01'), reversed('l1', '2020-02-03', '166.67', 'termination')];
    given(ended).when(reverse(), facts()).thenRefused('lesson.already_reversed', /l1/);
    const frozenOver = [...attended, frozen('2020-02-01'), reversed('l1', '2020-02-03', '166.67', 'freeze')];
    given(frozenOver).when(reverse(), facts()).thenRefused('lesson.already_reversed', /l1/);
    const closing = [...attended, reversed('l1', '2020-02-03', '166.67', 'closing'), closed('2020-02-01', 'error')];
    given(closing).when(reverse(), facts()).thenRefused('lesson.already_reversed', /l1/);
    const corrected = [
      ...attended,
      reversed('l1', '2020-02-03', '166.67', 'correction'),
      notCharged('l1', '2020-02-03', 'excused', 'status'),
    ];
    given(corrected)
      .when(reverse(), facts())
      .thenRefused('lesson.not_charged', /l1.*k1/);
  });

  test('the first broken rule is reported: contract, lesson, not charged, already reversed, future', () => {
    const yesterday = facts({ today: '2020-02-29' });
    given([issued(), toppedUp()]).when(reverse(), yesterday).thenRefused('contract.not_found', /k1/);
    given(withContract)
      .when(reverse(), yesterday)
      .thenRefused('lesson.not_found', /l1.*k1/);
    given(excused)
      .when(reverse(), yesterday)
      .thenRefused('lesson.not_charged', /l1.*k1.*status/);
    given(voided)
      .when(reverse(), yesterday)
      .thenRefused('lesson.already_reversed', /l1.*k1/);
    given(attended)
      .when(reverse(), yesterday)
      .thenRefused('date.in_future', /2020-03-01.*2020-02-29/);
    given(attended)
      .when(reverse(), facts({ today: '2020-03-01' }))
      .accepted();
  });
});
