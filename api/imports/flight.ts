/**
 * What work on its way has to itself. Those who hold a place `as` the same may hold it at the same time; without it a
 * place is held alone.
 */
export interface Place {
  readonly name: string;
  readonly as?: string;
}

/** Something to be done. */
export interface Work<Answer> {
  /** What it takes in memory until its answer is given out, in characters. */
  readonly size: number;
  /** Found out while work sent before is on its way. */
  readonly places: Promise<readonly Place[]> | readonly Place[];
  readonly run: () => Promise<Answer>;
}

/** How much goes at the same time. */
export interface FlightOptions<Answer> {
  /** So many pieces of work run at the same time. */
  readonly atOnce: number;
  /** Takes the answers in the order in which the work was sent. */
  readonly answered: (answer: Answer) => void;
}

/** So many times as much as runs may wait for a place or for its turn to be answered. */
const WAITING_PER_RUNNING = 8;
/** Characters of everything sent and not answered; a single piece of work may be larger. */
const LARGEST_LOAD = 8 * 1024 * 1024;

interface Sent<Answer> {
  readonly work: Work<Answer>;
  /** How many others it waits for. */
  waitsFor: number;
  readonly waiting: Sent<Answer>[];
  done: { readonly answer: Answer } | undefined;
}

/** Those who hold a place, and those whom they had to wait for. */
interface Holders<Answer> {
  readonly as: string | undefined;
  readonly now: Set<Sent<Answer>>;
  readonly before: Set<Sent<Answer>>;
}

/**
 * Work on its way at the same time: what shares a place goes in the order in which it was sent, everything else as it
 * comes, and the answers are given out in the order of sending. Once something has failed nothing more is begun.
 */
export class Flight<Answer> {
  readonly #options: FlightOptions<Answer>;
  readonly #places = new Map<string, Holders<Answer>>();
  /** Everything whose answer has not been given out, in the order of sending. */
  readonly #unanswered: Sent<Answer>[] = [];
  readonly #ready: Sent<Answer>[] = [];
  #load = 0;
  #running = 0;
  #failure: { readonly error: unknown } | undefined;
  #placing: Promise<void> = Promise.resolve();
  #news = Promise.withResolvers<void>();

  constructor(options: FlightOptions<Answer>) {
    this.#options = options;
  }

  /** Waits until as much of what was sent has been answered that there is room for more. Errors: what work has failed with. */
  async room(size: number): Promise<void> {
    const most = this.#options.atOnce * (1 + WAITING_PER_RUNNING);
    while (this.#unanswered.length >= most || (this.#load > 0 && this.#load + size > LARGEST_LOAD)) {
      this.#throwFailure();
      await this.#news.promise;
    }
    this.#throwFailure();
  }

  /** Sends work on its way. */
  send(work: Work<Answer>): void {
    const sent: Sent<Answer> = { work, waitsFor: 0, waiting: [], done: undefined };
    this.#unanswered.push(sent);
    this.#load += work.size;
    // Places are taken in the order of sending, whichever are found out first.
    this.#placing = this.#place(sent, this.#placing);
  }

  /** Waits until everything sent has been answered. Errors: what work has failed with, when nothing runs any more. */
  async landed(): Promise<void> {
    while (this.#failure === undefined ? this.#unanswered.length > 0 : this.#running > 0) await this.#news.promise;
    this.#throwFailure();
  }

  async #place(sent: Sent<Answer>, before: Promise<void>): Promise<void> {
    try {
      const places = await sent.work.places;
      await before;
      for (const place of oncePerName(places)) this.#take(place, sent);
      if (sent.waitsFor === 0) this.#ready.push(sent);
      this.#startReady();
    } catch (error) {
      this.#fail(error);
    }
  }

  #take({ name, as }: Place, sent: Sent<Answer>): void {
    const held = this.#places.get(name);
    if (held !== undefined && as !== undefined && held.as === as) {
      held.now.add(sent);
      waitFor(held.before, sent);
      return;
    }
    const before = held?.now ?? new Set();
    this.#places.set(name, { as, now: new Set([sent]), before });
    waitFor(before, sent);
  }

  #startReady(): void {
    while (this.#failure === undefined && this.#running < this.#options.atOnce) {
      const sent = this.#ready.shift();
      if (sent === undefined) return;
      this.#running += 1;
      void this.#run(sent);
    }
  }

  async #run(sent: Sent<Answer>): Promise<void> {
    try {
      sent.done = { answer: await sent.work.run() };
      await this.#leave(sent);
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#running -= 1;
      this.#giveOut();
      this.#startReady();
      this.#tellNews();
    }
  }

  async #leave(sent: Sent<Answer>): Promise<void> {
    for (const { name } of await sent.work.places) {
      const held = this.#places.get(name);
      held?.now.delete(sent);
      held?.before.delete(sent);
      if (held?.now.size === 0) this.#places.delete(name);
    }
    for (const other of sent.waiting) {
      other.waitsFor -= 1;
      if (other.waitsFor === 0) this.#ready.push(other);
    }
  }

  #giveOut(): void {
    for (let [first] = this.#unanswered; first?.done !== undefined; [first] = this.#unanswered) {
      this.#unanswered.shift();
      this.#load -= first.work.size;
      this.#options.answered(first.done.answer);
    }
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#tellNews();
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  #tellNews(): void {
    this.#news.resolve();
    this.#news = Promise.withResolvers();
  }
}

function waitFor<Answer>(others: Iterable<Sent<Answer>>, sent: Sent<Answer>): void {
  for (const other of others) {
    other.waiting.push(sent);
    sent.waitsFor += 1;
  }
}

/** What holds one place in two ways holds it alone. */
function oncePerName(places: readonly Place[]): Iterable<Place> {
  const byName = new Map<string, Place>();
  for (const place of places) {
    const { name, as } = byName.get(place.name) ?? place;
    byName.set(name, as === place.as ? place : { name });
  }
  return byName.values();
}
