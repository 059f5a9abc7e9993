import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ImportLedger, ImportOptions } from '../../api/imports/import-run.ts';
import { ImportRun } from '../../api/imports/import-run.ts';
import type { CommandResult, ExecuteOptions } from '../../src/index.ts';
import { LedgerError } from '../../src/index.ts';

type Sent = Record<string, unknown> & { readonly id: string };

/** Lets everything happen that need not wait for the test. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 60; turn += 1) await Promise.resolve();
}

/** A ledger that answers a command when the test says so. */
function ledgerByHand(owners: Readonly<Record<string, object>> = {}) {
  const running = new Map<string, PromiseWithResolvers<CommandResult>>();
  const ledger: ImportLedger = {
    commandsAtOnce: 8,
    executeUnknown: (command) => {
      const answer = Promise.withResolvers<CommandResult>();
      running.set((command as Sent).id, answer);
      return answer.promise;
    },
    ownerOf: async (kind, id) => owners[`${kind} ${id}`],
    batch: () => ({ flush: async () => undefined }),
  };
  return {
    ledger,
    running: () => [...running.keys()].join(' '),
    async accept(...ids: readonly string[]) {
      for (const id of ids) {
        running.get(id)?.resolve({ id, replayed: false, events: ['Happened'], outcome: {} });
        running.delete(id);
        await turns();
      }
    },
    async fail(id: string, error: Error) {
      running.get(id)?.reject(error);
      running.delete(id);
      await turns();
    },
  };
}

async function* fileOf(...lines: readonly (object | string)[]): AsyncIterable<string[]> {
  yield lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)));
}

/** An import that has begun, and what it has told so far. */
async function begun(ledger: ImportLedger, lines: readonly (object | string)[], options: Partial<ImportOptions> = {}) {
  let told = '';
  const tell = async (text: string) => {
    told += text;
  };
  const run = new ImportRun(ledger, { tell, ...options });
  const ended = run.run(fileOf(...lines));
  ended.catch(() => undefined);
  await turns();
  const answers = () =>
    told
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as { line: number; ok: boolean; error?: { code: string; message: string } });
  return { run, ended, answers };
}

const on = '2020-09-07';
const lesson = (id: string, ...contractIds: readonly string[]) => ({
  command: 'recordLesson',
  id,
  lessonId: id,
  date: on,
  attendance: contractIds.map((contractId) => ({ contractId, status: 'attended' })),
});
const issue = (id: string, certificateId: string, payerId = 'uo') => ({
  command: 'issueCertificate',
  id,
  certificateId,
  payerId,
  groupId: 'g',
  holderId: 'h',
  birthDate: '2010-01-01',
  issuedOn: '2020-01-01',
});
const topUp = (id: string, certificateId: string, periodId = '2020') => {
  return { command: 'topUpNominal', id, certificateId, periodId };
};
const block = (id: string, contractId: string, certificateId: string, given: object = {}) => ({
  command: 'blockCourse',
  id,
  contractId,
  certificateId,
  providerId: 'club',
  programmeId: 'art',
  moduleId: 'm',
  agreementId: 'a1',
  number: contractId,
  date: on,
  from: on,
  until: '2020-12-20',
  lessons: 4,
  price: '100.00',
  ...given,
});
const release = (id: string, contractId: string) => ({ command: 'releaseBlock', id, contractId, on });
const freeze = (id: string, certificateId: string) => {
  return { command: 'freezeCertificate', id, certificateId, from: on, reason: 'r' };
};
const payer = (id: string) => ({ command: 'registerPayer', id, payerId: id, name: 'n' });
const accept = (id: string, number: string) => ({ command: 'acceptInvoice', id, number, on });

const contract = (certificateId: string, providerId = 'club') => ({ payerId: 'uo', providerId, certificateId });
const owners = {
  'contract k1': contract('01'),
  'contract k2': contract('02'),
  'contract k3': contract('01', 'school'),
  'certificate 01': { payerId: 'uo' },
  'certificate 02': { payerId: 'uo' },
  'certificate 03': { payerId: 'other' },
};

describe('which commands of a file go beside each other', () => {
  test.each([
    ['lessons of two certificates', [lesson('a', 'k1'), lesson('b', 'k2')], 'a b'],
    ['lessons of two contracts of one certificate', [lesson('a', 'k1'), lesson('b', 'k3')], 'a'],
    ['a lesson of many contracts and one of one of them', [lesson('a', 'k1', 'k2'), lesson('b', 'k2')], 'a'],
    ['a lesson and a freeze of its certificate', [lesson('a', 'k1'), freeze('b', '01')], 'a'],
    ['a block and a lesson of its contract', [block('a', 'new', '01'), lesson('b', 'new')], 'a'],
    ['a block and a freeze of its certificate', [block('a', 'new', '01'), freeze('b', '01')], 'a'],
    ['two lines with the same id', [lesson('a', 'k1'), lesson('a', 'k2'), lesson('b', 'k2')], 'a'],
    ['top-ups of two payers', [topUp('a', '01'), topUp('b', '03')], 'a b'],
    ["top-ups that one group's limit may count", [topUp('a', '01'), topUp('b', '02')], 'a'],
    ['top-ups of two periods', [topUp('a', '01'), topUp('b', '02', '2021')], 'a b'],
    ['top-ups of certificates that are being issued', [issue('a', '08'), issue('b', '09'), topUp('c', '08')], 'a b'],
    ['blocks under one agreement', [block('a', 'new', '01'), block('b', 'newer', '02')], 'a'],
    [
      'blocks under two agreements',
      [block('a', 'new', '01'), block('b', 'newer', '02', { agreementId: 'a2', providerId: 'school' })],
      'a b',
    ],
    [
      'blocks with one number',
      [block('a', 'new', '01', { number: '1' }), block('b', 'newer', '02', { agreementId: 'a2', number: '1' })],
      'a',
    ],
    ['a release and a block that may use what it frees', [release('a', 'k1'), block('b', 'new', '02')], 'a'],
    ['a block and a release that may come too late for it', [block('a', 'new', '02'), release('b', 'k1')], 'a'],
    ['two releases', [release('a', 'k1'), release('b', 'k2')], 'a b'],
    ['a release and a block of another provider', [release('a', 'k3'), block('b', 'new', '02')], 'a b'],
    ['a freeze that may release and a block of the same payer', [freeze('a', '01'), block('b', 'new', '02')], 'a'],
    ['invoices of two providers', [accept('a', 'club-2020-0001'), accept('b', 'school-2020-0001')], 'a b'],
    ['invoices of one provider', [accept('a', 'club-2020-0001'), accept('b', 'club-2021-0001')], 'a'],
    ['what others rest on, and everything after it', [lesson('a', 'k1'), payer('b'), lesson('c', 'k2')], 'a'],
  ])('%s', async (_, lines, beside) => {
    const { ledger, running, accept: answer } = ledgerByHand(owners);
    const { ended, answers } = await begun(ledger, lines);
    expect(running()).toBe(beside);
    while (running() !== '') await answer(...running().split(' ').reverse());
    await ended;
    expect(answers().map(({ line, ok }) => [line, ok])).toEqual(lines.map((_line, index) => [index + 1, true]));
  });

  test('what others rest on goes alone', async () => {
    const { ledger, running, accept: answer } = ledgerByHand(owners);
    await begun(ledger, [lesson('a', 'k1'), payer('b'), lesson('c', 'k2'), lesson('d', 'k1')]);
    await answer('a');
    expect(running()).toBe('b');
    await answer('b');
    expect(running()).toBe('c d');
  });

  test('after a block was refused the contract is where the ledger says it is', async () => {
    const { ledger, running, fail } = ledgerByHand(owners);
    await begun(ledger, [block('a', 'k1', '02'), lesson('b', 'k1'), lesson('c', 'k2'), freeze('d', '01')]);
    await fail('a', new LedgerError('contract.already_exists', 'is there'));
    expect(running()).toBe('b c');
  });
});

describe('when many commands are on their way', () => {
  test('lines that are no commands are answered in their place', async () => {
    const { ledger, running, accept: answer } = ledgerByHand(owners);
    const lines = [lesson('a', 'k1'), '{', { at: 'x', id: 'b' }, '', lesson('c', 'k2')];
    const { ended, answers, run } = await begun(ledger, lines);
    expect(running()).toBe('a c');
    await answer('c', 'a');
    await ended;
    expect(answers().map(({ line, ok }) => [line, ok])).toEqual([
      [1, true],
      [2, false],
      [3, false],
      [5, true],
    ]);
    expect(run.tally).toEqual({ lines: 5, accepted: 2, refused: 1, unreadable: 1 });
  });

  test('whoever asks for what has been done waits for what is on its way', async () => {
    const { ledger, accept: answer } = ledgerByHand(owners);
    let told = '';
    const run = new ImportRun(ledger, {
      tell: async (text) => {
        told += text;
      },
    });
    const more = Promise.withResolvers<void>();
    const slowly = async function* () {
      yield [JSON.stringify(lesson('a', 'k1'))];
      await run.tell();
      expect(told).toContain('"line":1');
      await more.promise;
    };
    const ended = run.run(slowly());
    await turns();
    expect(told).toBe('');
    await answer('a');
    more.resolve();
    await ended;
  });

  test('who stops it has what is on its way finished, and nothing begun after it', async () => {
    const { ledger, running, accept: answer } = ledgerByHand(owners);
    const goOn = (line: number) => {
      if (line === 2) throw new Error('interrupted after line 2');
    };
    const { ended, answers } = await begun(ledger, [lesson('a', 'k1'), lesson('b', 'k2'), payer('c')], { goOn });
    await answer('b', 'a');
    await expect(ended).rejects.toThrow('interrupted after line 2');
    expect(answers().map(({ line }) => line)).toEqual([1, 2]);
    expect(running()).toBe('');
  });

  test('a failure of the store ends it when nothing is on its way any more; only what came before is told', async () => {
    const { ledger, running, accept: answer, fail } = ledgerByHand(owners);
    const { ended, answers } = await begun(ledger, [
      issue('a', '11'),
      issue('b', '12'),
      issue('c', '13'),
      issue('d', '11'),
    ]);
    await fail('b', new LedgerError('store.unavailable', 'gone'));
    await answer('c', 'a');
    await expect(ended).rejects.toMatchObject({ code: 'store.unavailable' });
    expect(answers().map(({ line }) => line)).toEqual([1]);
    expect(running()).toBe('');
  });

  test('with stopOnError one goes after the other', async () => {
    const { ledger, running, accept: answer, fail } = ledgerByHand(owners);
    const lines = [lesson('a', 'k1'), lesson('b', 'k2'), lesson('c', 'k2')];
    const { ended, answers } = await begun(ledger, lines, { stopOnError: true });
    expect(running()).toBe('a');
    await answer('a');
    expect(running()).toBe('b');
    await fail('b', new LedgerError('contract.not_found', 'no'));
    await ended;
    expect(answers().map(({ ok }) => ok)).toEqual([true, false]);
  });

  test('a sender is asked whether a command is his when the lines before are done that it rests on', async () => {
    const { ledger, running, accept: answer } = ledgerByHand();
    const made = new Set<unknown>();
    const sender: NonNullable<ImportOptions['sender']> = {
      async prepare(command) {
        if (command.command === 'recordLesson' && !made.has('a')) throw new Error('not his');
        return { command };
      },
      refusalOf: () => ({ code: 'access.denied', message: 'no' }),
    };
    const { date: _, ...shapeless } = lesson('c', 'new');
    const lines = [block('a', 'new', '01'), lesson('b', 'new'), shapeless];
    const { ended, answers } = await begun(ledger, lines, { sender });
    made.add('a');
    await answer('a', 'b');
    expect(running()).toBe('c');
    await answer('c');
    await ended;
    expect(answers().map(({ ok }) => ok)).toEqual([true, true, true]);
  });
});

interface TimedCommand {
  readonly id: number;
  readonly minute: number;
  readonly certificate: number;
  readonly does: 'accept' | 'refuse' | 'nothing' | 'register';
}

/** A ledger with a log of times: one that compares with the last of all, or several nodes' that compares by stream. */
class TimedLedger implements ImportLedger {
  readonly commandsAtOnce: number;
  readonly records: Map<string, { readonly events: readonly string[]; readonly recordedAt: string }>;
  readonly #streams: Map<string, string>;
  readonly #wait: () => Promise<void>;
  readonly ownerOf = async () => undefined;
  #last: string;
  #left: number;

  constructor(wait?: () => Promise<void>, before?: TimedLedger, appends = Number.POSITIVE_INFINITY) {
    this.commandsAtOnce = wait === undefined ? 1 : 8;
    this.#wait = wait ?? (async () => undefined);
    this.records = before?.records ?? new Map();
    this.#streams = before === undefined ? new Map() : before.#streams;
    // A node that is opened takes the time of the event that stands last, not the latest one.
    this.#last = [...this.#streams.values()].at(-1) ?? '2020-01-01T00:00:00Z';
    this.#left = appends;
  }

  batch() {
    return { flush: async () => undefined };
  }

  async executeUnknown(raw: unknown, options: ExecuteOptions = {}): Promise<CommandResult> {
    const { at = '', inOrder = false, replayed } = options;
    const command = raw as { id: string; command: string; certificateId?: string; reason?: string };
    await this.#wait();
    const record = this.records.get(command.id);
    const answer = { id: command.id, outcome: {} };
    if (record !== undefined) {
      replayed?.(record.recordedAt);
      return { ...answer, replayed: true, events: record.events };
    }
    const last = inOrder ? this.#streams.get(command.certificateId ?? 'payer') : this.#last;
    if (last !== undefined && at < last) {
      throw new LedgerError('clock.goes_back', `${at} lies before the last recorded event, ${last}`);
    }
    if (command.reason === 'refuse') throw new LedgerError('certificate.closed', 'no');
    if (this.#left <= 0) throw new LedgerError('store.unavailable', 'gone');
    this.#left -= 1;
    const happened = command.reason === 'nothing' ? [] : ['Happened'];
    this.records.set(command.id, { events: happened, recordedAt: at });
    if (happened.length > 0) {
      const stream = command.certificateId ?? 'payer';
      this.#streams.delete(stream);
      this.#streams.set(stream, at);
      this.#last = this.#last > at ? this.#last : at;
    }
    return { ...answer, replayed: false, events: happened };
  }
}

function timedLine({ id, minute, certificate, does }: TimedCommand): object {
  const at = `2020-02-01T00:${String(minute).padStart(2, '0')}:00Z`;
  if (does === 'register') return { ...payer(String(id)), at };
  return { ...freeze(String(id), String(certificate)), at, reason: does };
}

const timedFile = fc
  .array(
    fc.record({
      step: fc.constantFrom(0, 0, 1, 1, 2, -1, -3),
      certificate: fc.nat({ max: 5 }),
      does: fc.constantFrom<TimedCommand['does'][]>('accept', 'accept', 'accept', 'refuse', 'nothing', 'register'),
    }),
    { minLength: 2, maxLength: 40 },
  )
  .map((steps) => {
    let minute = 5;
    return steps.map(({ step, ...command }, id): TimedCommand => {
      minute = Math.max(0, minute + step);
      return { id, minute, ...command };
    });
  });

async function answersTo(ledger: ImportLedger, file: readonly TimedCommand[]) {
  const { ended, answers } = await begun(ledger, file.map(timedLine), { historic: true });
  await ended.catch((error: unknown) => {
    if (!(error instanceof LedgerError) || error.code !== 'store.unavailable') throw error;
  });
  return answers();
}

describe("when the file's times are the clock", () => {
  test('the times are compared as one after another, in whatever order the answers come', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), timedFile, async (scheduler, file) => {
        const wanted = await answersTo(new TimedLedger(), file);
        const wait = () => scheduler.schedule(Promise.resolve());
        expect(await scheduler.waitFor(answersTo(new TimedLedger(wait), file))).toEqual(wanted);
      }),
      { numRuns: 100, seed: 20_201_124 },
    );
  });

  test('a file that was stopped and is sent again takes and refuses what it would have without a stop', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), timedFile, fc.nat({ max: 20 }), async (scheduler, file, appends) => {
        const whole = await answersTo(new TimedLedger(), file);
        const wait = () => scheduler.schedule(Promise.resolve());
        const first = new TimedLedger(wait, undefined, appends);
        await scheduler.waitFor(answersTo(first, file));
        const again = await scheduler.waitFor(answersTo(new TimedLedger(wait, first), file));
        expect(again.map(({ line, ok }) => [line, ok])).toEqual(whole.map(({ line, ok }) => [line, ok]));
      }),
      { numRuns: 100, seed: 20_201_124 },
    );
  });

  test('with stopOnError, too, a line recorded before an earlier one does not make that go back', async () => {
    const file: TimedCommand[] = [1, 2, 3].map((id) => ({ id, minute: id, certificate: id, does: 'accept' }));
    const before = new TimedLedger(async () => undefined);
    await answersTo(before, [file[0], file[2]] as TimedCommand[]);
    const { ended, answers } = await begun(new TimedLedger(async () => undefined, before), file.map(timedLine), {
      historic: true,
      stopOnError: true,
    });
    await ended;
    expect(answers().map(({ ok }) => ok)).toEqual([true, true, true]);
  });

  test('a file whose first line lies before what was recorded is refused as one after another', async () => {
    const late: TimedCommand[] = [{ id: 9, minute: 50, certificate: 1, does: 'accept' }];
    const before = new TimedLedger(async () => undefined);
    await answersTo(before, late);
    const file: TimedCommand[] = [1, 2, 51].map((minute) => ({ id: minute, minute, certificate: 2, does: 'accept' }));
    expect((await answersTo(new TimedLedger(async () => undefined, before), file)).map(({ ok }) => ok)).toEqual([
      false,
      false,
      true,
    ]);
  });
});
