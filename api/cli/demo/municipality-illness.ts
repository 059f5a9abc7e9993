import { type Agenda, someOfficeInstant } from './agenda.ts';
import { civil, type Day, dayOf } from './calendar.ts';
import type { FundedChild } from './municipality-certificates.ts';
import type { DemoRandom } from './random.ts';

interface Illness {
  readonly from: Day;
  /** The first day of health. */
  readonly until: Day;
}

/** Who is away for long, and when. At most one illness a child, so that no two freezes can overlap. */
export class IllnessPlan {
  readonly #illnesses: ReadonlyMap<FundedChild, Illness>;

  constructor(illnesses: ReadonlyMap<FundedChild, Illness>) {
    this.#illnesses = illnesses;
  }

  has(child: FundedChild): boolean {
    return this.#illnesses.has(child);
  }

  isIll(child: FundedChild, day: Day): boolean {
    const illness = this.#illnesses.get(child);
    return illness !== undefined && illness.from <= day && day < illness.until;
  }
}

const firstDay = dayOf('2020-09-07');
const lastDay = dayOf('2020-11-27');

/** Enters the freezes of the children, each in one of the three ways in which the payer learns of an absence. */
export function enterIllnesses(agenda: Agenda, random: DemoRandom, children: readonly FundedChild[]): IllnessPlan {
  const illnesses = new Map<FundedChild, Illness>();
  for (const [index, child] of children.entries()) {
    const from = random.between(firstDay, lastDay);
    const illness = { from, until: from + random.between(8, 30) };
    illnesses.set(child, illness);
    const document = `справка № ${index + 1} (образец)`;
    if (index % 3 === 0) enterBackDated(agenda, random, child, illness, document);
    else if (index % 3 === 1) enterOpenEnded(agenda, random, child, illness, document);
    else enterForeseen(agenda, random, child, illness, document);
  }
  return new IllnessPlan(illnesses);
}

/** The document comes after the fact: charges made meanwhile are reversed. */
function enterBackDated(agenda: Agenda, random: DemoRandom, child: FundedChild, illness: Illness, document: string) {
  const learned = someOfficeInstant(illness.from + random.between(3, 12), random);
  agenda.enter(learned, () => freeze(child, illness.from, { until: civil(illness.until), document }));
}

/** Nobody knows how long it will take, so the freeze stays open until the child is well again. */
function enterOpenEnded(agenda: Agenda, random: DemoRandom, child: FundedChild, illness: Illness, document: string) {
  const learned = someOfficeInstant(illness.from + random.between(0, 2), random);
  agenda.enter(learned, () => freeze(child, illness.from, { document }));
  const { certificateId } = child;
  agenda.enter(someOfficeInstant(illness.until, random), (today) => {
    return { command: 'unfreezeCertificate', certificateId, on: civil(today) };
  });
}

/** A stay in a sanatorium is known beforehand: its freeze is dated ahead. */
function enterForeseen(agenda: Agenda, random: DemoRandom, child: FundedChild, illness: Illness, document: string) {
  const told = someOfficeInstant(illness.from - random.between(2, 6), random);
  const reason = 'санаторно-курортное лечение';
  agenda.enter(told, () => freeze(child, illness.from, { until: civil(illness.until), document }, reason));
}

function freeze(child: FundedChild, from: Day, rest: { until?: string; document: string }, reason = 'болезнь') {
  return { command: 'freezeCertificate', certificateId: child.certificateId, from: civil(from), reason, ...rest };
}
