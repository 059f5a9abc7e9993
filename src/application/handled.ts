import type { LedgerEvent } from '../events/catalogue.ts';
import { BOOKKEEPING } from '../events/catalogue.ts';

/** What a command answers besides its events; members are those of SPEC sections 5, 6 and 11. */
export type Outcome = Record<string, unknown>;

/** What a command has done. */
export interface Handled {
  /** The types of its events, in order; bookkeeping is left out. */
  readonly events: readonly string[];
  readonly outcome: Outcome;
  /** Where `events` names each type once: how many of each there are (SPEC section 10). */
  readonly eventCounts?: Readonly<Record<string, number>> | undefined;
}

/** What a completed command answered. */
export function handledOf({ events, outcome, eventCounts }: Handled): Handled {
  return { events, outcome, ...(eventCounts === undefined ? {} : { eventCounts }) };
}

/** The names of the events the rules know, in order. */
export function typesOf(events: readonly LedgerEvent[]): string[] {
  return events.map(({ type }) => type).filter((type) => !BOOKKEEPING.has(type));
}
