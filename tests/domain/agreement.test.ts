import { describe, expect, test } from 'vitest';
import { amendAgreement, concludeAgreement } from '../../src/domain/agreement/decide.ts';
import type { AgreementEvent } from '../../src/domain/agreement/events.ts';
import type { AgreementState } from '../../src/domain/agreement/state.ts';
import { evolveAgreement, initialAgreementState } from '../../src/domain/agreement/state.ts';
import type { Sent } from '../support/given-when-then.ts';
import { roubles, specify } from '../support/given-when-then.ts';

interface Facts {
  readonly today: string;
  readonly payerKnown: boolean;
  readonly providerKnown: boolean;
  readonly inUse: number;
}

const { given } = specify<AgreementState, AgreementEvent, Facts>({
  initialState: initialAgreementState,
  evolve: evolveAgreement,
  decide(command, facts, state) {
    switch (command.command) {
      case 'concludeAgreement':
        return concludeAgreement(command, facts, state);
      case 'amendAgreement':
        return amendAgreement(command, facts, state);
      default:
        throw new RangeError(`${command.command} is no command on an agreement`);
    }
  },
});

const facts: Facts = { today: '2020-03-01', payerKnown: true, providerKnown: true, inUse: roubles('6000.00') };
const terms = {
  agreementId: 's1',
  payerId: 'uo',
  providerId: 'cdt',
  number: '1',
  date: '2019-12-20',
  from: '2020-01-01',
  until: '2020-12-31',
};
const conclude: Sent = { command: 'concludeAgreement', ...terms };
const concluded: AgreementEvent = { type: 'AgreementConcluded', effectiveOn: '2019-12-20', ...terms };
const amend = (change: { until?: string; totalLimit?: string }, on = '2020-03-01'): Sent => ({
  command: 'amendAgreement',
  agreementId: 's1',
  on,
  ...change,
});

describe('when an agreement is concluded (SPEC section 7)', () => {
  test('it counts from its date, which is no date that may not lie ahead', () => {
    given([]).when(conclude, facts).thenEvents([concluded]);
    given([])
      .when({ ...conclude, date: '2020-03-02' } as Sent, facts)
      .accepted();
  });

  test('its limit is kept', () => {
    const limited = { ...conclude, totalLimit: '100.5' } as Sent;
    given([])
      .when(limited, facts)
      .thenEvents([{ ...concluded, totalLimit: roubles('100.50') } as AgreementEvent]);
  });

  test('the first broken rule is reported: id, payer, provider', () => {
    const nobody = { ...facts, payerKnown: false, providerKnown: false };
    given([concluded]).when(conclude, nobody).thenRefused('agreement.already_exists', /s1/);
    given([]).when(conclude, nobody).thenRefused('payer.not_found', /uo/);
    given([])
      .when(conclude, { ...nobody, payerKnown: true })
      .thenRefused('provider.not_found', /cdt/);
  });
});

describe('when an agreement is amended (SPEC section 11)', () => {
  test('its end may move to its first day, no further', () => {
    given([concluded])
      .when(amend({ until: '2020-01-01' }), facts)
      .thenEvents([{ type: 'AgreementAmended', effectiveOn: '2020-03-01', until: '2020-01-01' }]);
    given([concluded])
      .when(amend({ until: '2019-12-31' }), facts)
      .thenRefused('agreement.term_invalid', /2019-12-31.*2020-01-01/);
  });

  test('its limit may be what is in use, not a kopeck less', () => {
    given([concluded])
      .when(amend({ totalLimit: '6000' }), facts)
      .thenEvents([{ type: 'AgreementAmended', effectiveOn: '2020-03-01', totalLimit: roubles('6000.00') }]);
    given([concluded])
      .when(amend({ totalLimit: '5999.99' }), facts)
      .thenRefused('agreement.limit_reached', /5999\.99.*6000\.00/);
  });

  test('what is not named stays', () => {
    const limit: AgreementEvent = {
      type: 'AgreementAmended',
      effectiveOn: '2020-02-01',
      totalLimit: roubles('9000.00'),
    };
    const end: AgreementEvent = { type: 'AgreementAmended', effectiveOn: '2020-03-01', until: '2020-06-30' };
    const amendedBy = (...events: AgreementEvent[]) =>
      [concluded, ...events].reduce(evolveAgreement, initialAgreementState()).agreement;
    expect(amendedBy(limit)).toMatchObject({ until: '2020-12-31', totalLimit: roubles('9000.00') });
    expect(amendedBy(end)).not.toHaveProperty('totalLimit');
    expect(amendedBy(limit, end)).toMatchObject({
      from: '2020-01-01',
      until: '2020-06-30',
      totalLimit: roubles('9000.00'),
    });
  });

  test('the first broken rule is reported: agreement, term, limit, future', () => {
    const worst = { until: '2019-12-31', totalLimit: '0' };
    given([]).when(amend(worst, '2020-03-02'), facts).thenRefused('agreement.not_found', /s1/);
    given([concluded]).when(amend(worst, '2020-03-02'), facts).thenRefused('agreement.term_invalid');
    given([concluded])
      .when(amend({ ...worst, until: '2020-06-30' }, '2020-03-02'), facts)
      .thenRefused('agreement.limit_reached');
    given([concluded])
      .when(amend({ until: '2020-06-30' }, '2020-03-02'), facts)
      .thenRefused('date.in_future', /2020-03-02.*2020-03-01/);
  });
});
