import type { LedgerEvent } from '../events/catalogue.ts';
import { BOOKKEEPING } from '../events/catalogue.ts';
import type { ErrorCode } from '../kernel/errors.ts';
import { LedgerError } from '../kernel/errors.ts';
import { given } from '../kernel/given.ts';

/** What a command answers besides its events; members are those of SPEC sections 5, 6 and 11. */
export type Outcome = Record<string, unknown>;

/** What a command has done. */
export interface Handled {
  /** The types of its events, in order; bookkeeping is left out. */
  readonly events: readonly string[];
  readonly outcome: Outcome;
  /** Where `events` names each type once: how many of each there are (SPEC section 10). */
  readonly eventCounts?: Readonly<Record<string, number>> | undefined;
  /** Why a command was refused whose intent had been stored by then, so that its id stays taken. */
  readonly refusal?: Refusal | undefined;
}

/** A refusal as it is remembered. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
}

/** What a completed command answered. */
export function handledOf({ events, outcome, eventCounts, refusal }: Handled): Handled {
  return { events, outcome, ...given({ eventCounts, refusal }) };
}

/** What a completed command answers its sender. Throws the refusal of one that was refused after its intent. */
export function toldToSender(handled: Handled): Handled {
  const { refusal } = handled;
  if (refusal !== undefined) throw new LedgerError(refusal.code as ErrorCode, refusal.message);
  return handled;
}

/** The names of the events the rules know, in order. */
export function typesOf(events: readonly LedgerEvent[]): string[] {
  return events.map(({ type }) => type).filter((type) => !BOOKKEEPING.has(type));
}
