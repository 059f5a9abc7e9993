import { AsyncLocalStorage } from 'node:async_hooks';
import type { AppendExpectedRevision, EventData } from '@eventstore/db-client';
import { EventStoreDBClient } from '@eventstore/db-client';
import { NO_STREAM } from '../../src/store/event-store.ts';
import { toServer } from '../../src/store/kurrentdb/event-form.ts';
import { Streams } from '../../src/store/kurrentdb/streams.ts';

/** One append as it went to the server, and was accepted. */
export interface RecordedAppend {
  readonly stream: string;
  readonly expected: AppendExpectedRevision;
  readonly events: EventData[];
  /** Appends of a command with the same number were on their way at the same time. */
  readonly wave: number;
}

interface Sender {
  readonly appends: RecordedAppend[];
  onTheirWay: number;
  wave: number;
}

/** What the ledger has appended, a list for each command, in the order in which the commands were sent. */
export class RecordedAppends {
  readonly #senders = new AsyncLocalStorage<Sender>();
  /** Appends that the server did not take, since somebody had been faster. */
  refused = 0;
  /** How many times commands have read from the server. */
  questions = 0;

  /** From now on every append of every ledger and every read of every client of the process is seen. */
  constructor() {
    this.#countQuestions();
    const { prototype } = Streams;
    const { append } = prototype;
    const recorder = this;
    prototype.append = async function (this: Streams, name, stream, expected, events) {
      const written = recorder.#begin(
        name,
        events.map(toServer),
        expected === NO_STREAM ? 'no_stream' : BigInt(expected),
      );
      let accepted = false;
      try {
        const position = await append.call(this, name, stream, expected, events);
        accepted = true;
        return position;
      } finally {
        written(accepted);
      }
    };
  }

  /** Runs the work of one command and answers what it appended, however deep below. */
  async of(work: () => Promise<unknown>): Promise<readonly RecordedAppend[]> {
    const sender: Sender = { appends: [], onTheirWay: 0, wave: 0 };
    await this.#senders.run(sender, work);
    return sender.appends;
  }

  #countQuestions(): void {
    const { prototype } = EventStoreDBClient;
    const { readStream, readAll } = prototype;
    const ask = () => {
      if (this.#senders.getStore() !== undefined) this.questions += 1;
    };
    prototype.readStream = function (this: EventStoreDBClient, ...asked: Parameters<typeof readStream>) {
      ask();
      return readStream.apply(this, asked);
    } as typeof readStream;
    prototype.readAll = function (this: EventStoreDBClient, ...asked: Parameters<typeof readAll>) {
      ask();
      return readAll.apply(this, asked);
    } as typeof readAll;
  }

  #begin(stream: string, events: EventData[], expected: AppendExpectedRevision): (accepted: boolean) => void {
    const sender = this.#senders.getStore();
    if (sender === undefined) return () => undefined;
    if (sender.onTheirWay === 0) sender.wave += 1;
    sender.onTheirWay += 1;
    const { wave } = sender;
    return (accepted) => {
      sender.onTheirWay -= 1;
      if (accepted) sender.appends.push({ stream, expected, events, wave });
      else this.refused += 1;
    };
  }
}
