import { LOG_CHECK_START, nextLogCheck } from './log-check.ts';

/** Positions have to follow one another without a gap, from 1 on. */
export class PositionCheck {
  #events = 0;
  #last = 0;
  #missing: number | undefined;

  take(position: number): void {
    this.#events += 1;
    if (position !== this.#events) this.#missing ??= this.#events;
    this.#last = position;
  }

  findings(): string[] {
    if (this.#missing === undefined) return [];
    return [
      `position ${this.#missing} is missing: the log has ${this.#events} events and ends at position ${this.#last}`,
    ];
  }
}

/** The running check has to be borne out by every event, and the last one has to be marked as such, and no other. */
export class RunningCheck {
  readonly #findings: string[] = [];
  /** Files of an older version have events before the check began. */
  readonly #uncheckedUpTo: number;
  #position = 0;
  #check = LOG_CHECK_START;
  #isLast = 1;

  constructor(uncheckedUpTo: number) {
    this.#uncheckedUpTo = uncheckedUpTo;
  }

  take(position: number, hash: unknown, kept: number, isLast: number): void {
    if (this.#isLast !== 0 && this.#position > 0) {
      this.#findings.push(`position ${this.#position} is marked as the log's last, and others follow`);
    }
    const check = position <= this.#uncheckedUpTo ? LOG_CHECK_START : nextLogCheck(this.#check, String(hash));
    if (kept !== check) {
      this.#findings.push(
        `position ${position}: the running check of the log differs, this event or what comes before it was exchanged`,
      );
    }
    this.#check = kept;
    this.#position = position;
    this.#isLast = isLast;
  }

  /** `hasStreams` tells whether the file knows of streams, which then had events. */
  findings(hasStreams: boolean): string[] {
    const findings = [...this.#findings];
    if (this.#position === 0 && hasStreams)
      findings.push('position 1 is missing: there are streams, and no event is left');
    if (this.#isLast !== 1)
      findings.push(
        `position ${this.#position + 1} is missing: the event before it is not the log's last, so its end is gone`,
      );
    return findings;
  }
}
