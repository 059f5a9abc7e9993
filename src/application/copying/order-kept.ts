import { BOOKKEEPING } from '../../events/catalogue.ts';
import type { Instant } from '../../kernel/instant.ts';
import type { CopiedEvent } from './log-writer.ts';

/** Their documents show what was recorded before them; of one instant, the log tells what that is. */
const ISSUES: ReadonlySet<string> = new Set(['InvoiceIssued', 'AdvanceRequested']);
/** Nothing is read from their place among other streams. */
const NEUTRAL: ReadonlySet<string> = new Set([...BOOKKEEPING, 'InvoiceLinesAdded']);

interface LessonOutcome {
  readonly lessonId?: string;
  readonly results?: readonly { readonly contractId: string; readonly error?: unknown }[];
}

/**
 * Of events that may be appended in any order but for that of their streams: which of them must not be among the others,
 * since something is read from the order in which they stand.
 */
export class OrderKept {
  #issuedAt: Instant | undefined;
  readonly #recordedAt = new Set<Instant>();
  readonly #recorded = new Set<string>();
  readonly #refused = new Set<string>();

  /** Whether the order between an event and one of those taken has to be kept. */
  tellsOrder({ event, metadata: { recordedAt } }: CopiedEvent): boolean {
    if (ISSUES.has(event.type)) return this.#recordedAt.has(recordedAt);
    if (event.type === 'CommandCompleted') return refusedLessons(event.outcome).some((one) => this.#recorded.has(one));
    if (NEUTRAL.has(event.type)) return false;
    if (recordedAt === this.#issuedAt) return true;
    return isLesson(event) && this.#refused.has(lessonKey(event.contractId, event.lessonId));
  }

  take({ event, metadata: { recordedAt } }: CopiedEvent): void {
    if (ISSUES.has(event.type)) this.#issuedAt = recordedAt;
    else if (event.type === 'CommandCompleted') for (const one of refusedLessons(event.outcome)) this.#refused.add(one);
    else if (!NEUTRAL.has(event.type)) this.#recordedAt.add(recordedAt);
    // An attendance entry that was refused is listed until it is recorded, and no longer.
    if (isLesson(event)) this.#recorded.add(lessonKey(event.contractId, event.lessonId));
  }

  clear(): void {
    this.#issuedAt = undefined;
    this.#recordedAt.clear();
    this.#recorded.clear();
    this.#refused.clear();
  }
}

function isLesson(event: CopiedEvent['event']) {
  return event.type === 'LessonCharged' || event.type === 'LessonNotCharged';
}

function refusedLessons(outcome: Readonly<Record<string, unknown>>): string[] {
  const { lessonId = '', results = [] } = outcome as LessonOutcome;
  return results.flatMap(({ contractId, error }) => (error === undefined ? [] : lessonKey(contractId, lessonId)));
}

function lessonKey(contractId: string, lessonId: string): string {
  return `${contractId}\n${lessonId}`;
}
