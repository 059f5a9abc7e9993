import type { Position } from '../../events/envelope.ts';
import { LedgerError } from '../../kernel/errors.ts';
import type { EventStore } from '../../store/event-store.ts';
import { StreamHeads } from '../stream-heads.ts';
import { pagesUpTo } from './checked-log.ts';

/**
 * Answers how far the target has each stream. Where it holds anything the source does not, nothing has been written yet
 * and `copy.other_ledger` names the stream and the revision: a head that is the same stands for all before it.
 */
export async function refuseOtherLedger(
  {
    source,
    target,
    upTo,
  }: { readonly source: EventStore; readonly target: EventStore; readonly upTo: Position | undefined },
  tell: (done: number) => void,
): Promise<StreamHeads> {
  const present = new StreamHeads();
  await readHeads(target, present, tell);
  if (present.size === 0) return present;
  const there = new StreamHeads();
  let same = 0;
  let done = 0;
  for await (const page of upTo === undefined ? [] : pagesUpTo(source, upTo)) {
    for (const { stream, revision, hash } of page) {
      there.set(stream, revision, hash);
      if (present.revisionOf(stream) !== revision) continue;
      if (present.hashOf(stream) !== hash) throw otherLedger(stream, revision, 'another event than the source');
      same += 1;
    }
    done += page.length;
    tell(done);
  }
  if (same < present.size) throw ahead(present, there);
  return present;
}

/** Of a server they are read from its log, which takes a while: whoever wants to end the copy is asked in between. */
async function readHeads(target: EventStore, heads: StreamHeads, tell: (done: number) => void): Promise<void> {
  if (target.headsFromLog !== true) {
    for await (const { stream, revision, hash } of target.heads()) heads.set(stream, revision, hash);
    return;
  }
  let done = 0;
  for await (const page of pagesUpTo(target)) {
    for (const { stream, revision, hash } of page) heads.set(stream, revision, hash);
    done += page.length;
    tell(done);
  }
}

/** The target holds an event that the source does not hold there. */
export function otherLedger(stream: string, revision: number, what: string): LedgerError {
  const sentence = `the target's stream ${stream} has at revision ${revision} ${what}; it is another ledger or went on by itself`;
  return new LedgerError('copy.other_ledger', sentence);
}

function ahead(present: StreamHeads, there: StreamHeads): LedgerError {
  for (const stream of present.streams()) {
    const revision = present.revisionOf(stream);
    if (there.revisionOf(stream) < revision) {
      return otherLedger(stream, revision, 'an event that the source has not');
    }
  }
  throw new RangeError('every head of the target is in the source');
}
