import { setImmediate as othersTurn } from 'node:timers/promises';
import { decodeEvent, decodeMetadata } from '../src/events/codec.ts';
import type { Position } from '../src/events/envelope.ts';
import type { EventStoreInHalves } from '../src/store/event-store.ts';
import { Audit, REPLAYED } from './audit.ts';
import { EVENTS_PER_PAGE, isNotApart, PAGES_PER_TURN, shareOf } from './halves.ts';

/** What is to be audited: up to where, in how many passes, and who is told what part of it is done. */
export interface AuditedLog {
  readonly upTo: Position;
  readonly passes: number;
  readonly told: (done: number) => void;
}

/**
 * An audit of a log whose events have all been found readable, one range of the streams after another: so the rows in
 * memory are those of a range, however long the log is. Where the ranges turn out not to be apart, which breaks the rules,
 * the log is audited as a whole, since only then it can be said what is wrong.
 */
export async function auditInParts(store: EventStoreInHalves, log: AuditedLog): Promise<Audit> {
  const audit = new Audit();
  const parts = await store.divide(log.passes);
  audit.beginParts();
  try {
    for (const [pass, [{ from, until }]] of parts.entries()) {
      const share = shareOf({ half: 'both', from, until }, REPLAYED);
      await takePart(store, audit, { ...log, share, told: (done) => log.told((pass + done) / parts.length) });
      if (parts.length > 1 && audit.isBroken) throw new RangeError('the parts are not apart');
      audit.endPart({ isFirst: pass === 0 });
    }
    audit.endParts();
    return audit;
  } catch (error) {
    audit.close();
    if (parts.length === 1 || !isNotApart(error)) throw error;
    return auditInParts(store, { ...log, passes: 1 });
  }
}

async function takePart(
  store: EventStoreInHalves,
  audit: Audit,
  { upTo, share, told }: AuditedLog & { readonly share: ReturnType<typeof shareOf> },
): Promise<void> {
  let after: Position | undefined;
  for (let pages = 1; ; pages += 1) {
    const { events, last } = await store.readShare({ after, upTo, limit: EVENTS_PER_PAGE, share });
    for (const event of events) audit.fold(decodeEvent(event), event, decodeMetadata(event).commandId);
    after = last ?? after;
    if (events.length < EVENTS_PER_PAGE) return;
    if (pages % PAGES_PER_TURN !== 0) continue;
    told(1 - (await store.countAfter(after)) / (await store.countAfter()));
    await othersTurn();
  }
}
