/**
 * Lets the commands of this process that count or reserve in the same place go one after another. A reservation whose
 * contract or top-up is not in the log yet would otherwise look like one that an interruption has left behind.
 */
export class Turns {
  readonly #last = new Map<string, Promise<void>>();

  /** Runs the work when everybody who asked for one of the places before has finished. */
  async take<Answer>(places: readonly string[], work: () => Promise<Answer>): Promise<Answer> {
    const before = places.map((place) => this.#last.get(place));
    const turn = Promise.withResolvers<void>();
    // All places are asked for at once, so that two commands can never wait for each other.
    for (const place of places) this.#last.set(place, turn.promise);
    await Promise.all(before);
    try {
      return await work();
    } finally {
      turn.resolve();
      for (const place of places) if (this.#last.get(place) === turn.promise) this.#last.delete(place);
    }
  }
}
