import { type CivilDate, civilDateIn, type Instant } from './calendar.ts';
import type { Fact, FactBody, FactOf, FactType } from './facts.ts';

export const DEFAULT_ZONE = 'Europe/Moscow';

/** A rule is broken; the command changes nothing. */
export class Refusal extends Error {
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

/** The list of facts, with three indexes that only save time, and the clock of the command at hand. */
export class World {
  readonly facts: Fact[] = [];
  now: Instant = 0n;
  readonly #byType = new Map<string, Fact[]>();
  readonly #byCertificate = new Map<string, Fact[]>();
  readonly #byContract = new Map<string, Fact[]>();

  record(body: FactBody): void {
    const fact: Fact = { ...body, position: this.facts.length, recordedAt: this.now };
    this.facts.push(fact);
    append(this.#byType, fact.type, fact);
    if ('certificateId' in fact) append(this.#byCertificate, fact.certificateId, fact);
    if ('contractId' in fact) append(this.#byContract, fact.contractId, fact);
  }

  all<T extends FactType>(type: T): FactOf<T>[] {
    return (this.#byType.get(type) ?? []) as FactOf<T>[];
  }

  ofCertificate<T extends FactType>(certificateId: string, type: T): FactOf<T>[] {
    return ofType(this.#byCertificate.get(certificateId) ?? [], type);
  }

  ofContract<T extends FactType>(contractId: string, type: T): FactOf<T>[] {
    return ofType(this.#byContract.get(contractId) ?? [], type);
  }

  everythingOf(certificateId: string): readonly Fact[] {
    return this.#byCertificate.get(certificateId) ?? [];
  }

  today(zone: string): CivilDate {
    return civilDateIn(zone, this.now);
  }
}

function append(index: Map<string, Fact[]>, key: string, fact: Fact): void {
  const facts = index.get(key);
  if (facts) facts.push(fact);
  else index.set(key, [fact]);
}

export function ofType<T extends FactType>(facts: readonly Fact[], type: T): FactOf<T>[] {
  return facts.filter((fact): fact is FactOf<T> => fact.type === type);
}

export function refuseIf(broken: boolean, code: string): void {
  if (broken) throw new Refusal(code);
}

export function found<T>(value: T | undefined, noun: string): T {
  if (value === undefined) throw new Refusal(`${noun}.not_found`);
  return value;
}

/** The last check of every command: what cannot have happened yet. */
export function refuseFuture(world: World, zone: string, date: CivilDate): void {
  refuseIf(date > world.today(zone), 'date.in_future');
}
