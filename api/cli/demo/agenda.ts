import { type Day, moscowDay, moscowInstant, utc, weekday } from './calendar.ts';
import type { DemoCommand, DemoFields } from './demo-command.ts';
import type { DemoRandom } from './random.ts';

/** What is done when its time has come; it may turn out that there is nothing to do any more. */
export type Deed = (today: Day) => DemoFields | undefined;

interface Entry {
  readonly instant: number;
  readonly deed: Deed;
}

/**
 * The town's diary: deeds are entered in any order and done in the order of their instants. A deed decides by what is
 * known at its own instant, so a demo command never contradicts the ones before it.
 */
export class Agenda {
  readonly #days = new Map<Day, Entry[]>();
  #open: Entry[] = [];
  #today: Day;
  #lastInstant = 0;
  #done = 0;

  constructor(firstDay: Day) {
    this.#today = firstDay - 1;
  }

  enter(instant: number, deed: Deed): void {
    const day = moscowDay(instant);
    // A day's entries are put in order once, when the day begins, and later entries would be done out of turn.
    if (day <= this.#today) throw new RangeError(`the day of ${utc(instant)} has already begun`);
    const entries = this.#days.get(day);
    if (entries === undefined) this.#days.set(day, [{ instant, deed }]);
    else entries.push({ instant, deed });
  }

  /** Does everything entered before the instant, one command at a time and each at least a second after the other. */
  *until(end: number): Generator<DemoCommand> {
    for (;;) {
      const next = this.#open.at(-1);
      if (next === undefined) {
        if (moscowDay(end) <= this.#today) return;
        this.#beginDay();
      } else {
        if (next.instant >= end) return;
        this.#open.pop();
        const command = this.#perform(next);
        if (command !== undefined) yield command;
      }
    }
  }

  #beginDay(): void {
    this.#today += 1;
    const entries = this.#days.get(this.#today) ?? [];
    this.#days.delete(this.#today);
    // The sort is stable, so entries of one instant keep the order they were entered in; the next one stands last.
    this.#open = entries.sort((left, right) => left.instant - right.instant).reverse();
  }

  #perform({ instant, deed }: Entry): DemoCommand | undefined {
    const fields = deed(this.#today);
    if (fields === undefined) return undefined;
    this.#lastInstant = Math.max(instant, this.#lastInstant + 1000);
    this.#done += 1;
    const { command, ...rest } = fields;
    return { command, id: `demo-${String(this.#done).padStart(6, '0')}`, at: utc(this.#lastInstant), ...rest };
  }
}

/** Seconds after midnight at which the office opens; the half hour before it is kept for settling invoices. */
const officeOpens = 9 * 3600;

const officeSeconds = 8 * 3600;

/** The instant of one of `count` papers that are dealt with evenly over the office hours of the given days. */
export function officeInstant(index: number, count: number, openDays: readonly Day[]): number {
  const elapsed = Math.floor((index * openDays.length * officeSeconds) / count);
  const day = openDays[Math.floor(elapsed / officeSeconds)];
  if (day === undefined) throw new RangeError(`paper ${index} of ${count} does not fit into the days`);
  return moscowInstant(day, officeOpens + (elapsed % officeSeconds));
}

/** A random instant within the office hours of a day, or of the Monday after it where the day lies in a weekend. */
export function someOfficeInstant(day: Day, random: DemoRandom): number {
  const openDay = weekday(day) > 5 ? day + 8 - weekday(day) : day;
  return moscowInstant(openDay, officeOpens + random.below(officeSeconds));
}
