import type { ClosePeriod } from '../domain/payer/commands.ts';
import { decidePayer } from '../domain/payer/decide.ts';
import type { PayerEvent } from '../domain/payer/events.ts';
import { payerStream } from '../domain/payer/events.ts';
import type { PayerState } from '../domain/payer/state.ts';
import { decodeEvent } from '../events/codec.ts';
import type { CivilDate } from '../kernel/civil-date.ts';
import { isCivilDate } from '../kernel/civil-date.ts';
import { DEFAULT_ZONE } from '../kernel/clock.ts';
import { LedgerError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/instant.ts';
import { civilDateAt } from '../kernel/instant.ts';
import type { EventStore } from '../store/event-store.ts';
import { payers } from './categories.ts';

/**
 * How closePeriod would be refused, by the payer's own rules (SPEC section 3), on a day, by default the clock's in the
 * payer's zone; no refusal where it would not be. Errors: `query.invalid` for a day that is none.
 */
export async function closePeriodRefusal(
  { payerId, periodId, on }: { readonly payerId: string; readonly periodId: string; readonly on?: CivilDate },
  store: EventStore,
  now: Instant,
): Promise<{ readonly on: CivilDate; readonly refusal: LedgerError | undefined }> {
  if (on !== undefined && !isCivilDate(on)) {
    throw new LedgerError('query.invalid', `on ${JSON.stringify(on)} is no date YYYY-MM-DD`);
  }
  const stored = await store.read(payerStream(payerId));
  const state = stored.reduce(
    (folded, event) => payers.evolve(folded, decodeEvent(event) as PayerEvent),
    payers.initial(),
  );
  const today = civilDateAt(now, state.payer?.zone ?? DEFAULT_ZONE);
  const command = { command: 'closePeriod', id: 'dry-run', payerId, periodId, on: on ?? today } as const;
  return { on: command.on, refusal: refusalOf(command, today, state) };
}

function refusalOf(command: ClosePeriod, today: CivilDate, state: PayerState): LedgerError | undefined {
  try {
    decidePayer(command, { today }, state);
    return undefined;
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    return error;
  }
}
