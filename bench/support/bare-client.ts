import type { Credentials } from '@eventstore/db-client';
import { EventStoreDBClient, START, streamNameFilter } from '@eventstore/db-client';
import type { RecordedAppend } from './recorded-appends.ts';

/** The vendor's client by itself: what the ledger is measured against. */
export class BareClient {
  readonly #client: EventStoreDBClient;
  readonly #credentials: Credentials | undefined;
  readonly #streams = new Map<string, Promise<unknown>>();

  /** With credentials each append is a call by itself, as the ledger's are; without, the client sends them in one batch. */
  constructor(address: string, credentials?: Credentials) {
    this.#client = EventStoreDBClient.connectionString(address);
    this.#credentials = credentials;
  }

  /**
   * Appends what commands had appended to a ledger, to streams of another name: of each command in its order, so many
   * commands at a time. An append waits for the one before it on its stream, on whose revision it rests. Answers the seconds.
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
    const before = this.#streams.get(name);
    const options = { expectedRevision: expected, requiresLeader: true, ...this.#withCredentials() };
    const appended = (async () => {
      await before;
      await this.#client.appendToStream(name, events, options);
    })();
    this.#streams.set(name, appended);
    await appended;
  }

  #withCredentials(): { readonly credentials?: Credentials } {
    return this.#credentials === undefined ? {} : { credentials: this.#credentials };
  }
}

function waves(appends: readonly RecordedAppend[]): readonly (readonly RecordedAppend[])[] {
  return [...Map.groupBy(appends, ({ wave }) => wave).entries()].sort(([a], [b]) => a - b).map(([, wave]) => wave);
}
