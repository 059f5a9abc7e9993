import { describe, expect, test } from 'vitest';
import { decidePayer } from '../../src/domain/payer/decide.ts';
import type { PayerEvent } from '../../src/domain/payer/events.ts';
import type { PayerState } from '../../src/domain/payer/state.ts';
import { evolvePayer, initialPayerState } from '../../src/domain/payer/state.ts';
import type { Sent } from '../support/given-when-then.ts';
import { roubles, specify } from '../support/given-when-then.ts';

const { given } = specify<PayerState, PayerEvent, { readonly today: string }>({
  initialState: initialPayerState,
  evolve: evolvePayer,
  decide(command, day, state) {
    switch (command.command) {
      case 'registerPayer':
      case 'changePayerDetails':
      case 'openFundingPeriod':
      case 'defineCertificateGroup':
      case 'setGroupNominal':
      case 'closePeriod':
        return decidePayer(command, day, state);
      default:
        throw new RangeError(`${command.command} is no command on a payer`);
    }
  },
});

const day = { today: '2020-03-01' };
const registered: PayerEvent = {
  type: 'PayerRegistered',
  effectiveOn: '2020-03-01',
  payerId: 'uo',
  name: 'МАОУ СОШ № 5',
  zone: 'Europe/Moscow',
  chargedStatuses: ['attended', 'absent'],
};
const fund: PayerEvent = {
  type: 'CertificateGroupDefined',
  effectiveOn: '2020-03-01',
  groupId: 'fund',
  name: '5–17',
  kind: 'funding',
};
const accounts: PayerEvent = { ...fund, groupId: 'count', kind: 'accounting' };

function opened(periodId: string, from: string, until: string): PayerEvent {
  return { type: 'FundingPeriodOpened', effectiveOn: '2020-03-01', periodId, from, until };
}
const year = opened('2020', '2020-01-01', '2020-12-31');
const closed: PayerEvent = { type: 'FundingPeriodClosed', effectiveOn: '2020-12-31', periodId: '2020' };

function open(periodId: string, from: string, until: string): Sent {
  return { command: 'openFundingPeriod', payerId: 'uo', periodId, from, until };
}
function define(groupId: string, kind: 'funding' | 'accounting', limits = {}): Sent {
  return { command: 'defineCertificateGroup', payerId: 'uo', groupId, name: '5–17', kind, ...limits };
}
function nominal(groupId: string, periodId = '2020'): Sent {
  return { command: 'setGroupNominal', payerId: 'uo', groupId, periodId, nominal: '12000' };
}

describe('when a payer is registered (SPEC sections 2, 5 and 7)', () => {
  const register: Sent = { command: 'registerPayer', payerId: 'uo', name: 'МАОУ СОШ № 5' };

  test('its zone is Moscow and attended and absent are charged, unless it says otherwise', () => {
    given([]).when(register, day).thenEvents([registered]);
    const own = { zone: 'Asia/Kamchatka', chargedStatuses: ['attended' as const], inn: '6827000000' };
    given([])
      .when({ ...register, ...own } as Sent, day)
      .thenEvents([{ ...registered, ...own } as PayerEvent]);
  });

  test('only once', () => {
    given([registered]).when(register, day).thenRefused('payer.already_exists', /uo/);
  });

  test('its details change from `on`, which may be today', () => {
    const change = (on: string): Sent => ({ command: 'changePayerDetails', payerId: 'uo', on, name: 'Школа' });
    given([registered])
      .when(change('2020-03-01'), day)
      .thenEvents([{ type: 'PayerDetailsChanged', effectiveOn: '2020-03-01', name: 'Школа' }]);
    given([registered])
      .when(change('2020-03-02'), day)
      .thenRefused('date.in_future', /2020-03-02.*2020-03-01/);
    given([]).when(change('2020-03-02'), day).thenRefused('payer.not_found', /uo/);
  });
});

describe('when a funding period is opened (SPEC sections 1 and 11)', () => {
  test('any dates will do, one day and the future too', () => {
    given([registered])
      .when(open('d', '2031-05-05', '2031-05-05'), day)
      .thenEvents([opened('d', '2031-05-05', '2031-05-05')]);
  });

  test.each([
    ['2019-01-01', '2019-12-31', false],
    ['2019-01-01', '2020-01-01', true],
    ['2020-12-31', '2021-12-31', true],
    ['2021-01-01', '2021-12-31', false],
    ['2020-05-01', '2020-05-01', true],
    ['2019-01-01', '2021-12-31', true],
  ])('beside that of 2020 one from %s to %s overlaps: %s', (from, until, overlaps) => {
    const decision = given([registered, year]).when(open('other', from, until), day);
    if (overlaps) decision.thenRefused('period.overlaps', /2020.*2020-01-01.*2020-12-31/);
    else decision.thenEvents([opened('other', from, until)]);
  });

  test('the first broken rule is reported: id, payer, overlap', () => {
    given([registered, year])
      .when(open('2020', '2020-01-01', '2020-12-31'), day)
      .thenRefused('period.already_exists', /uo.*2020/);
    given([])
      .when(open('2020', '2020-01-01', '2020-12-31'), day)
      .thenRefused('payer.not_found', /uo/);
  });
});

describe('when a group gets its nominal (SPEC sections 1 and 11)', () => {
  test('of a period, for a group that funds', () => {
    given([registered, year, fund])
      .when(nominal('fund'), day)
      .thenEvents([
        {
          type: 'GroupNominalSet',
          effectiveOn: '2020-03-01',
          groupId: 'fund',
          periodId: '2020',
          nominal: roubles('12000.00'),
        },
      ]);
  });

  test('limits of a group are kept, zero too', () => {
    given([registered])
      .when(define('fund', 'funding', { limitCount: 0, limitAmount: '0' }), day)
      .thenEvents([{ ...fund, limitCount: 0, limitAmount: 0 } as PayerEvent]);
    given([registered, fund])
      .when(define('fund', 'accounting'), day)
      .thenRefused('group.already_exists', /uo.*fund/);
    given([]).when(define('fund', 'funding'), day).thenRefused('payer.not_found', /uo/);
  });

  test('the first broken rule is reported: payer, group, period, kind', () => {
    given([]).when(nominal('none', 'none'), day).thenRefused('payer.not_found', /uo/);
    given([registered])
      .when(nominal('none', 'none'), day)
      .thenRefused('group.not_found', /uo.*none/);
    given([registered, accounts])
      .when(nominal('count', 'none'), day)
      .thenRefused('period.not_found', /uo.*none/);
    given([registered, accounts, year]).when(nominal('count'), day).thenRefused('group.not_funding', /count/);
  });
});

describe('when a funding period is closed (SPEC section 3)', () => {
  const close = (on: string, periodId = '2020'): Sent => ({ command: 'closePeriod', payerId: 'uo', periodId, on });
  const january = { today: '2021-01-01' };

  test('the day after its last is the first on which it can be', () => {
    given([registered, year]).when(close('2021-01-01'), january).thenEvents([closed]);
    given([registered, year])
      .when(close('2020-12-31'), january)
      .thenRefused('period.not_over', /2020-12-31.*2020-12-31/);
  });

  test('the first broken rule is reported: payer, period, twice, not over, future', () => {
    given([]).when(close('2020-12-31'), day).thenRefused('payer.not_found', /uo/);
    given([registered])
      .when(close('2020-12-31'), day)
      .thenRefused('period.not_found', /uo.*2020/);
    given([registered, year, closed]).when(close('2020-12-31'), day).thenRefused('period.not_open', /2020/);
    given([registered, year]).when(close('2020-12-31'), day).thenRefused('period.not_over');
    given([registered, year])
      .when(close('2021-01-02'), january)
      .thenRefused('date.in_future', /2021-01-02.*2021-01-01/);
  });

  test('another period stays open', () => {
    const state = [registered, year, opened('2021', '2021-01-01', '2021-12-31'), closed].reduce(
      evolvePayer,
      initialPayerState(),
    );
    expect([...state.periods.values()].map((period) => period.closed)).toEqual([true, false]);
  });
});
