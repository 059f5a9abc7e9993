import type { Ledger } from '../../../src/index.ts';
import { LedgerError } from '../../../src/index.ts';
import type { EventStore } from '../../../src/store/event-store.ts';
import { openNode } from './node.ts';
import type { Body } from './school-world.ts';

/** A command with its id. */
export type Sent = Body & { readonly id: string };

/** What a command answered; the text of a refusal is free. */
export async function answerOf(ledger: Ledger, command: Sent): Promise<unknown> {
  try {
    const { replayed, events, outcome } = await ledger.executeUnknown(command);
    return JSON.parse(JSON.stringify({ ok: true, replayed, events, outcome }, withoutMessages));
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    return { ok: false, code: error.code };
  }
}

function withoutMessages(name: string, value: unknown): unknown {
  return name === 'message' ? undefined : value;
}

/** Everything the ledger can be asked: balances and invoices, as JSON. */
export async function contentsOf(ledger: Ledger): Promise<string> {
  const contents: unknown[] = [];
  for await (const balance of ledger.balances()) contents.push(balance);
  for await (const invoice of ledger.invoices()) contents.push(invoice);
  return JSON.stringify(contents, null, 1);
}

/** What the store holds by the end, asked of a node that has seen nothing of how it came about. */
export async function contentsOfStore(store: EventStore): Promise<{ contents: string; findings: readonly string[] }> {
  const ledger = await openNode(store);
  return { contents: await contentsOf(ledger), findings: (await ledger.verify()).findings };
}
