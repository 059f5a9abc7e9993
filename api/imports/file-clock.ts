import type { Instant } from '../../src/kernel/instant.ts';
import { compareInstants, laterInstant } from '../../src/kernel/instant.ts';

/**
 * How a line's `at` stands to the lines before it: there is no accepted one yet (`first`), the last of them has been
 * recorded by then (`inOrder`), or it was recorded later (`back`).
 */
export type Standing = { readonly is: 'first' | 'inOrder' } | { readonly is: 'back'; readonly last: Instant };

/**
 * The clock of a command file whose lines are on their way at the same time. A refused line does not move it, nor does one
 * that is accepted and records nothing, whether the ledger takes it now or had taken it before (SPEC sections 10 and 11).
 *
 * Where the ledger stood before the file is compared with the first line it accepts, which goes alone. A file that was
 * stopped and is sent again begins with lines taken before; those of its lines that are recorded already, in whatever order,
 * do not make an earlier one go back.
 */
export class FileClock {
  /** The latest time of a line that was accepted and recorded something. */
  #last: Instant | undefined;
  /** The same with the lines on their way. */
  #expected: Instant | undefined;

  /** Whether the lines before have to be done before it can be said how this one stands. */
  hasToWait(at: Instant): boolean {
    return this.#last === undefined || compareInstants(at, this.#expected ?? this.#last) < 0;
  }

  /** How a line stands when all lines before it are done, or when it need not wait for them. It is on its way from then on. */
  standingOf(at: Instant, { waited }: { readonly waited: boolean }): Standing {
    if (waited) this.#expected = this.#last;
    if (this.#last === undefined) return { is: 'first' };
    if (compareInstants(at, this.#expected ?? this.#last) < 0) return { is: 'back', last: this.#last };
    this.#expected = at;
    return { is: 'inOrder' };
  }

  /** A line was accepted and has recorded something, at that time; before, where it was replayed. */
  moveTo(at: Instant): void {
    this.#last = this.#last === undefined ? at : laterInstant(this.#last, at);
  }
}
