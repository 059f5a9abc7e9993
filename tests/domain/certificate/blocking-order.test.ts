import { describe, expect, test } from 'vitest';
import type { CertificateEvent } from '../../../src/domain/certificate/events.ts';
import type { Breaking, Sent } from '../../support/given-when-then.ts';
import { brokenFromEachOn } from '../../support/given-when-then.ts';
import { type Facts, facts, given, period2020 } from './certificate-rules.ts';
import { blocked, closed, frozen, issued, toppedUp } from './history.ts';

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

interface Situation {
  readonly history: readonly CertificateEvent[];
  readonly facts: Facts;
  readonly command: Sent;
}

describe('when several rules are broken at once (SPEC sections 4 and 11)', () => {
  const withFacts =
    (differing: Partial<Facts>) =>
    (situation: Situation): Situation => ({ ...situation, facts: { ...situation.facts, ...differing } });
  const withEvents =
    (...events: CertificateEvent[]) =>
    (situation: Situation): Situation => ({ ...situation, history: [...situation.history, ...events] });
  const instead =
    (event: CertificateEvent) =>
    (situation: Situation): Situation => ({
      ...situation,
      history: situation.history.map((other) => (other.type === event.type ? event : other)),
    });
  const inOrder: Breaking<Situation>[] = [
    ['contract.already_exists', withFacts({ contractKnown: true })],
    ['certificate.not_found', (situation) => ({ ...situation, history: [] })],
    ['provider.not_found', withFacts({ providerKnown: false })],
    ['programme.not_found', withFacts({ programmeKnown: false })],
    ['module.not_found', withFacts({ normativePrice: undefined })],
    ['agreement.not_found', withFacts({ agreement: undefined })],
    ['certificate.closed', withEvents(closed('2020-06-30'))],
    ['certificate.frozen', withEvents(frozen('2020-01-15'))],
    ['certificate.not_valid', instead(issued({ validUntil: '2020-03-01' }))],
    ['group.not_funding', withFacts({ group: { groupId: 'fund', kind: 'accounting' } })],
    ['contract.spans_periods', withFacts({ periods: [{ ...period2020, until: '2020-06-29', closed: true }] })],
    ['period.not_open', withFacts({ periods: [{ ...period2020, closed: true }] })],
    ['provider.suspended', withFacts({ suspended: true })],
    ['programme.not_certified', withFacts({ certified: false })],
    ['agreement.not_active', withFacts({ agreement: { ...agreement, until: '2020-01-14', totalLimit: 0 } })],
    ['agreement.limit_reached', withFacts({ agreement: { ...agreement, totalLimit: 0 } })],
    ['contract.duplicate_module', withEvents(blocked('1.00', { contractId: 'k0' }))],
    ['contract.number_taken', withFacts({ numberTaken: true })],
    ['nominal.not_set', instead(toppedUp('10.00', '2020-02-02'))],
    ['balance.insufficient', instead(toppedUp('10.00'))],
    ['date.in_future', withFacts({ today: '2020-01-14' })],
  ];
  const base = { history: money, facts: facts(), command: block() };

  test('there is a situation in which none is', () => {
    given(base.history).when(base.command, base.facts).accepted();
  });

  test.each(brokenFromEachOn<Situation>(base, inOrder))(
    '$code is reported before all that come after it',
    ({ code, situation }) => {
      given(situation.history).when(situation.command, situation.facts).thenRefused(code);
    },
  );

  test('the date of the contract may be today', () => {
    expect(
      given(money)
        .when(block(), facts({ today: '2020-01-15' }))
        .accepted(),
    ).toHaveLength(1);
  });
});
