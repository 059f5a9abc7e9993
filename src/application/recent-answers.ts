import type { StreamHead } from '../store/event-store.ts';

/** How many answers are kept. */
const KEPT = 10_000;

/**
 * Answers folded from whole streams, kept for as long as nothing has come to their stream. An answer counts only for the
 * very event it was folded up to, by its hash: after a loss another event may stand at the same revision.
 */
export class RecentAnswers<Answer extends object> {
  readonly #answers = new Map<string, { readonly hash: string; readonly answer: Answer }>();

  /** The answer that was kept for a stream, where it still ends as it did then. */
  find({ stream, hash }: StreamHead): Answer | undefined {
    const known = this.#answers.get(stream);
    return known?.hash === hash ? known.answer : undefined;
  }

  /**
   * Keeps an answer folded up to an event, in the place of the one kept longest when there is no more room. It is given
   * out again, so nobody may change it from now on.
   */
  keep({ stream, hash }: Pick<StreamHead, 'stream' | 'hash'>, answer: Answer): Answer {
    this.#answers.delete(stream);
    const [oldest] = this.#answers.keys();
    if (this.#answers.size >= KEPT && oldest !== undefined) this.#answers.delete(oldest);
    this.#answers.set(stream, { hash, answer: frozen(answer) });
    return answer;
  }
}

function frozen<Value extends object>(value: Value): Value {
  for (const member of Object.values(value)) if (typeof member === 'object' && member !== null) frozen(member);
  return Object.freeze(value);
}
