import { formatMoney } from '../../../src/kernel/money.ts';
import { type Agenda, someOfficeInstant } from './agenda.ts';
import { civil, type Day, dayOf, moscowInstant, workingDays } from './calendar.ts';
import type { DemoFields } from './demo-command.ts';
import { moduleIds } from './municipality-catalogue.ts';
import { type CoursePlace, lessonsFrom, termFrom } from './municipality-courses.ts';
import type { ModulePrice } from './municipality-registers.ts';
import type { DemoRandom } from './random.ts';

/** The providers' contract desks: they number contracts in the order in which these are concluded. */
export class ContractDesk {
  readonly #prices: ReadonlyMap<string, ModulePrice>;
  readonly #concludedBy = new Map<string, number>();
  #concluded = 0;

  constructor(prices: ReadonlyMap<string, ModulePrice>) {
    this.#prices = prices;
  }

  /** Concludes the contract about a place today, with a share of the parents where the certificate does not suffice. */
  conclude(place: CoursePlace, today: Day): DemoFields {
    const { child, group, from, until } = place;
    const { programmeId, providerId } = group.programme;
    const { price, share } = this.#priceOf(place);
    const order = (this.#concludedBy.get(providerId) ?? 0) + 1;
    this.#concludedBy.set(providerId, order);
    this.#concluded += 1;
    place.contractId = `k-${String(this.#concluded).padStart(6, '0')}`;
    const fields = {
      command: 'blockCourse',
      contractId: place.contractId,
      certificateId: child.certificateId,
      providerId,
      programmeId,
      moduleId: moduleIds.autumn,
      agreementId: `s-${providerId}`,
      number: `20-${String(order).padStart(4, '0')}`,
      date: civil(today),
      from: civil(from),
      until: civil(until),
      lessons: lessonsFrom(group, from),
      price: formatMoney(price),
    };
    const suffices = child.available >= share;
    child.available = Math.max(0, child.available - share);
    return suffices ? fields : { ...fields, coPayment: true };
  }

  /** Whether the certificate pays the place in full, so that nothing is asked of the parents. */
  isCovered(place: CoursePlace): boolean {
    return place.child.available >= this.#priceOf(place).share;
  }

  /** A course that begins late costs the part of the module's price that its lessons are of all lessons. */
  #priceOf({ group, from }: CoursePlace): { price: number; share: number } {
    const module = this.#prices.get(group.programme.programmeId);
    if (module === undefined) throw new RangeError(`no price was drawn for ${group.programme.programmeId}`);
    const price = Math.floor((module.price * lessonsFrom(group, from)) / group.lessons.length);
    return { price, share: Math.min(price, module.normativePrice) };
  }
}

/** Enters the conclusion of the contracts about the places: in August, or shortly before a course that begins later. */
export function enterContracts(
  agenda: Agenda,
  random: DemoRandom,
  desk: ContractDesk,
  places: readonly CoursePlace[],
): void {
  const august = workingDays(dayOf('2020-08-17'), dayOf('2020-08-31'));
  for (const place of places) {
    const instant =
      place.from === termFrom
        ? someOfficeInstant(random.pick(august), random)
        : morningInstant(place.from - random.pick([0, 3, 4]), random);
    agenda.enter(instant, (today) => desk.conclude(place, today));
  }
}

/** An instant before the first lesson of the day: a contract is concluded before it is taught under. */
export function morningInstant(day: Day, random: DemoRandom): number {
  return moscowInstant(day, random.between(9 * 3600, 12 * 3600));
}
