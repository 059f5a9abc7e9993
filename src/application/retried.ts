import { randomInt } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { LedgerError } from '../kernel/errors.ts';
import { ConflictError } from '../store/event-store.ts';
import type { SessionStates } from './session-states.ts';
import type { LoadedStream } from './stream-cache.ts';

/** How often a command is decided anew when somebody else was faster. */
const ATTEMPTS = 20;
/** From so many attempts on each waits for a moment of its own length, so that not all try again at once; in milliseconds. */
const [CROWDED, LONGEST_PAUSE] = [3, 20];

/** Tries again after a conflict, a bounded number of times. */
export async function retried<Answer>(attempt: () => Promise<Answer>): Promise<Answer> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
      if (tried >= CROWDED) await wait(randomInt(1, LONGEST_PAUSE));
      if (tried < ATTEMPTS) continue;
      const sentence = `${error.stream} was changed by others ${ATTEMPTS} times in a row; the command may be sent again`;
      throw new LedgerError('store.conflict', sentence, { cause: error });
    }
  }
}

/** The same, on states that are compared with their streams once somebody was faster. */
export function retriedConfirming<Answer>(
  attempt: () => Promise<Answer>,
  states: Pick<SessionStates, 'confirmStates'>,
): Promise<Answer> {
  return retried(async () => {
    try {
      return await attempt();
    } catch (error) {
      if (error instanceof ConflictError) states.confirmStates();
      throw error;
    }
  });
}

/** What was decided on a state that has moved on is decided anew. Throws ConflictError. */
export function refuseMoved({ stream, revision }: LoadedStream<unknown>, decidedAt: number): void {
  if (revision !== decidedAt) throw new ConflictError(stream, decidedAt, revision);
}
