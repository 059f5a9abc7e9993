import type { ClosePeriod } from '../domain/payer/commands.ts';
import { decidePayer } from '../domain/payer/decide.ts';
import type { PayerEvent } from '../domain/payer/events.ts';
import { payerStream } from '../domain/payer/events.ts';
import { decodeEvent } from '../events/codec.ts';
import { DEFAULT_ZONE } from '../kernel/clock.ts';
import { LedgerError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/instant.ts';
import { civilDateAt } from '../kernel/instant.ts';
import type { EventStore } from '../store/event-store.ts';
import { payers } from './categories.ts';

/** How closePeriod would be refused now, by the payer's own rules (SPEC section 3); undefined where it would not be. */
export async function closePeriodRefusal(
  command: Pick<ClosePeriod, 'payerId' | 'periodId' | 'on'>,
  store: EventStore,
  now: Instant,
): Promise<LedgerError | undefined> {
  const stored = await store.read(payerStream(command.payerId));
  const state = stored.reduce(
    (folded, event) => payers.evolve(folded, decodeEvent(event) as PayerEvent),
    payers.initial(),
  );
  const today = civilDateAt(now, state.payer?.zone ?? DEFAULT_ZONE);
  try {
    decidePayer({ command: 'closePeriod', id: 'dry-run', ...command }, { today }, state);
    return undefined;
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    return error;
  }
}
