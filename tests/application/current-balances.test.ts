import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CurrentBalances } from '../../src/application/current-balances.ts';
import { balanceOf } from '../../src/domain/certificate/balance.ts';
import type { CertificateEvent } from '../../src/domain/certificate/events.ts';
import { certificateStream } from '../../src/domain/certificate/events.ts';
import { CHAIN_START } from '../../src/events/chain.ts';
import { encodeEvent } from '../../src/events/codec.ts';
import type { StoredEvent } from '../../src/events/envelope.ts';
import type { Ledger } from '../../src/index.ts';
import { openLedger } from '../../src/index.ts';
import { townCommands } from '../http/support/town-commands.ts';

const STREAM = certificateStream('0017');
const from = '2026-01-01';
const toppedUp: CertificateEvent = {
  type: 'NominalToppedUp',
  effectiveOn: from,
  periodId: '2026',
  from,
  until: '2026-12-31',
  amount: 1_000_000,
};

function adjusted(nominal: number): CertificateEvent {
  return { type: 'NominalAdjusted', effectiveOn: from, periodId: '2026', nominal, previous: 0, reason: 'r' };
}

/** A stream that can be put in the place of another, as a loss puts it. */
class OneStream {
  #events: StoredEvent[] = [];
  /** From which revision on each question read. */
  readonly asked: number[] = [];

  hold(...events: readonly CertificateEvent[]): void {
    let hash = CHAIN_START;
    this.#events = events.map((event, revision) => {
      const metadata = { recordedAt: '2026-01-01T00:00:00Z', commandId: `c${revision}` };
      const encoded = encodeEvent({ ...event }, metadata, { stream: STREAM, revision: revision - 1, hash });
      hash = encoded.hash;
      return { ...encoded, stream: STREAM, revision, position: String(revision + 1) };
    });
  }

  add(...events: readonly CertificateEvent[]): void {
    const before = this.#events;
    this.hold(...[...before.map(() => toppedUp), ...events]);
    this.#events = [...before, ...this.#events.slice(before.length)];
  }

  async settled(): Promise<void> {}

  async head() {
    return this.#events.at(-1);
  }

  async read(_stream: string, { from: first = 0 }: { readonly from?: number } = {}) {
    this.asked.push(first);
    return this.#events.filter(({ revision }) => revision >= first);
  }
}

function setUp() {
  const stream = new OneStream();
  stream.hold(toppedUp, adjusted(900_000));
  const current = new CurrentBalances(stream);
  return { stream, current, balances: { of: async (id: string) => (await current.of(id)).balance } };
}

describe('the balance of a certificate as of now', () => {
  test('is not read again while nothing has come, and then only from the last event known', async () => {
    const { stream, balances } = setUp();
    expect(await balances.of('0017')).toBe(await balances.of('0017'));
    stream.add(adjusted(800_000));
    expect(await balances.of('0017')).toEqual(balanceOf('0017', [toppedUp, adjusted(900_000), adjusted(800_000)]));
    expect(stream.asked).toEqual([0, 1]);
  });

  test('is folded anew where the last event known is no longer that of the stream', async () => {
    const { stream, balances } = setUp();
    await balances.of('0017');
    for (const others of [[adjusted(700_000)], [adjusted(600_000), adjusted(500_000)]]) {
      stream.hold(toppedUp, ...others);
      expect(await balances.of('0017')).toEqual(balanceOf('0017', [toppedUp, ...others]));
    }
  });

  test('counts every event once, however many ask at once', async () => {
    const { stream, balances } = setUp();
    await balances.of('0017');
    stream.add(adjusted(800_000), adjusted(850_000));
    const expected = balanceOf('0017', [toppedUp, adjusted(800_000), adjusted(850_000)]);
    expect(await Promise.all([balances.of('0017'), balances.of('0017')])).toEqual([expected, expected]);
  });

  test('is the same whether it was asked for after every event or once', async () => {
    const { stream, balances } = setUp();
    const all: CertificateEvent[] = [toppedUp, adjusted(900_000)];
    for (const event of [
      { type: 'CertificateFrozen', effectiveOn: '2026-02-01', reason: 'illness' },
      { type: 'CertificateUnfrozen', effectiveOn: '2026-02-08' },
      { type: 'PeriodClosed', effectiveOn: '2026-12-31', periodId: '2026', amount: 900_000 },
    ] as CertificateEvent[]) {
      all.push(event);
      stream.add(event);
      expect(await balances.of('0017')).toEqual(balanceOf('0017', all));
    }
  });

  test('comes with the revision of the last event in it', async () => {
    const { stream, current } = setUp();
    const read = [await current.of('0017')];
    stream.add(adjusted(800_000), adjusted(850_000));
    read.push(await current.of('0017'));
    expect(read.map(({ revision }) => revision)).toEqual([1, 3]);
  });

  test('cannot be changed for the next who asks', async () => {
    const balance = await setUp().balances.of('0017');
    expect(() => balance.periods.pop()).toThrow(TypeError);
  });

  test('is refused where there is no such certificate', async () => {
    await expect(new CurrentBalances(new OneStream()).of('0017')).rejects.toMatchObject({
      code: 'certificate.not_found',
    });
  });
});

describe('when a balance in a file is asked for without waiting', () => {
  let folder: string;
  let ledger: Ledger;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ledger-balances-'));
    ledger = await openLedger({ store: `sqlite:${join(folder, 'ledger.db')}` });
    for (const [number, command] of [...townCommands()].entries()) {
      await ledger.executeUnknown({ ...command, id: `town-${number}` });
    }
  });

  afterEach(async () => {
    await ledger.close();
    rmSync(folder, { recursive: true });
  });

  test('it is at hand once it was folded', async () => {
    expect(ledger.currentBalanceAtHand('0000000001')).toBeUndefined();
    const folded = await ledger.currentBalance('0000000001');
    expect(ledger.currentBalanceAtHand('0000000001')).toBe(folded);
  });

  test('it is not while anything is not durable yet, be it of another certificate', async () => {
    await ledger.currentBalance('0000000001');
    const done = ledger.execute(lessonOf('c-2'));
    const meanwhile = ledger.currentBalanceAtHand('0000000001');
    await done;
    expect(meanwhile).toBeUndefined();
    expect(ledger.currentBalanceAtHand('0000000001')).toBeDefined();
  });

  test('it is not when a lesson has come since', async () => {
    await ledger.currentBalance('0000000001');
    await ledger.execute(lessonOf('c-1'));
    expect(ledger.currentBalanceAtHand('0000000001')).toBeUndefined();
  });

  test('it is not once the ledger is closed', async () => {
    await ledger.currentBalance('0000000001');
    await ledger.close();
    expect(ledger.currentBalanceAtHand('0000000001')).toBeUndefined();
  });
});

function lessonOf(contractId: string) {
  const attendance = [{ contractId, status: 'attended' as const }];
  return { command: 'recordLesson', id: 'third', lessonId: 'third', date: '2026-02-10', attendance } as const;
}

test('a balance asked for again after a lesson has the lesson in it', async () => {
  const ledger = await openLedger({ store: 'memory:' });
  let sent = 0;
  for (const command of townCommands()) {
    sent += 1;
    await ledger.executeUnknown({ ...command, id: `town-${sent}` });
  }
  const charged = async () => (await ledger.balance('0000000001')).periods[0]?.charged;
  // Of 6000.00 for 36 lessons two are 333.33 and three 500.00 (SPEC section 5).
  expect([await charged(), await charged()]).toEqual(['333.33', '333.33']);
  await ledger.execute(lessonOf('c-1'));
  expect(await charged()).toBe('500.00');
  await ledger.close();
});
