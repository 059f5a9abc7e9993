import type { CutEntry } from '../domain/reservation/events.ts';
import type { CivilDate, CivilMonth } from '../kernel/civil-date.ts';
import type { Kopecks } from '../kernel/money.ts';

/** A payer and a provider. */
export interface Pair {
  readonly payerId: string;
  readonly providerId: string;
}

/** Which pairs a run is about; both left out means all of them. */
export interface PairFilter {
  readonly payerId?: string | undefined;
  readonly providerId?: string | undefined;
}

/** What of a contract and month no invoice in force has billed, and the revision up to which that is so. */
export interface UnbilledSum extends CutEntry {
  readonly contractNumber: string;
  readonly contractDate: CivilDate;
  readonly month: CivilMonth;
  readonly lessons: number;
  readonly amount: Kopecks;
}

/** A contract as planning needs it; `end` is the earliest of its until, termination and closing. */
export interface PlannedContractRow {
  readonly contractId: string;
  readonly from: CivilDate;
  readonly until: CivilDate;
  readonly end: CivilDate;
  readonly lessons: number;
  readonly share: Kopecks;
}

/**
 * The sums that processes over many streams need of the read models. Whoever uses an answer folds everything recorded
 * first, by `catchUp`, and takes the revisions that come with the sums as the cut.
 */
export interface ReadSide {
  /** Folds every durable event. */
  catchUp(): Promise<void>;
  /** The pairs with something unbilled up to the month, or an advance or invoice of it, by payerId, then providerId. */
  pairsOfMonth(month: CivilMonth, filter: PairFilter): readonly Pair[];
  /** What is unbilled between a pair up to the month, and the revision of the pair's own stream it was read at. */
  unbilled(pair: Pair, month: CivilMonth): { readonly sums: readonly UnbilledSum[]; readonly pairRevision: number };
  /** The pairs that have any contract, by payerId, then providerId. */
  pairsWithContracts(filter: PairFilter): readonly Pair[];
  /** The contracts of a pair that are in force in the month. */
  contractsInForce(pair: Pair, month: CivilMonth): readonly PlannedContractRow[];
  /** The ids of commands that have begun and not been completed, in the order of their intents. */
  openIntents(): readonly string[];
}
