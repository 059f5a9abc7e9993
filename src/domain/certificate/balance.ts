import type { CivilDate } from '../../kernel/civil-date.ts';
import type { Kopecks } from '../../kernel/money.ts';
import { formatMoney } from '../../kernel/money.ts';
import type { CertificateEvent } from './events.ts';
import type { Freeze } from './state.ts';
import { isFrozenOn } from './state.ts';

interface ContractFigures {
  readonly periodId: string;
  readonly share: Kopecks;
  readonly lessons: number;
  charged: Kopecks;
  released: Kopecks;
  lessonsCharged: number;
  status: 'active' | 'terminated' | 'released';
}

interface PeriodFigures {
  readonly from: CivilDate;
  nominal: Kopecks;
  available: Kopecks;
  blocked: Kopecks;
  charged: Kopecks;
  expired: Kopecks;
}

/** Folds the events of one certificate into the balance object of SPEC section 10, amounts as decimal strings. */
export function balanceOf(certificateId: string, events: readonly CertificateEvent[], on?: CivilDate) {
  const folded = new FoldedBalance();
  for (const event of events) if (on === undefined || event.effectiveOn <= on) folded.add(event);
  return folded.toObject(certificateId, on);
}

/** The balance of a certificate, as SPEC section 10 writes it. */
export type Balance = ReturnType<FoldedBalance['toObject']>;

/** The figures of a certificate's events so far, to which later events can be added. */
export class FoldedBalance {
  readonly #periods = new Map<string, PeriodFigures>();
  readonly #contracts = new Map<string, ContractFigures>();
  readonly #freezes: Freeze[] = [];

  add(event: CertificateEvent): void {
    apply(event, this.#periods, this.#contracts, this.#freezes);
  }

  /** The balance object; without a day, a certificate is frozen while a freeze has no end. */
  toObject(certificateId: string, on?: CivilDate) {
    const freezes = this.#freezes;
    const frozen = on === undefined ? freezes.some(({ until }) => until === undefined) : isFrozenOn(on, freezes);
    const periods = [...this.#periods]
      .sort(([, a], [, b]) => (a.from < b.from ? -1 : 1))
      .map(([periodId, figures]) => periodObject(periodId, figures, this.#contracts));
    return { certificateId, periods, frozen };
  }
}

const FIGURES = ['nominal', 'available', 'blocked', 'charged', 'expired'] as const;
type Figures = { readonly [Figure in (typeof FIGURES)[number]]: string };

/** One event with its effect on the figures of its period, and the period's running totals, as decimal strings. */
export interface ExplainedEvent {
  readonly event: CertificateEvent;
  readonly periodId?: string;
  readonly effect?: Figures;
  readonly totals?: Figures;
}

/** The events a balance is made of, in the order of the log, with their effects and running totals (SPEC section 8). */
export function explanationOf(events: readonly CertificateEvent[], on?: CivilDate): ExplainedEvent[] {
  const periods = new Map<string, PeriodFigures>();
  const contracts = new Map<string, ContractFigures>();
  const known = on === undefined ? events : events.filter(({ effectiveOn }) => effectiveOn <= on);
  return known.map((event) => {
    const held = 'contractId' in event ? contracts.get(event.contractId)?.periodId : undefined;
    const periodId = 'periodId' in event ? event.periodId : held;
    const before = {
      ...(periods.get(periodId ?? '') ?? { nominal: 0, available: 0, blocked: 0, charged: 0, expired: 0 }),
    };
    apply(event, periods, contracts, []);
    const after = periodId === undefined ? undefined : periods.get(periodId);
    if (periodId === undefined || after === undefined) return { event };
    const figures = (amount: (figure: (typeof FIGURES)[number]) => Kopecks) =>
      Object.fromEntries(FIGURES.map((figure) => [figure, formatMoney(amount(figure))])) as Figures;
    return { event, periodId, effect: figures((f) => after[f] - before[f]), totals: figures((f) => after[f]) };
  });
}

function periodObject(periodId: string, figures: PeriodFigures, contracts: ReadonlyMap<string, ContractFigures>) {
  return {
    periodId,
    nominal: formatMoney(figures.nominal),
    available: formatMoney(figures.available),
    blocked: formatMoney(figures.blocked),
    charged: formatMoney(figures.charged),
    expired: formatMoney(figures.expired),
    contracts: [...contracts].filter(([, contract]) => contract.periodId === periodId).map(contractObject),
  };
}

function contractObject([contractId, contract]: [string, ContractFigures]) {
  const { share, charged, released, lessonsCharged, lessons, status } = contract;
  return {
    contractId,
    share: formatMoney(share),
    blocked: formatMoney(share - charged - released),
    charged: formatMoney(charged),
    released: formatMoney(released),
    lessonsCharged,
    lessons,
    status,
  };
}

/** An event about a contract or period that is not there yet on the date asked for has no effect on it. */
function apply(
  event: CertificateEvent,
  periods: Map<string, PeriodFigures>,
  contracts: Map<string, ContractFigures>,
  freezes: Freeze[],
): void {
  const contract = 'contractId' in event ? contracts.get(event.contractId) : undefined;
  const periodId = 'periodId' in event ? event.periodId : contract?.periodId;
  const period = periodId === undefined ? undefined : periods.get(periodId);
  switch (event.type) {
    case 'NominalToppedUp':
      periods.set(event.periodId, {
        from: event.from,
        nominal: event.amount,
        available: event.amount,
        blocked: 0,
        charged: 0,
        expired: 0,
      });
      return;
    case 'CourseBlocked': {
      const { share, lessons } = event;
      const none = { charged: 0, released: 0, lessonsCharged: 0, status: 'active' as const };
      contracts.set(event.contractId, { periodId: event.periodId, share, lessons, ...none });
      move(period, { available: -share, blocked: share });
      return;
    }
    case 'NominalAdjusted': {
      // On an earlier day an adjustment recorded before this one may not count yet, so the old nominal is the one there.
      const difference = event.nominal - (period?.nominal ?? event.nominal);
      move(period, { nominal: difference, available: difference });
      return;
    }
    case 'PeriodClosed':
      move(period, { available: -event.amount, expired: event.amount });
      return;
    case 'CertificateFrozen':
      freezes.push(
        event.until === undefined ? { from: event.effectiveOn } : { from: event.effectiveOn, until: event.until },
      );
      return;
    case 'CertificateUnfrozen': {
      const open = freezes.find(({ until }) => until === undefined);
      if (open !== undefined) open.until = event.effectiveOn;
      return;
    }
    case 'LessonCharged':
    case 'LessonChargeReversed': {
      if (contract === undefined) return;
      const sign = event.type === 'LessonCharged' ? 1 : -1;
      contract.charged += sign * event.amount;
      contract.lessonsCharged += sign;
      move(period, { blocked: -sign * event.amount, charged: sign * event.amount });
      return;
    }
    case 'BlockReleased':
      if (contract === undefined) return;
      contract.released += event.amount;
      contract.status = 'released';
      move(period, { blocked: -event.amount, available: event.amount });
      return;
    case 'ContractTerminated':
      if (contract?.status === 'active') contract.status = 'terminated';
      return;
    case 'CertificateIssued':
    case 'LessonNotCharged':
    case 'CertificateClosed':
      return;
  }
}

function move(period: PeriodFigures | undefined, by: Partial<Record<keyof PeriodFigures, number>>): void {
  if (period === undefined) return;
  period.nominal += by.nominal ?? 0;
  period.available += by.available ?? 0;
  period.blocked += by.blocked ?? 0;
  period.charged += by.charged ?? 0;
  period.expired += by.expired ?? 0;
}
