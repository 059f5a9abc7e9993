import { expect } from 'vitest';
import type { Ledger } from '../../../src/index.ts';
import type { EventStore } from '../../../src/store/event-store.ts';
import type { MemoryEventStore } from '../../../src/store/memory/memory-event-store.ts';
import { wholeLog } from '../store/stored-forms.ts';
import type { Sent } from './answers.ts';
import { answerOf, contentsOf } from './answers.ts';
import type { Fault } from './faulty-store.ts';
import { faultyStore } from './faulty-store.ts';
import { copyOf, openNode } from './node.ts';

/** A command that is disturbed, and those that come after it. */
export interface Trial {
  readonly command: Sent;
  /** Sent after the command has been sent again: what it reserved and used must count, and nothing else. */
  readonly next?: readonly Sent[];
  /** Sent by others between the fault and whatever follows. */
  readonly rival?: Sent;
}

interface End {
  readonly answers: readonly unknown[];
  readonly contents: string;
}

const FAULTS: readonly Fault[] = ['before', 'after'];

/**
 * Lets every append of the command fail, one at a time. The ledger is then opened anew and the command is sent again: it
 * answers, and everything is, as if it had never been disturbed. Answers how many faults there were.
 */
export async function survivesEveryFault(world: MemoryEventStore, trial: Trial): Promise<number> {
  const { command, next = [] } = trial;
  const undisturbed = await inOrder(world, [command, ...next]);
  return forEveryFault(world, trial, async ({ store, place }) => {
    const ledger = await openNode(store);
    expect({ place, open: await openIntents(store) }).toEqual({ place, open: [] });
    const end = await endOf(ledger, [command, ...next]);
    expect({ place, ...withoutReplayed(end) }).toEqual({ place, ...withoutReplayed(undisturbed) });
    await isSound(ledger, store);
  });
}

/** The same in the process that met the fault: it goes on without being opened anew. */
export async function goesOnAfterEveryFault(world: MemoryEventStore, trial: Trial): Promise<number> {
  const { command, next = [] } = trial;
  const undisturbed = await inOrder(world, [command, ...next]);
  return forEveryFault(world, trial, async ({ store, ledger, place }) => {
    const end = await endOf(ledger, [command, ...next]);
    expect({ place, ...withoutReplayed(end) }).toEqual({ place, ...withoutReplayed(undisturbed) });
    await isSound(ledger, store);
  });
}

/**
 * The rival comes right after the fault, in the same process, and the ledger is opened anew only then. What the command
 * has taken by then counts for the rival, and what it had only reserved does not.
 */
export async function judgesRivalsRight(
  world: MemoryEventStore,
  trial: Trial & { readonly rival: Sent },
): Promise<number> {
  const { command, rival } = trial;
  const [rivalLast, rivalFirst] = [await inOrder(world, [command, rival]), await inOrder(world, [rival, command])];
  return forEveryFault(world, trial, async ({ store, ledger, place }) => {
    const taken = (await store.commandRecord(command.id)) !== undefined;
    const answer = await answerOf(ledger, rival);
    expect({ place, taken, answer }).toEqual({
      place,
      taken,
      answer: taken ? rivalLast.answers[1] : rivalFirst.answers[0],
    });
    const reopened = await openNode(store);
    const end = await endOf(reopened, taken ? [command, rival] : [rival, command]);
    expect({ place, ...withoutReplayed(end) }).toEqual({ place, ...withoutReplayed(taken ? rivalLast : rivalFirst) });
    await isSound(reopened, store);
  });
}

async function forEveryFault(
  world: MemoryEventStore,
  { command }: Trial,
  check: (met: { store: MemoryEventStore; ledger: Ledger; place: string }) => Promise<void>,
): Promise<number> {
  let faults = 0;
  for (const fault of FAULTS) {
    for (let appendNumber = 1; ; appendNumber += 1) {
      const store = await copyOf(world);
      const faulty = faultyStore(store, appendNumber, fault);
      const ledger = await openNode(faulty.store);
      const answer = await answerOf(ledger, command);
      if (!faulty.failed) break;
      faults += 1;
      const place = `${fault} append ${appendNumber}`;
      expect({ place, answer }).toEqual({ place, answer: { ok: false, code: 'store.unavailable' } });
      await check({ store, ledger, place });
    }
  }
  return faults;
}

async function inOrder(world: MemoryEventStore, commands: readonly Sent[]): Promise<End> {
  return endOf(await openNode(await copyOf(world)), commands);
}

async function endOf(ledger: Ledger, commands: readonly Sent[]): Promise<End> {
  const answers: unknown[] = [];
  for (const command of commands) answers.push(await answerOf(ledger, command));
  return { answers, contents: await contentsOf(ledger) };
}

/** Whether a command had been taken before it was sent again depends on the fault. */
function withoutReplayed({ answers, contents }: End) {
  return { answers: answers.map((answer) => ({ ...(answer as object), replayed: undefined })), contents };
}

async function isSound(ledger: Ledger, store: EventStore): Promise<void> {
  expect((await ledger.verify()).findings).toEqual([]);
  expect(await openIntents(store)).toEqual([]);
}

/** The streams of commands that have begun and not been completed. */
async function openIntents(store: EventStore): Promise<string[]> {
  const open = new Set<string>();
  for (const { stream, type } of await wholeLog(store, 1000)) {
    if (type === 'CommandBegun') open.add(stream);
    if (type === 'CommandCompleted') open.delete(stream);
  }
  return [...open];
}
