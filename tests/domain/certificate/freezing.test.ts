import { describe, expect, test } from 'vitest';
import { balanceOf } from '../../../src/domain/certificate/balance.ts';
import type { Sent } from '../../support/given-when-then.ts';
import { facts, given } from './certificate-rules.ts';
import {
  blocked,
  charged,
  closed,
  frozen,
  issued,
  periodClosed,
  released,
  reversed,
  toppedUp,
  unfrozen,
  withContract,
} from './history.ts';

function freeze(from: string, until?: string): Sent {
  return {
    command: 'freezeCertificate',
    certificateId: '0017',
    from,
    ...(until === undefined ? {} : { until }),
    reason: 'болезнь',
  };
}

function unfreeze(on: string): Sent {
  return { command: 'unfreezeCertificate', certificateId: '0017', on };
}

describe('when a certificate is frozen (SPEC section 3)', () => {
  test('the freeze counts from its first day, which may lie ahead', () => {
    const today = facts({ today: '2020-02-01' });
    given([issued()])
      .when(freeze('2020-09-01', '2020-09-02'), today)
      .thenEvents([frozen('2020-09-01', '2020-09-02')]);
    given([issued()])
      .when(freeze('2020-09-01'), today)
      .thenEvents([frozen('2020-09-01')]);
  });

  test('a document is kept', () => {
    given([issued()])
      .when({ ...freeze('2020-02-01'), document: 'справка 095/у' } as Sent, facts())
      .thenEvents([{ ...frozen('2020-02-01'), document: 'справка 095/у' } as ReturnType<typeof frozen>]);
  });

  test('back-dated, it takes back the charges of the lessons inside it, its end excluded', () => {
    const history = [
      ...withContract,
      charged('l1', '2020-02-02', '166.67'),
      charged('l2', '2020-02-03', '166.66'),
      charged('l3', '2020-02-09', '166.67'),
      charged('l4', '2020-02-10', '166.67'),
    ];
    const both = [reversed('l2', '2020-02-03', '166.66', 'freeze'), reversed('l3', '2020-02-09', '166.67', 'freeze')];
    given(history)
      .when(freeze('2020-02-03', '2020-02-10'), facts())
      .thenEvents([frozen('2020-02-03', '2020-02-10'), ...both]);
    given(history)
      .when(freeze('2020-02-03'), facts())
      .thenEvents([frozen('2020-02-03'), ...both, reversed('l4', '2020-02-10', '166.67', 'freeze')]);
  });

  test('it takes back of every contract, and only charges in force', () => {
    const second = { contractId: 'k2', moduleId: 'm2', number: '2' };
    given([
      ...withContract,
      blocked('100.00', { ...second, lessons: 1 }),
      charged('l1', '2020-02-03', '166.67'),
      reversed('l1', '2020-02-03', '166.67', 'reversal'),
      charged('l2', '2020-02-03', '100.00', { contractId: 'k2' }),
    ])
      .when(freeze('2020-02-03', '2020-02-04'), facts())
      .thenEvents([
        frozen('2020-02-03', '2020-02-04'),
        reversed('l2', '2020-02-03', '100.00', 'freeze', { contractId: 'k2' }),
      ]);
  });

  test('of a released block and a closed period the money goes on at once', () => {
    given([
      ...withContract,
      charged('l1', '2020-02-03', '166.67'),
      released('5833.33', '2020-12-31'),
      periodClosed('11833.33'),
    ])
      .when(freeze('2020-02-03', '2020-02-04'), facts())
      .thenEvents([
        frozen('2020-02-03', '2020-02-04'),
        reversed('l1', '2020-02-03', '166.67', 'freeze'),
        released('166.67', '2020-12-31'),
        periodClosed('166.67'),
      ]);
  });

  test.each([
    ['2020-02-01', '2020-02-03', false],
    ['2020-02-01', '2020-02-04', true],
    ['2020-02-09', '2020-02-20', true],
    ['2020-02-10', undefined, false],
    ['2020-01-20', undefined, true],
    ['2020-02-05', '2020-02-06', true],
  ])('beside a freeze from 3 until 10 February one from %s until %s overlaps: %s', (from, until, overlaps) => {
    const decision = given([issued(), frozen('2020-02-03', '2020-02-10')]).when(freeze(from, until), facts());
    if (overlaps) decision.thenRefused('freeze.overlaps', /2020-02-03 until 2020-02-10/);
    else decision.thenEvents([frozen(from, until)]);
  });

  test('a freeze without end overlaps all that comes after its first day, until it is ended', () => {
    given([issued(), frozen('2020-02-03')])
      .when(freeze('2021-09-01'), facts())
      .thenRefused('freeze.overlaps', /2020-02-03/);
    given([issued(), frozen('2020-02-03')])
      .when(freeze('2020-02-01', '2020-02-03'), facts())
      .accepted();
    given([issued(), frozen('2020-02-03'), unfrozen('2020-02-10')])
      .when(freeze('2020-02-10'), facts())
      .accepted();
    given([issued(), frozen('2020-02-03'), unfrozen('2020-02-10')])
      .when(freeze('2020-02-09'), facts())
      .thenRefused('freeze.overlaps');
  });

  test('the first broken rule is reported: certificate, closed, overlap', () => {
    given([]).when(freeze('2020-02-03'), facts()).thenRefused('certificate.not_found', /0017/);
    given([issued(), frozen('2020-02-03'), closed('2020-02-05')])
      .when(freeze('2020-02-03'), facts())
      .thenRefused('certificate.closed', /0017.*2020-02-05/);
  });
});

describe('when a freeze is ended (SPEC section 3)', () => {
  test('it ends on the day after its first at the earliest', () => {
    given([issued(), frozen('2020-02-03')])
      .when(unfreeze('2020-02-04'), facts())
      .thenEvents([unfrozen('2020-02-04')]);
    given([issued(), frozen('2020-02-03')])
      .when(unfreeze('2020-02-03'), facts())
      .thenRefused('freeze.not_open', /2020-02-03.*2020-02-03/);
  });

  test('only a freeze without end can be, and only once', () => {
    given([issued()]).when(unfreeze('2020-02-04'), facts()).thenRefused('freeze.not_open', /0017/);
    given([issued(), frozen('2020-02-03', '2020-02-10')])
      .when(unfreeze('2020-02-04'), facts())
      .thenRefused('freeze.not_open');
    given([issued(), frozen('2020-02-03'), unfrozen('2020-02-10')])
      .when(unfreeze('2020-02-11'), facts())
      .thenRefused('freeze.not_open');
  });

  test('the first broken rule is reported: certificate, closed, not open, future', () => {
    const today = facts({ today: '2020-02-04' });
    given([]).when(unfreeze('2020-02-05'), today).thenRefused('certificate.not_found');
    given([issued(), closed('2020-02-01')])
      .when(unfreeze('2020-02-05'), today)
      .thenRefused('certificate.closed');
    given([issued()]).when(unfreeze('2020-02-05'), today).thenRefused('freeze.not_open');
    given([issued(), frozen('2020-02-03')])
      .when(unfreeze('2020-02-05'), today)
      .thenRefused('date.in_future', /2020-02-05.*2020-02-04/);
  });
});

describe('when a balance says whether the certificate is frozen (SPEC sections 3 and 10)', () => {
  const frozenOn = (on: string | undefined, ...events: ReturnType<typeof frozen>[]) =>
    balanceOf('0017', [issued(), toppedUp(), ...events], on).frozen;

  test('from the first day of the freeze to the day before its end', () => {
    const days = ['2020-02-02', '2020-02-03', '2020-02-09', '2020-02-10'];
    expect(days.map((day) => frozenOn(day, frozen('2020-02-03', '2020-02-10')))).toEqual([false, true, true, false]);
    expect(days.map((day) => frozenOn(day, frozen('2020-02-03'), unfrozen('2020-02-10')))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  test('without a day only by a freeze without end', () => {
    expect(frozenOn(undefined, frozen('2020-02-03', '9999-12-31'))).toBe(false);
    expect(frozenOn(undefined, frozen('2020-02-03'))).toBe(true);
    expect(frozenOn(undefined, frozen('2020-02-03'), unfrozen('2020-02-10'))).toBe(false);
  });
});
