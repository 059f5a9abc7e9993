import { decodeEvent } from '../../src/events/codec.ts';
import type { CivilDate } from '../../src/kernel/civil-date.ts';
import type { EventStore } from '../../src/store/event-store.ts';

/** A contract, where its events are, and between which days they are looked at. */
export interface ContractSpan {
  readonly contractId: string;
  /** The stream of its certificate. */
  readonly stream: string;
  /** The revision of its block: nothing about it stands before. */
  readonly blockedAt: number;
  readonly from: CivilDate;
  readonly until: CivilDate;
}

/**
 * How many lessons of a contract are recorded between two days, charged or not. One that was reversed is void and does not
 * count; one whose charge a freeze or a correction took back does, since its attendance is known (SPEC section 5).
 */
export async function recordedLessons(store: EventStore, span: ContractSpan): Promise<number> {
  const lessons = new Set<string>();
  for (const stored of await store.read(span.stream, { from: span.blockedAt + 1 })) {
    if (!stored.type.startsWith('Lesson')) continue;
    const event = decodeEvent(stored);
    if (event.type !== 'LessonCharged' && event.type !== 'LessonNotCharged' && event.type !== 'LessonChargeReversed') {
      continue;
    }
    const { contractId, effectiveOn } = event;
    if (contractId !== span.contractId || effectiveOn < span.from || effectiveOn > span.until) continue;
    if (event.type !== 'LessonChargeReversed') lessons.add(event.lessonId);
    else if (event.cause === 'reversal') lessons.delete(event.lessonId);
  }
  return lessons.size;
}

/** The date of the lesson that was charged or reversed last, in the order of recording; none where there is none. */
export async function lastBillableOn(store: EventStore, span: ContractSpan): Promise<CivilDate | undefined> {
  let last: CivilDate | undefined;
  for (const stored of await store.read(span.stream, { from: span.blockedAt + 1 })) {
    if (stored.type !== 'LessonCharged' && stored.type !== 'LessonChargeReversed') continue;
    const event = decodeEvent(stored);
    if (event.type !== 'LessonCharged' && event.type !== 'LessonChargeReversed') continue;
    const { contractId, effectiveOn } = event;
    if (contractId === span.contractId && effectiveOn >= span.from && effectiveOn <= span.until) last = effectiveOn;
  }
  return last;
}
