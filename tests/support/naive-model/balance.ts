import type { CivilDate, Instant } from './calendar.ts';
import type { Fact, FactOf } from './facts.ts';
import { findCertificate, findPeriod } from './lookups.ts';
import { formatMoney, type Kopecks } from './money.ts';
import { byCodePoint } from './text-order.ts';
import { ofType, type World } from './world.ts';

export interface ContractBalance {
  contractId: string;
  share: string;
  blocked: string;
  charged: string;
  released: string;
  lessonsCharged: number;
  lessons: number;
  status: 'active' | 'terminated' | 'released';
}

export interface PeriodBalance {
  periodId: string;
  nominal: string;
  available: string;
  blocked: string;
  charged: string;
  expired: string;
  contracts: ContractBalance[];
}

export interface Balance {
  certificateId: string;
  periods: PeriodBalance[];
  frozen: boolean;
}

/** What is known: facts that count on a day, as recorded by an instant. */
export interface Known {
  on?: CivilDate | undefined;
  asOf?: Instant | undefined;
}

export function balanceOf(world: World, certificateId: string, known: Known): Balance {
  const { payerId } = findCertificate(world, certificateId);
  const recorded = world
    .everythingOf(certificateId)
    .filter(({ recordedAt }) => recordedAt <= (known.asOf ?? recordedAt));
  const counting = recorded.filter(
    (fact) => !('effectiveOn' in fact) || fact.effectiveOn <= (known.on ?? '9999-99-99'),
  );
  const periodIds = new Set(ofType(counting, 'NominalToppedUp').map((fact) => fact.periodId));
  const from = (period: PeriodBalance): string => findPeriod(world, payerId, period.periodId).from;
  return {
    certificateId,
    periods: Array.from(periodIds, (periodId) => periodBalance(counting, periodId)).sort((a, b) =>
      byCodePoint(from(a), from(b)),
    ),
    frozen: isFrozen(recorded, known.on),
  };
}

function periodBalance(counting: readonly Fact[], periodId: string): PeriodBalance {
  const facts = counting.filter((fact) => 'periodId' in fact && fact.periodId === periodId);
  const total = totals(facts);
  return {
    periodId,
    nominal: formatMoney(total.nominal),
    available: formatMoney(total.available),
    blocked: formatMoney(total.blocked),
    charged: formatMoney(total.charged),
    expired: formatMoney(total.expired),
    contracts: ofType(facts, 'CourseBlocked').map((block) => contractBalance(facts, block)),
  };
}

export interface Totals {
  nominal: Kopecks;
  share: Kopecks;
  charged: Kopecks;
  released: Kopecks;
  expired: Kopecks;
  blocked: Kopecks;
  available: Kopecks;
}

/** The figures of a handful of facts: those of one period of a certificate, or of one contract. */
export function totals(facts: readonly Fact[]): Totals {
  const amounts = (
    type: 'NominalToppedUp' | 'LessonCharged' | 'LessonChargeReversed' | 'BlockReleased' | 'PeriodClosed',
  ) => ofType(facts, type).reduce((total, fact) => total + fact.amount, 0n);
  const nominal = ofType(facts, 'NominalAdjusted').at(-1)?.nominal ?? amounts('NominalToppedUp');
  const share = ofType(facts, 'CourseBlocked').reduce((total, fact) => total + fact.share, 0n);
  const charged = amounts('LessonCharged') - amounts('LessonChargeReversed');
  const released = amounts('BlockReleased');
  const expired = amounts('PeriodClosed');
  const blocked = share - charged - released;
  return { nominal, share, charged, released, expired, blocked, available: nominal - share + released - expired };
}

function contractBalance(periodFacts: readonly Fact[], block: FactOf<'CourseBlocked'>): ContractBalance {
  const facts = periodFacts.filter((fact) => 'contractId' in fact && fact.contractId === block.contractId);
  const total = totals(facts);
  const has = (type: Fact['type']): boolean => facts.some((fact) => fact.type === type);
  return {
    contractId: block.contractId,
    share: formatMoney(block.share),
    blocked: formatMoney(total.blocked),
    charged: formatMoney(total.charged),
    released: formatMoney(total.released),
    lessonsCharged: ofType(facts, 'LessonCharged').length - ofType(facts, 'LessonChargeReversed').length,
    lessons: block.lessons,
    status: has('BlockReleased') ? 'released' : has('ContractTerminated') ? 'terminated' : 'active',
  };
}

export interface Freeze {
  from: CivilDate;
  until: CivilDate | undefined;
}

/** Each freeze with its end; an unfreezing ends the one freeze that was open when it was recorded. */
export function freezesOf(facts: readonly Fact[]): Freeze[] {
  const unfrozen = ofType(facts, 'CertificateUnfrozen');
  return ofType(facts, 'CertificateFrozen').map(({ from, until, position }) => ({
    from,
    until: until ?? unfrozen.find((end) => end.position > position)?.on,
  }));
}

/** On a day, or without one on the last day there is, where only a freeze without end reaches. */
export function isFrozen(facts: readonly Fact[], on: CivilDate | undefined): boolean {
  return freezesOf(facts).some(({ from, until }) =>
    on === undefined ? until === undefined : from <= on && (until === undefined || on < until),
  );
}
