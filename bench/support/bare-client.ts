import type { Credentials } from '@eventstore/db-client';
import { EventStoreDBClient, START, streamNameFilter } from '@eventstore/db-client';
import type { RecordedAppend } from './recorded-appends.ts';

/** How many events a stream has, and who waits until it has as many as his append rests on. */
interface Stream {
  events: number;
  readonly waiting: Map<number, () => void>;
}

/** The vendor's client by itself: what the ledger is measured against. */
export class BareClient {
  readonly #client: EventStoreDBClient;
  readonly #credentials: Credentials | undefined;
  readonly #streams = new Map<string, Stream>();

  /** With credentials each append is a call by itself, as the ledger's are; without, the client sends them in one batch. */
  constructor(address: string, credentials?: Credentials) {
    this.#client = EventStoreDBClient.connectionString(address);
    this.#credentials = credentials;
  }

  /**
   * Appends what commands had appended to a ledger, to streams of another name: of each command in its order, so many
   * commands at a time. An append waits for the one before it on its stream, on whose revision it rests, whichever command's that is. Answers the seconds.
   */
  async replay(commands: readonly (readonly RecordedAppend[])[], prefix: string, inFlight: number): Promise<number> {
    let next = 0;
    const started = performance.now();
    const sender = async () => {
      for (let appends = commands[next++]; appends !== undefined; appends = commands[next++]) {
        for (const wave of waves(appends)) await Promise.all(wave.map((append) => this.#append(append, prefix)));
      }
    };
    await Promise.all(Array.from({ length: inFlight }, sender));
    return (performance.now() - started) / 1000;
  }

  /** Subscribes to `$all` from its beginning, for the streams whose names match, until so many have come. */
  async receive(regex: string, events: number): Promise<number> {
    const started = performance.now();
    const subscription = this.#client.subscribeToAll({ fromPosition: START, filter: streamNameFilter({ regex }) });
    let received = 0;
    for await (const { event } of subscription) {
      if (event !== undefined) received += 1;
      if (received === events) break;
    }
    const seconds = (performance.now() - started) / 1000;
    await subscription.unsubscribe();
    return seconds;
  }

  async close(): Promise<void> {
    await this.#client.dispose();
  }

  async #append({ stream, expected, events }: RecordedAppend, prefix: string): Promise<void> {
    const name = prefix + stream.slice(stream.indexOf('.') + 1);
    const written: Stream = this.#streams.get(name) ?? { events: 0, waiting: new Map() };
    this.#streams.set(name, written);
    const before = typeof expected === 'bigint' ? Number(expected) + 1 : 0;
    if (written.events !== before) await new Promise<void>((resolve) => written.waiting.set(before, resolve));
    const options = { expectedRevision: expected, requiresLeader: true, ...this.#withCredentials() };
    await this.#client.appendToStream(name, events, options);
    written.events = before + events.length;
    written.waiting.get(written.events)?.();
    written.waiting.delete(written.events);
  }

  #withCredentials(): { readonly credentials?: Credentials } {
    return this.#credentials === undefined ? {} : { credentials: this.#credentials };
  }
}

function waves(appends: readonly RecordedAppend[]): readonly (readonly RecordedAppend[])[] {
  return [...Map.groupBy(appends, ({ wave }) => wave).entries()].sort(([a], [b]) => a - b).map(([, wave]) => wave);
}
