import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BillingQuestions } from '../../projections/billing-questions.ts';
import { ReadModels } from '../../projections/read-models.ts';
import type { Category } from '../../src/application/categories.ts';
import { certificates, reservations } from '../../src/application/categories.ts';
import { CommandHandler } from '../../src/application/command-handler.ts';
import { Snapshots } from '../../src/application/snapshots.ts';
import { StreamCache } from '../../src/application/stream-cache.ts';
import { wrongSnapshots } from '../../src/application/verify-snapshots.ts';
import type { CertificateEvent } from '../../src/domain/certificate/events.ts';
import type { CertificateState } from '../../src/domain/certificate/state.ts';
import type { LedgerEvent } from '../../src/events/catalogue.ts';
import { decodeEvent } from '../../src/events/codec.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { LedgerError } from '../../src/kernel/errors.ts';
import type { Snapshot, SnapshotStore } from '../../src/store/event-store.ts';
import { NO_STREAM } from '../../src/store/event-store.ts';
import { MemoryEventStore } from '../../src/store/memory/memory-event-store.ts';
import { commandSequence } from '../support/arbitraries/commands.ts';

const STREAM = 'certificate-0042';
const LESSONS = 600;

/** A store in memory that also has a place for snapshots, and tells from where streams were read. */
class StoreWithSnapshots extends MemoryEventStore {
  readonly kept = new Map<string, Snapshot>();
  override readonly snapshots: SnapshotStore = {
    find: async (stream) => this.kept.get(stream),
    put: (snapshot) => void this.kept.set(snapshot.stream, snapshot),
    all: async () => [...this.kept.values()],
  };
  readonly readFrom: number[] = [];

  override read(stream: string, options: { readonly from?: number; readonly limit?: number } = {}) {
    this.readFrom.push(options.from ?? 0);
    return super.read(stream, options);
  }
}

describe('when a stream of random commands is folded on from a snapshot', () => {
  test('its state is that of the whole stream, wherever it was cut', async () => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(commandSequence, fc.nat({ max: 1_000_000 }), async (commands, where) => {
        for (const [stream, events] of await streamsOf(commands)) {
          if (stream.startsWith('certificate-')) checkCut(certificates as never, events, where % events.length);
          else if (/^(groupPlaces|agreementShares|invoiceNumbers|contract)/.test(stream)) {
            checkCut(reservations as never, events, where % events.length);
          } else continue;
          compared += 1;
        }
      }),
      { numRuns: 40, seed: 20200901, endOnFailure: false },
    );
    expect(compared).toBeGreaterThan(200);
  }, 60_000);
});

describe('when a stream has grown long', () => {
  test('whoever comes to it later begins with a snapshot and reads only what came since', async () => {
    const store = await storeWithLongStream();
    const { revision } = store.kept.get(STREAM) ?? { revision: NO_STREAM };
    expect(revision).toBeGreaterThan(LESSONS / 2);
    store.readFrom.length = 0;
    const loaded = await new StreamCache(store).load(certificates, STREAM);
    expect(Math.min(...store.readFrom)).toBe(revision);
    expect(loaded).toEqual(await new StreamCache(store).loadWhole(certificates, STREAM));
  });

  test('whoever had to fold much of it leaves a snapshot for the next', async () => {
    const store = await storeWithLongStream();
    store.kept.clear();
    await new StreamCache(store).load(certificates, STREAM);
    expect(store.kept.get(STREAM)?.revision).toBe((await store.head(STREAM))?.revision);
  });

  test.each<[string, (good: Snapshot) => Snapshot]>([
    ['an altered text', (good) => ({ ...good, state: spoilt(good) })],
    ['a torn text', (good) => ({ ...good, state: good.state.slice(0, -20) })],
    ['another stream', (good) => ({ ...good, stream: 'certificate-other' })],
    ['a revision the stream has not reached', (good) => ({ ...good, revision: 10_000 })],
  ])('a snapshot with %s is ignored', async (_, change) => {
    const store = await storeWithLongStream();
    const good = store.kept.get(STREAM) as Snapshot;
    store.kept.set(STREAM, change(good));
    expect((await new StreamCache(store).load(certificates, STREAM)).state).toEqual(await wholeState(store));
  });

  test('a snapshot in the form of another version is ignored', async () => {
    const store = await storeWithLongStream();
    store.kept.clear();
    const older = { version: 'certificate 0', write: () => ({}), read: () => certificates.initial() };
    await new StreamCache(store).load({ ...certificates, snapshot: older }, STREAM);
    expect(store.kept.get(STREAM)?.version).toBe('certificate 0');
    expect((await new StreamCache(store).load(certificates, STREAM)).state).toEqual(await wholeState(store));
  });

  test('a snapshot of another history, whole in itself, is ignored', async () => {
    const store = await storeWithLongStream();
    const other = await storeWithLongStream({ nominal: 700_000 });
    store.kept.set(STREAM, other.kept.get(STREAM) as Snapshot);
    const { state } = await new StreamCache(store).load(certificates, STREAM);
    expect(state.periods.get('2020')?.nominal).toBe(600_000);
    expect(state).toEqual(await wholeState(store));
  });
});

describe('when the process ends', () => {
  test('it leaves snapshots of what it would take the next one long to fold, and of nothing else', async () => {
    const { store, streams } = await storeWithStreams([40, 20, 29]);
    streams.keepSnapshots();
    expect([...store.kept.keys()]).toEqual(['certificate-0']);
    expect(await wrongSnapshots(store)).toEqual([]);
    store.readFrom.length = 0;
    await new StreamCache(store).load(certificates, 'certificate-0');
    expect(store.readFrom).toEqual([(await store.head('certificate-0'))?.revision]);
  });

  test('not of what has a snapshot that is nearly as new', async () => {
    const { store, streams } = await storeWithStreams([40]);
    streams.keepSnapshots();
    store.kept.clear();
    streams.keepSnapshots();
    expect(store.kept.size).toBe(0);
  });

  test('where that is too much, it leaves those that have most to be folded', async () => {
    const { store, streams } = await storeWithStreams([50, 70, 40, 60]);
    streams.keepSnapshots(160);
    expect([...store.kept.keys()].sort()).toEqual(['certificate-1', 'certificate-3']);
  });
});

test('a planted snapshot, whole in itself and with its digest, is found by the check of snapshots', async () => {
  const store = await storeWithLongStream();
  expect(await wrongSnapshots(store)).toEqual([]);
  const loaded = await new StreamCache(store).loadWhole(certificates, STREAM);
  const period = loaded.state.periods.get('2020');
  if (period !== undefined) period.available += 1;
  new Snapshots(store).keep(certificates, loaded);
  expect(await wrongSnapshots(store)).toEqual([
    `the snapshot of stream ${STREAM} at revision ${loaded.revision} is not what its events come to`,
  ]);
});

/** A text of which the reader could make a state, but another one. */
function spoilt({ state }: Snapshot): string {
  return state.replace('"nominal":600000', '"nominal":900000');
}

async function wholeState(store: MemoryEventStore): Promise<CertificateState> {
  return (await new StreamCache(store).loadWhole(certificates, STREAM)).state;
}

async function storeWithLongStream({ nominal = 600_000 } = {}): Promise<StoreWithSnapshots> {
  const store = new StoreWithSnapshots();
  await appendLessons(new StreamCache(store), STREAM, { lessons: LESSONS, nominal });
  return store;
}

/** A certificate with so many lessons for each number, and the streams in memory. */
async function storeWithStreams(lessons: readonly number[]) {
  const store = new StoreWithSnapshots();
  const streams = new StreamCache(store);
  for (const [index, count] of lessons.entries()) {
    await appendLessons(streams, `certificate-${index}`, { lessons: count, nominal: 600_000 });
  }
  return { store, streams };
}

async function appendLessons(
  streams: StreamCache,
  stream: string,
  { lessons, nominal }: { readonly lessons: number; readonly nominal: number },
): Promise<void> {
  const append = async (...events: CertificateEvent[]) => {
    const loaded = await streams.load(certificates, stream);
    await streams.append(certificates, loaded, events, () => ({ recordedAt: '2020-09-01T00:00:00Z', commandId: 'c' }));
  };
  const period = { periodId: '2020', from: '2020-01-01', until: '2020-12-31' };
  await append({ type: 'NominalToppedUp', effectiveOn: '2020-01-10', ...period, amount: nominal });
  await append({
    type: 'CourseBlocked',
    effectiveOn: '2020-08-20',
    contractId: 'c1',
    payerId: 'uo',
    periodId: '2020',
    providerId: 'p',
    programmeId: 'pr',
    moduleId: 'm',
    agreementId: 'a',
    number: '1',
    date: '2020-08-20',
    from: '2020-09-01',
    until: '2020-12-31',
    lessons: LESSONS,
    price: 600_000,
    share: 600_000,
    parentShare: 0,
  });
  for (let lesson = 0; lesson < lessons; lesson += 1) {
    const lessonId = `lesson-${lesson}`;
    const charge = { effectiveOn: '2020-09-01', contractId: 'c1', lessonId, amount: 1_000 } as const;
    await append({ type: 'LessonCharged', ...charge, status: 'attended' });
  }
}

async function streamsOf(commands: readonly Record<string, unknown>[]): Promise<Map<string, LedgerEvent[]>> {
  const store = new MemoryEventStore();
  const models = new ReadModels(store, ':memory:');
  const handler = await CommandHandler.open(store, systemClock, new BillingQuestions(models));
  for (const { at, ...command } of commands) {
    await handler.execute(command, { at: String(at), durable: false }).catch(refuseUnlessRefusal);
  }
  models.close();
  const streams = new Map<string, LedgerEvent[]>();
  for await (const { stream } of store.heads()) streams.set(stream, (await store.read(stream)).map(decodeEvent));
  return streams;
}

function refuseUnlessRefusal(error: unknown): void {
  if (!(error instanceof LedgerError)) throw error;
}

function checkCut(category: Category<object, LedgerEvent>, events: readonly LedgerEvent[], cut: number): void {
  const { snapshot, trim = (state: object) => state } = category;
  if (snapshot === undefined) throw new Error('the category has no form for snapshots');
  const fold = (state: object, part: readonly LedgerEvent[]) => trim(part.reduce(category.evolve, state));
  const written = JSON.stringify(snapshot.write(fold(category.initial(), events.slice(0, cut))));
  expect(fold(snapshot.read(JSON.parse(written)), events.slice(cut))).toStrictEqual(fold(category.initial(), events));
}
