import fc from 'fast-check';
import { expect } from 'vitest';
import type { Ledger } from '../../../src/index.ts';
import type { EventStore } from '../../../src/store/event-store.ts';
import type { MemoryEventStore } from '../../../src/store/memory/memory-event-store.ts';
import type { Sent } from './answers.ts';
import { answerOf, contentsOfStore } from './answers.ts';
import { copyOf, openNode } from './node.ts';
import { scheduledStore } from './scheduled-store.ts';

export interface Spread {
  readonly nodes: number;
  readonly runs: number;
}

/**
 * Sends the commands all at once, spread over the nodes, and lets the scheduler choose who goes on. Whatever it chooses,
 * answers and contents are those of some order of sending them one after another, and nothing is wrong with the log.
 */
export async function everyInterleavingIsAnOrder(
  world: MemoryEventStore,
  commands: readonly Sent[],
  spread: Spread,
): Promise<void> {
  const orders = await inEveryOrder(world, commands);
  await everyInterleaving(world, commands, spread, ({ answers, contents, findings }) => {
    expect(findings).toEqual([]);
    expect(orders).toContain(fingerprint(answers, contents));
  });
}

/** The same with a check of one's own. */
export async function everyInterleaving(
  world: MemoryEventStore,
  commands: readonly Sent[],
  { nodes, runs }: Spread,
  check: (end: { answers: readonly unknown[]; contents: string; findings: readonly string[] }) => void,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const store = await copyOf(world, { shared: nodes > 1 });
      const ledgers: Ledger[] = [];
      let scheduled = false;
      for (let node = 0; node < nodes; node += 1) {
        // Opening is not part of the trial.
        const through = scheduledStore(store, scheduler, `node ${node}`);
        ledgers.push(await openNode(switched<EventStore>(store, through, () => scheduled)));
      }
      scheduled = true;
      const sent = commands.map((command, index) => answerOf(ledgers[index % nodes] as Ledger, command));
      const answers = await scheduler.waitFor(Promise.all(sent));
      scheduled = false;
      check({ answers, ...(await contentsOfStore(store)) });
    }),
    { numRuns: runs, seed: 20200920, endOnFailure: true },
  );
}

async function inEveryOrder(world: MemoryEventStore, commands: readonly Sent[]): Promise<string[]> {
  const prints = new Set<string>();
  for (const order of permutations(commands.map((_, index) => index))) {
    const store = await copyOf(world);
    const ledger = await openNode(store);
    const answers: unknown[] = [];
    for (const index of order) answers[index] = await answerOf(ledger, commands[index] as Sent);
    prints.add(fingerprint(answers, (await contentsOfStore(store)).contents));
  }
  return [...prints];
}

function fingerprint(answers: readonly unknown[], contents: string): string {
  return `${answers.map((answer) => JSON.stringify(answer)).join('\n')}\n${contents}`;
}

function permutations(items: readonly number[]): number[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item) => permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]));
}

/** The one store or the other, asked anew at every call. */
function switched<Store extends object>(plain: Store, scheduled: Store, useScheduled: () => boolean): Store {
  return new Proxy(plain, {
    get(_, name) {
      const store = useScheduled() ? scheduled : plain;
      const member: unknown = Reflect.get(store, name, store);
      return typeof member === 'function' ? member.bind(store) : member;
    },
  });
}
