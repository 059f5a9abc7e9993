import { BillingQuestions } from '../../../projections/billing-questions.ts';
import { ReadModels } from '../../../projections/read-models.ts';
import { CommandHandler } from '../../../src/application/command-handler.ts';
import { decodeMetadata } from '../../../src/events/codec.ts';
import { fixedClock } from '../../../src/kernel/clock.ts';
import { Ledger } from '../../../src/ledger.ts';
import type { EventStore } from '../../../src/store/event-store.ts';
import { MemoryEventStore } from '../../../src/store/memory/memory-event-store.ts';
import { wholeLog } from '../store/stored-forms.ts';

/** The instant at which all commands of these tests are given. */
export const NOW = '2020-09-20T09:00:00Z';

/** A ledger on a store that others may use as well: what a node of a cluster is. */
export async function openNode(store: EventStore, now: string = NOW): Promise<Ledger> {
  const models = new ReadModels(store, ':memory:');
  const questions = new BillingQuestions(models);
  const handler = await CommandHandler.open(store, fixedClock(now), questions, store.shared ? models : undefined);
  return new Ledger({ store, models, questions, handler, clock: fixedClock(now), files: [] });
}

/** Another store with the same log, so that every trial starts from the same world. */
export async function copyOf(store: EventStore, { shared = false } = {}): Promise<MemoryEventStore> {
  const copy = new MemoryEventStore({ shared });
  await copyInto(store, copy);
  return copy;
}

/** Appends the whole log of one store to another. */
export async function copyInto(store: EventStore, copy: EventStore): Promise<void> {
  for (const { position: _, stream, revision, ...event } of await wholeLog(store, 1000)) {
    const { bodyDigest, commandId } = decodeMetadata(event);
    await copy.append(stream, revision - 1, [
      { ...event, ...(bodyDigest === undefined ? {} : { recordOf: commandId }) },
    ]);
  }
}
