import { describe, expect, test } from 'vitest';
import { recordLesson } from '../../../src/domain/certificate/decide.ts';
import type { CertificateEvent } from '../../../src/domain/certificate/events.ts';
import { evolveCertificate, initialCertificateState } from '../../../src/domain/certificate/state.ts';
import { LedgerError } from '../../../src/kernel/errors.ts';
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
  released,
  reversed,
  terminated,
  toppedUp,
  withContract,
} from './history.ts';

type Status = 'attended' | 'absent' | 'excused' | 'cancelled';

function lesson(lessonId: string, date: string, status: Status = 'attended'): Sent {
  return { command: 'recordLesson', lessonId, date, attendance: [{ contractId: 'k1', status }] };
}

describe('when the lesson has been recorded before (SPEC section 5)', () => {
  const once = [...withContract, charged('l1', '2020-02-03', '166.67')];

  test('the same again is nothing', () => {
    given(once).when(lesson('l1', '2020-02-03'), facts()).thenEvents([]);
  });

  test('with another date or status it is a conflict', () => {
    given(once)
      .when(lesson('l1', '2020-02-04'), facts())
      .thenRefused('lesson.conflict', /attended on 2020-02-03.*attended on 2020-02-04/);
    given(once)
      .when(lesson('l1', '2020-02-03', 'absent'), facts())
      .thenRefused('lesson.conflict', /attended.*absent/);
  });

  test('what counts is how it stands after the last correction', () => {
    const corrected = [
      ...once,
      reversed('l1', '2020-02-03', '166.67', 'correction'),
      notCharged('l1', '2020-02-03', 'excused', 'status'),
    ];
    given(corrected)
      .when(lesson('l1', '2020-02-03', 'excused'), facts())
      .thenEvents([]);
    given(corrected).when(lesson('l1', '2020-02-03'), facts()).thenRefused('lesson.conflict');
  });

  test('a reversed lesson is remembered, and may be recorded under a new lessonId', () => {
    const taken = [...once, reversed('l1', '2020-02-03', '166.67', 'reversal')];
    given(taken).when(lesson('l1', '2020-02-03'), facts()).thenEvents([]);
    given(taken)
      .when(lesson('l1', '2020-02-03', 'absent'), facts())
      .thenRefused('lesson.conflict');
    given(taken)
      .when(lesson('l1-anew', '2020-02-03'), facts())
      .thenEvents([charged('l1-anew', '2020-02-03', '166.67')]);
  });

  test('it is answered as such also after the release and after the close', () => {
    given([...once, released('5833.33', '2020-07-01')])
      .when(lesson('l1', '2020-02-03'), facts())
      .thenEvents([]);
    given([...once, closed('2020-02-01')])
      .when(lesson('l1', '2020-02-03'), facts())
      .thenEvents([]);
  });
});

interface Situation {
  readonly history: readonly CertificateEvent[];
  readonly facts: Facts;
  readonly command: Sent;
}

describe('when several rules are broken at once (SPEC section 5)', () => {
  const withEvents =
    (...events: CertificateEvent[]) =>
    (situation: Situation): Situation => ({ ...situation, history: [...situation.history, ...events] });
  const inOrder: Breaking<Situation>[] = [
    ['contract.not_found', (situation) => ({ ...situation, history: [issued(), toppedUp()] })],
    ['lesson.conflict', withEvents(notCharged('l9', '2020-02-09', 'excused', 'status'))],
    ['contract.outside_term', withEvents(terminated('2020-02-08'))],
    ['contract.block_released', withEvents(released('5833.33', '2020-03-01'))],
    [
      'contract.lessons_exhausted',
      withEvents(blocked('166.67', { lessons: 1 }), charged('l1', '2020-02-03', '166.67')),
    ],
    ['date.in_future', (situation) => ({ ...situation, facts: facts({ today: '2020-02-08' }) })],
  ];
  const base = { history: withContract, facts: facts(), command: lesson('l9', '2020-02-09') };

  test.each(brokenFromEachOn<Situation>(base, inOrder))(
    '$code is reported before all that come after it',
    ({ code, situation }) => {
      given(situation.history).when(situation.command, situation.facts).thenRefused(code);
    },
  );

  test('status and freeze come before the number of lessons: what is not charged needs no lesson left', () => {
    const exhausted = [issued(), toppedUp(), blocked('166.67', { lessons: 1 }), charged('l1', '2020-02-03', '166.67')];
    given(exhausted)
      .when(lesson('l2', '2020-02-04', 'excused'), facts())
      .thenEvents([notCharged('l2', '2020-02-04', 'excused', 'status')]);
    given([...exhausted, frozen('2020-02-04')])
      .when(lesson('l2', '2020-02-04'), facts())
      .thenEvents([notCharged('l2', '2020-02-04', 'attended', 'frozen')]);
  });

  test('the date of the lesson may be today, not tomorrow, charged or not', () => {
    given(withContract)
      .when(lesson('l1', '2020-02-03'), facts({ today: '2020-02-03' }))
      .accepted();
    for (const status of ['attended', 'excused'] as const) {
      given(withContract)
        .when(lesson('l1', '2020-02-04', status), facts({ today: '2020-02-03' }))
        .thenRefused('date.in_future', /2020-02-04.*2020-02-03/);
    }
  });
});

describe('what the outcome tells of one contract (SPEC section 5)', () => {
  const stateAfter = (events: readonly CertificateEvent[]) =>
    events.reduce(evolveCertificate, initialCertificateState());
  const judged = (events: readonly CertificateEvent[], status: Status, date = '2020-02-03') =>
    recordLesson({ lessonId: 'l1', date }, { contractId: 'k1', status }, facts(), stateAfter(events)).result;

  test('charged with its amount, not charged with the reason, already recorded, or refused with the error', () => {
    expect(judged(withContract, 'absent')).toEqual({ contractId: 'k1', result: 'charged', amount: 16_667 });
    expect(judged(withContract, 'cancelled')).toEqual({ contractId: 'k1', result: 'notCharged', reason: 'status' });
    expect(judged([...withContract, frozen('2020-02-03')], 'absent')).toEqual({
      contractId: 'k1',
      result: 'notCharged',
      reason: 'frozen',
    });
    expect(judged([...withContract, charged('l1', '2020-02-03', '166.67')], 'attended')).toEqual({
      contractId: 'k1',
      result: 'alreadyRecorded',
    });
    expect(judged(withContract, 'attended', '2020-01-01')).toEqual({
      contractId: 'k1',
      result: 'refused',
      error: expect.any(LedgerError),
    });
  });
});
