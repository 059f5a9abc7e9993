import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { ImportRun } from '../../api/imports/import-run.ts';
import type { Ledger } from '../../src/index.ts';
import { openLedger } from '../../src/index.ts';
import { KurrentDbEventStore } from '../../src/store/kurrentdb/kurrentdb-event-store.ts';
import { contentsOf } from '../support/nodes/answers.ts';
import { town } from '../support/town.ts';

const address = process.env.KURRENTDB_URL;
const main = new URL('../../api/cli/main.ts', import.meta.url).pathname;
const cases = new URL('../cases/', import.meta.url).pathname;
const file = `${cases}municipality-small.jsonl`;
/** The lines after whose recording the import is killed. */
const KILLS = [150, 600, 1_100];
/** How many lines are sent again and again, and how many the rates are measured with. */
const [SENT_AGAIN, MEASURED] = [1_200, 700];

interface Answer {
  readonly line: number;
  readonly ok: boolean;
  readonly replayed?: boolean;
}

describe.skipIf(address === undefined)('an import into a server (KURRENTDB_URL)', () => {
  const fresh = () => `${address}${address?.includes('?') ? '' : '?'}&ledger=import-${randomUUID()}`;

  test('of the small municipality through the command line comes out as expected', async () => {
    const store = fresh();
    const started = performance.now();
    const { exitCode, lines } = await importIn(store);
    const seconds = (performance.now() - started) / 1000;
    console.info(`${lines.length} lines through the command line: ${seconds.toFixed(1)} s`);
    expect(exitCode).toBe(1);
    const wanted = await embedded();
    expect(lines).toEqual(wanted.lines);
    await checkContents(store, wanted.contents, expectation());
  }, 300_000);

  test(`killed ${KILLS.length} times and sent again it answers and ends as if it had never been stopped`, async () => {
    const store = fresh();
    const part = join(mkdtempSync(join(tmpdir(), 'ledger-import-')), 'part.jsonl');
    writeFileSync(
      part,
      town
        .slice(0, SENT_AGAIN)
        .map((command) => `${JSON.stringify(command)}\n`)
        .join(''),
    );
    const promised = new Set<number>();
    const wanted = await embedded(SENT_AGAIN);
    for (const after of KILLS) {
      const { exitCode, lines } = await importIn(store, { part, after });
      expect(exitCode).toBe(null);
      for (const { line, ok } of lines.map(answerIn)) if (ok) promised.add(line);
    }
    const { lines } = await importIn(store, { part });
    rmSync(dirname(part), { recursive: true });
    const answers = lines.map(answerIn);
    const replayed = answers.filter((answer) => answer.replayed);
    console.info(`answered before the last run: ${promised.size}, replayed by it: ${replayed.length}`);
    expect([...promised].filter((line) => !replayed.some((answer) => answer.line === line))).toEqual([]);
    expect(replayed.length).toBeGreaterThan(0);
    expect(replayed.length).toBeLessThan(answers.filter(({ ok }) => ok).length);
    expect(answers.map(withoutReason)).toEqual(wanted.lines.map(answerIn).map(withoutReason));
    await checkContents(store, wanted.contents);
  }, 600_000);

  test('many commands on their way against one: the rates', async () => {
    const wanted = await embedded(MEASURED);
    const rates = new Map<number, number>();
    for (const atOnce of [1, 64]) {
      const ledger = await openLedger({ store: fresh() });
      const started = performance.now();
      const lines = await linesFrom(withAtOnce(ledger, atOnce), MEASURED);
      rates.set(atOnce, Math.round((MEASURED / (performance.now() - started)) * 1000));
      expect(lines).toEqual(wanted.lines);
      await ledger.close();
    }
    console.info('lines a second, by how many commands are on their way:', rates);
  }, 300_000);
});

/** Imports the file in a process of its own, which is killed when a line of it has been recorded. */
async function importIn(
  store: string,
  { part = file, after }: { readonly part?: string; readonly after?: number } = {},
) {
  const options = ['import', part, '--clock', 'file', '--store', store, '--db', ':memory:'];
  const child = spawn(process.execPath, [main, ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = Promise.withResolvers<number | null>();
  child.once('error', closed.reject).once('close', closed.resolve);
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  if (after !== undefined) {
    await recorded(store, String(town[after - 1]?.id));
    child.kill('SIGKILL');
  }
  const exitCode = await closed.promise;
  return { exitCode, lines: printed.split('\n').slice(0, -1) };
}

async function recorded(address: string, commandId: string): Promise<void> {
  const [server = '', ledger] = address.split('&ledger=');
  const store = new KurrentDbEventStore(server, { prefix: `${ledger}.` });
  while ((await store.commandRecord(commandId)) === undefined) await wait(5);
  await store.close();
}

/** What the embedded store answers, one line after another. */
async function embedded(most?: number): Promise<{ lines: string[]; contents: string }> {
  const ledger = await openLedger({ store: 'memory:' });
  try {
    return { lines: await linesFrom(ledger, most), contents: await contentsOf(ledger) };
  } finally {
    await ledger.close();
  }
}

async function linesFrom(ledger: Ledger, most = town.length): Promise<string[]> {
  const lines: string[] = [];
  const tell = async (told: string) => {
    lines.push(...told.split('\n').filter((line) => line !== ''));
  };
  const pieces = (async function* () {
    yield town.slice(0, most).map((command) => JSON.stringify(command));
  })();
  await new ImportRun(ledger, { historic: true, tell }).run(pieces);
  return lines;
}

function withAtOnce(ledger: Ledger, commandsAtOnce: number): Ledger {
  return new Proxy(ledger, {
    get(_, name) {
      if (name === 'commandsAtOnce') return commandsAtOnce;
      const member: unknown = Reflect.get(ledger, name, ledger);
      return typeof member === 'function' ? member.bind(ledger) : member;
    },
  });
}

interface Expectation {
  readonly balances: readonly { readonly certificateId: string }[];
  readonly invoices: readonly unknown[];
}

function expectation(): Expectation {
  return JSON.parse(readFileSync(`${cases}municipality-small.expect.json`, 'utf8')) as Expectation;
}

/** Asks a node that has seen nothing of how it came about. */
async function checkContents(store: string, contents: string, expected?: Expectation): Promise<void> {
  const ledger = await openLedger({ store });
  try {
    expect(await contentsOf(ledger)).toBe(contents);
    for (const balance of expected?.balances ?? []) {
      expect(await ledger.balance(balance.certificateId)).toMatchObject(balance);
    }
    const invoices: unknown[] = [];
    for await (const invoice of ledger.invoices()) invoices.push(invoice);
    if (expected !== undefined) expect(invoices).toEqual(expected.invoices);
    expect(await ledger.verify()).toMatchObject({ ok: true, findings: [] });
  } finally {
    await ledger.close();
  }
}

function answerIn(line: string): Answer {
  return JSON.parse(line) as Answer;
}

/** A line sent again says so, and a refused one is judged anew. */
function withoutReason(answer: Answer): unknown {
  const { replayed: _, ...same } = answer;
  return answer.ok ? same : { line: answer.line, ok: false };
}
