import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { BinaryEventData } from '@eventstore/db-client';
import { EventStoreDBClient, NO_STREAM } from '@eventstore/db-client';
import type { StoredEvent } from '../src/events/envelope.ts';
import { copyLedger } from '../src/index.ts';
import { toServer } from '../src/store/kurrentdb/event-form.ts';
import { SqliteEventStore } from '../src/store/sqlite/sqlite-event-store.ts';
import { growLog } from './support/grown-log.ts';
import { printRounds } from './support/report.ts';
import { inFolder } from './support/workshop.ts';

const CONTRACTS = 3_000;
const GOAL = 0.6;
const BATCH = 1_000;
const BATCHES_AT_ONCE = 4;
const STREAMS_AT_ONCE = 64;

/**
 * `copy` of a ledger into a server and back, against the bare client that appends the same bytes to the same server: stream
 * by stream in the server's batches, as whoever keeps streams has to, and, for comparison, a thousand events at once to
 * streams that are no ledger's. A server's log is read as a whole, so it should be one that holds nothing else.
 */
export async function run([contracts = String(CONTRACTS), rounds = '1']: readonly string[]): Promise<void> {
  const address = process.env.KURRENTDB_URL;
  if (address === undefined) {
    process.stdout.write('not measured: KURRENTDB_URL names no EventStoreDB or KurrentDB server\n');
    return;
  }
  await inFolder(async (folder) => {
    const file = join(folder, 'ledger.db');
    await growLog(file, { contracts: Number(contracts), providers: 20, months: 4, lessonsPerMonth: 6 });
    const events = await eventsOf(file);
    const rates = { there: [] as number[], whole: [] as number[], back: [] as number[] };
    const bare = { batches: [] as number[], streams: [] as number[] };
    const streams = Map.groupBy(events, ({ stream }) => stream);
    for (let round = 0; round < Number(rounds); round += 1) {
      const server = `${address}${address.includes('?') ? '&' : '?'}ledger=bench-${randomUUID()}`;
      const there = await copied(`sqlite:${file}`, server);
      rates.there.push(events.length / there.copying);
      rates.whole.push(events.length / there.whole);
      const back = await copied(server, `sqlite:${join(folder, `back-${round}.db`)}`);
      rates.back.push(events.length / back.copying);
      bare.batches.push(await bareAppends(address, inBatches(events), events.length, BATCHES_AT_ONCE));
      bare.streams.push(await bareAppends(address, streams.values(), events.length, STREAMS_AT_ONCE));
    }
    // An append to a server takes one stream, so this is what a client by itself can reach with these events.
    const byStream = { name: 'bare, an append a stream', rates: bare.streams };
    const whole = { name: `bare, ${BATCH} events an append`, rates: bare.batches };
    const raw = [{ ...byStream, goal: GOAL }, whole];
    const what = `${events.length.toLocaleString('en')} events of ${streams.size.toLocaleString('en')} streams`;
    printRounds(`${what} into the server, without the comparison`, { ours: rates.there, raw });
    printRounds('the same with the comparison', { ours: rates.whole, raw: [byStream, whole] });
    printRounds('back into a file, without the comparison', { ours: rates.back, raw: [byStream, whole] });
  });
}

/** Seconds until everything was appended, and until the two were compared as well. */
async function copied(from: string, to: string): Promise<{ readonly copying: number; readonly whole: number }> {
  const started = performance.now();
  let appended = 0;
  const progress = (phase: string) => {
    if (phase === 'copy') appended = performance.now();
  };
  const { ok, differences } = await copyLedger({ from, to, progress });
  if (!ok) throw new Error(differences.join('\n'));
  return { copying: (appended - started) / 1000, whole: (performance.now() - started) / 1000 };
}

/** Answers events per second of a client that appends each group to a new stream. */
async function bareAppends(
  address: string,
  groups: Iterable<readonly StoredEvent[]>,
  count: number,
  atOnce: number,
): Promise<number> {
  const client = EventStoreDBClient.connectionString(address);
  const waiting = Array.from(groups, (events) => events.map(toServer)).values();
  // The first append connects and asks what the server can do.
  await client.appendToStream(`bare-${randomUUID()}`, toServers(1), { expectedRevision: NO_STREAM });
  const started = performance.now();
  const work = async (left: Iterator<BinaryEventData[]>) => {
    for (let next = left.next(); !next.done; next = left.next()) {
      await client.appendToStream(`bare-${randomUUID()}`, next.value, { expectedRevision: NO_STREAM });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, () => work(waiting)));
  const rate = (count / (performance.now() - started)) * 1000;
  await client.dispose();
  return rate;
}

function toServers(count: number): BinaryEventData[] {
  const event = { type: 'Nothing', metadata: '{}', data: '{}', hash: '' };
  return Array.from({ length: count }, () => toServer({ id: randomUUID(), ...event }));
}

function* inBatches(events: readonly StoredEvent[]): Iterable<readonly StoredEvent[]> {
  for (let from = 0; from < events.length; from += BATCH) yield events.slice(from, from + BATCH);
}

async function eventsOf(file: string): Promise<readonly StoredEvent[]> {
  const store = new SqliteEventStore(file, { readOnly: true });
  const { events } = await store.readAll({ limit: -1 });
  await store.close();
  return events;
}
