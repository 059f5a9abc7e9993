import { describe, test } from 'vitest';
import type { CertificateEvent } from '../../../src/domain/certificate/events.ts';
import type { Sent } from '../../support/given-when-then.ts';
import { roubles } from '../../support/given-when-then.ts';
import { facts, given, period2020, period2021 } from './certificate-rules.ts';
import { blocked, frozen, issued, released, terminated, toppedUp, unfrozen } from './history.ts';

const contract = {
  command: 'blockCourse' as const,
  contractId: 'k1',
  certificateId: '0017',
  providerId: 'cdt',
  programmeId: 'robots',
  moduleId: 'm1',
  agreementId: 's1',
  number: '1',
  date: '2020-01-15',
  from: '2020-02-01',
  until: '2020-06-30',
  lessons: 36,
  price: '6000.00',
};

function block(differing: Partial<typeof contract> & { coPayment?: boolean } = {}): Sent {
  return { ...contract, ...differing };
}

const agreement = { payerId: 'uo', providerId: 'cdt', from: '2020-01-01', until: '2020-12-31', inUse: 0 };
const money = [issued(), toppedUp()];

describe('when a course is blocked (SPEC section 4)', () => {
  test('the whole share is set aside, from the date of the contract', () => {
    given(money)
      .when(block(), facts())
      .thenEvents([blocked('6000.00')]);
  });

  test('the certificate bears the lower of price and normative price, the parent the rest', () => {
    given(money)
      .when(block({ price: '6500.50' }), facts())
      .thenEvents([blocked('6000.00', { price: roubles('6500.50'), parentShare: roubles('500.50') })]);
    given(money)
      .when(block({ price: '5999.99' }), facts())
      .thenEvents([blocked('5999.99')]);
  });

  test('it counts from the top-up where that is the later', () => {
    given([issued(), toppedUp('12000.00', '2020-01-20')])
      .when(block(), facts())
      .thenEvents([blocked('6000.00', { effectiveOn: '2020-01-20' })]);
  });
});

describe('when the money does not reach (SPEC section 4, rule 5)', () => {
  test('the last kopeck may be blocked, one more may not', () => {
    given([issued(), toppedUp('6000.00')])
      .when(block(), facts())
      .thenEvents([blocked('6000.00')]);
    given([issued(), toppedUp('5999.99')])
      .when(block(), facts())
      .thenRefused('balance.insufficient', /5999\.99.*6000\.00/);
  });

  test('coPayment: false is no co-payment', () => {
    given([issued(), toppedUp('5999.99')])
      .when(block({ coPayment: false }), facts())
      .thenRefused('balance.insufficient');
  });

  test.each([
    ['5999.99', '0.01'],
    ['1.00', '5999.00'],
  ] as const)('with co-payment the share is what is there, %s, and the parent pays %s', (available, parentShare) => {
    given([issued(), toppedUp(available)])
      .when(block({ coPayment: true }), facts())
      .thenEvents([blocked(available, { price: roubles('6000.00'), parentShare: roubles(parentShare) })]);
  });

  test('with co-payment the certificate bears at least one rouble', () => {
    given([issued(), toppedUp('0.99')])
      .when(block({ coPayment: true }), facts())
      .thenRefused('balance.insufficient', /0\.99.*1\.00/);
  });

  test('a course of less than a rouble needs no more than its price', () => {
    given([issued(), toppedUp('0.50')])
      .when(block({ price: '0.50', coPayment: true }), facts())
      .thenEvents([blocked('0.50')]);
    given([issued(), toppedUp('0.49')])
      .when(block({ price: '0.50', coPayment: true }), facts())
      .thenRefused('balance.insufficient', /0\.49.*0\.50/);
  });

  test('without a top-up of the period 0.00 is available, with co-payment too', () => {
    for (const coPayment of [false, true]) {
      given([issued()])
        .when(block({ coPayment }), facts())
        .thenRefused('balance.insufficient', /0\.00.*2020.*6000\.00/);
    }
  });

  test('the top-up may count from the first day of the contract, not from a later one', () => {
    given([issued(), toppedUp('6000.00', '2020-02-01')])
      .when(block(), facts())
      .accepted();
    given([issued(), toppedUp('6000.00', '2020-02-02')])
      .when(block(), facts())
      .thenRefused('nominal.not_set', /2020-02-02.*2020-02-01/);
  });
});

describe('when the certificate is in force on the edges only (SPEC section 4, rule 1)', () => {
  test('a contract of the day of issue is taken, of the day before not', () => {
    given([issued({ validFrom: '2020-01-15' }), toppedUp()])
      .when(block(), facts())
      .accepted();
    given([issued({ validFrom: '2020-01-16' }), toppedUp()])
      .when(block(), facts())
      .thenRefused('certificate.not_valid', /2020-01-16.*2020-01-15/);
  });

  test('a contract until the last day of validity is taken, until the day after not, and the birthday is not told', () => {
    given([issued({ validUntil: '2020-06-30' }), toppedUp()])
      .when(block(), facts())
      .accepted();
    const late = given([issued({ validUntil: '2020-06-29' }), toppedUp()]).when(block(), facts());
    late.thenRefused('certificate.not_valid', /0017.*2020-06-30/);
    late.thenRefused('certificate.not_valid', /^(?!.*2020-06-29)/);
  });

  test.each([
    ['the first day of the freeze', frozen('2020-01-15', '2020-01-16'), true],
    ['the exclusive end of the freeze', frozen('2020-01-01', '2020-01-15'), false],
    ['the day before the freeze', frozen('2020-01-16'), false],
    ['a day of a freeze without end', frozen('2020-01-10'), true],
  ] as const)('on %s a contract is refused: %s', (_, freeze, refused) => {
    const decision = given([...money, freeze]).when(block(), facts());
    if (refused) decision.thenRefused('certificate.frozen', /2020-01-15/);
    else decision.thenEvents([blocked('6000.00')]);
  });

  test('from the day of the unfreezing on contracts are taken', () => {
    given([...money, frozen('2020-01-10'), unfrozen('2020-01-15')])
      .when(block(), facts())
      .accepted();
  });
});

describe('when the term meets the edge of a period (SPEC section 4, rule 2)', () => {
  test('the first and the last day of the period belong to it', () => {
    const whole = { date: '2020-01-01', from: '2020-01-01', until: '2020-12-31' };
    given([issued({ validFrom: '2020-01-01' }), toppedUp('6000.00', '2020-01-01')])
      .when(block(whole), facts())
      .thenEvents([blocked('6000.00', { ...whole, effectiveOn: '2020-01-01' })]);
  });

  test.each([
    ['the day before the first', { date: '2019-12-31', from: '2019-12-31' }],
    ['the day after the last', { until: '2021-01-01' }],
  ])('%s does not, also where the next period is open', (_, differing) => {
    given([issued({ validFrom: '2019-12-31' }), toppedUp()])
      .when(block(differing), facts({ periods: [period2020, period2021] }))
      .thenRefused('contract.spans_periods');
  });
});

describe('when the agreement is in force on the edges only (SPEC section 4, rule 3)', () => {
  test.each(['2020-01-15', '2020-02-01'])('an agreement from %s holds on its first day only from then on', (from) => {
    const decision = given(money).when(block(), facts({ agreement: { ...agreement, from } }));
    if (from === '2020-01-15') decision.accepted();
    else decision.thenRefused('agreement.not_active', /2020-02-01.*2020-01-15/);
  });

  test('it needs to be active on the date only, not during the term', () => {
    given(money)
      .when(block(), facts({ agreement: { ...agreement, until: '2020-01-15' } }))
      .accepted();
  });

  test('an agreement of another payer or provider is none', () => {
    given(money)
      .when(block(), facts({ agreement: { ...agreement, payerId: 'other' } }))
      .thenRefused('agreement.not_active', /uo.*cdt/);
    given(money)
      .when(block(), facts({ agreement: { ...agreement, providerId: 'other' } }))
      .thenRefused('agreement.not_active', /uo.*cdt/);
  });

  test('shares reach up to its limit, and the share with co-payment is what counts', () => {
    const limited = { ...agreement, inUse: roubles('4000.00'), totalLimit: roubles('10000.00') };
    given(money)
      .when(block(), facts({ agreement: limited }))
      .accepted();
    const tighter = { ...limited, totalLimit: roubles('9999.99') };
    given(money)
      .when(block(), facts({ agreement: tighter }))
      .thenRefused('agreement.limit_reached', /4000\.00.*6000\.00.*9999\.99/);
    given([issued(), toppedUp('5999.99')])
      .when(block({ coPayment: true }), facts({ agreement: tighter }))
      .accepted();
  });
});

describe('when there is another contract for the same module (SPEC section 4, rule 4)', () => {
  const other = (differing = {}) => blocked('100.00', { contractId: 'k0', number: '0', ...differing });
  const shared = { from: '2020-02-01', until: '2020-06-30' };

  test.each([
    ['ends on the first day of this one', { from: '2020-01-15', until: '2020-02-01' }, true],
    ['ends the day before', { from: '2020-01-15', until: '2020-01-31' }, false],
    ['begins on the last day of this one', { from: '2020-06-30', until: '2020-12-31' }, true],
    ['begins the day after', { from: '2020-07-01', until: '2020-12-31' }, false],
    ['is for another module', { ...shared, moduleId: 'm2' }, false],
    ['is for the same module id of another programme', { ...shared, programmeId: 'chess' }, false],
  ])('that %s', (_, differing, refused) => {
    const decision = given([...money, other(differing)]).when(block(), facts());
    if (refused) decision.thenRefused('contract.duplicate_module', /k0/);
    else decision.accepted();
  });

  test.each<[string, CertificateEvent[], boolean]>([
    ['is released', [released('100.00', '2020-02-01', 'k0')], false],
    [
      'was terminated on the first day of this one',
      [{ ...terminated('2020-02-01'), contractId: 'k0' } as CertificateEvent],
      true,
    ],
    ['was terminated the day before', [{ ...terminated('2020-01-31'), contractId: 'k0' } as CertificateEvent], false],
  ])('that %s', (_, after, refused) => {
    const decision = given([...money, other(shared), ...after]).when(block(), facts());
    if (refused) decision.thenRefused('contract.duplicate_module', /k0/);
    else decision.accepted();
  });

  test('that ended before its first day has no day to share', () => {
    const never = { ...terminated('2020-02-10'), contractId: 'k0' } as CertificateEvent;
    given([...money, other({ from: '2020-03-01', until: '2020-06-30' }), never])
      .when(block(), facts())
      .accepted();
  });
});
