import type { Ledger, RowOwner } from '../../src/index.ts';

/** How many owners of each kind are remembered. */
const REMEMBERED = 100_000;
/** How many are asked for at the same time. */
const ASKED_AT_ONCE = 64;

type Kind = 'certificate' | 'contract';
type Question = Promise<RowOwner | undefined>;

/**
 * Whose the certificates and contracts of a command file are: as the ledger says, whose answer never changes once it is
 * there, and as lines before say that are on their way and may be refused.
 */
export class KnownOwners {
  readonly #ledger: Pick<Ledger, 'ownerOf'>;
  readonly #remembered = { certificate: new Map<string, RowOwner>(), contract: new Map<string, RowOwner>() };
  readonly #onTheirWay = { certificate: new Map<string, Set<RowOwner>>(), contract: new Map<string, Set<RowOwner>>() };
  readonly #questions = { certificate: new Map<string, Question>(), contract: new Map<string, Question>() };
  readonly #waiting: (() => void)[] = [];
  #asked = 0;

  constructor(ledger: Pick<Ledger, 'ownerOf'>) {
    this.#ledger = ledger;
  }

  /**
   * Everybody whose a row may be by the time the lines before are done; nobody where it will not be there. Errors: those of
   * the ledger.
   */
  async ownersOf(kind: Kind, id: string): Promise<readonly RowOwner[]> {
    const known = this.#remembered[kind].get(id);
    if (known !== undefined) return [known];
    // Taken at once: what is done by now has been remembered, and what is done later is among these.
    const expected = [...(this.#onTheirWay[kind].get(id) ?? [])];
    const owner = await this.#question(kind, id);
    return owner === undefined ? expected : [owner];
  }

  /** A command is on its way that makes the row, unless it is refused. The answer is to be called when that is known. */
  expect(kind: Kind, id: string, owner: RowOwner): (accepted: boolean) => void {
    const expected = this.#onTheirWay[kind];
    const owners = expected.get(id) ?? new Set();
    expected.set(id, owners.add(owner));
    return (accepted) => {
      owners.delete(owner);
      if (owners.size === 0) expected.delete(id);
      if (accepted) this.#remember(kind, id, owner);
    };
  }

  /** Lines that come together ask about one row once. */
  #question(kind: Kind, id: string): Question {
    const questions = this.#questions[kind];
    const asked = questions.get(id);
    if (asked !== undefined) return asked;
    const question = this.#ask(kind, id).finally(() => questions.delete(id));
    questions.set(id, question);
    return question;
  }

  async #ask(kind: Kind, id: string): Promise<RowOwner | undefined> {
    if (this.#asked === ASKED_AT_ONCE) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#asked += 1;
    try {
      const owner = await this.#ledger.ownerOf(kind, id);
      if (owner !== undefined) this.#remember(kind, id, owner);
      return owner;
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#asked -= 1;
      else next();
    }
  }

  #remember(kind: Kind, id: string, owner: RowOwner): void {
    const remembered = this.#remembered[kind];
    const [oldest] = remembered.keys();
    if (remembered.size >= REMEMBERED && oldest !== undefined) remembered.delete(oldest);
    remembered.set(id, owner);
  }
}
