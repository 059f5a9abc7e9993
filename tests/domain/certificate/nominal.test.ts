import { describe, expect, test } from 'vitest';
import { balanceOf } from '../../../src/domain/certificate/balance.ts';
import type { CertificateEvent } from '../../../src/domain/certificate/events.ts';
import type { Breaking, Sent } from '../../support/given-when-then.ts';
import { brokenFromEachOn, roubles } from '../../support/given-when-then.ts';
import { type Facts, facts, given, period2020 } from './certificate-rules.ts';
import { blocked, closed, issued, toppedUp } from './history.ts';

function topUp(differing: { amount?: string; on?: string } = {}): Sent {
  return { command: 'topUpNominal', certificateId: '0017', periodId: '2020', ...differing };
}

function adjust(nominal: string, on = '2020-03-01'): Sent {
  return { command: 'adjustNominal', certificateId: '0017', periodId: '2020', nominal, on, reason: 'индексация' };
}

function adjusted(nominal: `${number}`, previous: `${number}`, effectiveOn = '2020-03-01'): CertificateEvent {
  const amounts = { nominal: roubles(nominal), previous: roubles(previous) };
  return { type: 'NominalAdjusted', effectiveOn, periodId: '2020', ...amounts, reason: 'индексация' };
}

interface Situation {
  readonly history: readonly CertificateEvent[];
  readonly facts: Facts;
  readonly command: Sent;
}

const withFacts =
  (differing: Partial<Facts>) =>
  (situation: Situation): Situation => ({ ...situation, facts: { ...situation.facts, ...differing } });
const withEvents =
  (...events: CertificateEvent[]) =>
  (situation: Situation): Situation => ({ ...situation, history: [...situation.history, ...events] });

describe('when the nominal is topped up (SPEC section 3)', () => {
  test('without an amount it is the nominal of the group', () => {
    given([issued()])
      .when(topUp(), facts())
      .thenEvents([toppedUp('12000.00', '2020-01-09')]);
  });

  test.each([
    ['the first day of the period', '2019-12-01', undefined, '2020-01-01'],
    ['issuedOn', '2020-02-03', undefined, '2020-02-03'],
    ['on', '2020-02-03', '2020-02-04', '2020-02-04'],
    ['issuedOn, after on', '2020-02-03', '2020-02-02', '2020-02-03'],
    ['the last day of the period', '2020-12-31', undefined, '2020-12-31'],
  ])('it counts from the latest of the three: %s', (_, validFrom, on, effectiveOn) => {
    const when = on === undefined ? {} : { on };
    const events = given([issued({ validFrom })])
      .when(topUp({ amount: '1.5', ...when }), facts())
      .accepted();
    expect(events).toEqual([toppedUp('1.50', effectiveOn)]);
  });

  test.each([
    ['issuedOn', '2021-01-01', undefined],
    ['on', '2020-01-09', '2021-01-01'],
  ])('%s after the last day of the period is too late', (_, validFrom, on) => {
    given([issued({ validFrom })])
      .when(topUp(on === undefined ? {} : { on }), facts({ today: '2021-06-01' }))
      .thenRefused('period.not_open', /2021-01-01.*2020-12-31/);
  });

  test('the count limit takes the last free place, and the sum limit the last free kopeck', () => {
    const group = { groupId: 'fund', kind: 'funding' as const, limitCount: 2, limitAmount: roubles('12000.00') };
    const places = { count: 1, sum: roubles('7000.00') };
    given([issued()])
      .when(topUp({ amount: '5000.00' }), facts({ group, places }))
      .thenEvents([toppedUp('5000.00')]);
    given([issued()])
      .when(topUp({ amount: '5000.01' }), facts({ group, places }))
      .thenRefused('group.limit_reached', /7000\.00.*5000\.01.*12000\.00/);
    given([issued()])
      .when(topUp({ amount: '0.00' }), facts({ group, places: { ...places, count: 2 } }))
      .thenRefused('group.limit_reached', /2 of 2/);
  });

  const inOrder: Breaking<Situation>[] = [
    ['certificate.not_found', (situation) => ({ ...situation, history: [] })],
    ['period.not_found', withFacts({ period: undefined })],
    ['certificate.closed', withEvents(closed('2020-02-01'))],
    ['period.not_open', withFacts({ period: { ...period2020, closed: true } })],
    ['group.not_funding', withFacts({ group: { groupId: 'fund', kind: 'accounting' } })],
    ['nominal.already_topped_up', withEvents(toppedUp())],
    ['nominal.not_set', withFacts({ groupNominal: undefined })],
    ['group.limit_reached', withFacts({ group: { groupId: 'fund', kind: 'funding', limitCount: 0, limitAmount: 0 } })],
    ['date.in_future', withFacts({ today: '2020-01-31' })],
  ];
  const base = { history: [issued()], facts: facts(), command: topUp({ on: '2020-02-01' }) };
  test.each(brokenFromEachOn<Situation>(base, inOrder))(
    'of all broken rules $code is the first',
    ({ code, situation }) => {
      given(situation.history).when(situation.command, situation.facts).thenRefused(code);
    },
  );
});

describe('when the nominal is adjusted (SPEC section 3)', () => {
  const money = [issued(), toppedUp('12000.00', '2020-02-01'), blocked()];

  test('the new and the old nominal are recorded, from the later of `on` and the top-up', () => {
    given(money)
      .when(adjust('13000'), facts())
      .thenEvents([adjusted('13000.00', '12000.00')]);
    given(money)
      .when(adjust('13000', '2020-01-20'), facts())
      .thenEvents([adjusted('13000.00', '12000.00', '2020-02-01')]);
  });

  test('down to what is blocked, and no kopeck further', () => {
    given(money)
      .when(adjust('6000.00'), facts())
      .thenEvents([adjusted('6000.00', '12000.00')]);
    given(money)
      .when(adjust('5999.99'), facts())
      .thenRefused('balance.insufficient', /5999\.99.*12000\.00.*-0\.01/);
  });

  test('on a day between, the nominal is the one that counts then, in whatever order two were recorded', () => {
    const events = [
      issued(),
      toppedUp(),
      adjusted('15000.00', '12000.00', '2020-03-10'),
      adjusted('11000.00', '15000.00', '2020-03-05'),
    ];
    const nominalOn = (on: string) => balanceOf('0017', events, on).periods[0];
    expect(nominalOn('2020-03-04')).toMatchObject({ nominal: '12000.00', available: '12000.00' });
    expect(nominalOn('2020-03-05')).toMatchObject({ nominal: '11000.00', available: '11000.00' });
    expect(nominalOn('2020-03-10')).toMatchObject({ nominal: '11000.00', available: '11000.00' });
  });

  const inOrder: Breaking<Situation>[] = [
    ['certificate.not_found', (situation) => ({ ...situation, history: [] })],
    ['period.not_found', withFacts({ period: undefined })],
    ['certificate.closed', withEvents(closed('2020-02-01'))],
    ['period.not_open', withFacts({ period: { ...period2020, closed: true } })],
    ['nominal.not_set', (situation) => ({ ...situation, history: situation.history.filter(isNoMoney) })],
    [
      'group.limit_reached',
      withFacts({ group: { groupId: 'fund', kind: 'funding', limitAmount: roubles('5000.00') } }),
    ],
    ['balance.insufficient', (situation) => ({ ...situation, command: adjust('5999.99') })],
    ['date.in_future', withFacts({ today: '2020-02-29' })],
  ];
  const isNoMoney = ({ type }: CertificateEvent) => type !== 'NominalToppedUp' && type !== 'CourseBlocked';
  const base = { history: money, facts: facts(), command: adjust('7000.00') };
  test.each(brokenFromEachOn<Situation>(base, inOrder))(
    'of all broken rules $code is the first',
    ({ code, situation }) => {
      given(situation.history).when(situation.command, situation.facts).thenRefused(code);
    },
  );
});
