import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { ImportRun } from '../../api/imports/import-run.ts';
import type { Ledger } from '../../src/index.ts';
import { openLedger } from '../../src/index.ts';
import { contentsOf } from '../support/nodes/answers.ts';
import { town } from '../support/town.ts';

const address = process.env.KURRENTDB_URL;
const main = new URL('../../api/cli/main.ts', import.meta.url).pathname;
const cases = new URL('../cases/', import.meta.url).pathname;
const file = `${cases}municipality-small.jsonl`;
/** When the import is killed, as shares of the time it takes undisturbed. */
const KILLS = [0.3, 0.5, 0.4, 0.7];
/** How many lines the rates are measured with. */
const MEASURED = 1_200;

interface Answer {
  readonly line: number;
  readonly ok: boolean;
  readonly replayed?: boolean;
}

describe.skipIf(address === undefined)('an import into a server (KURRENTDB_URL)', () => {
  const fresh = () => `${address}${address?.includes('?') ? '&' : '?'}ledger=import-${randomUUID()}`;
  let milliseconds = 0;

  test('of the small municipality through the command line comes out as expected', async () => {
    const store = fresh();
    const started = performance.now();
    const { exitCode, lines } = await importIn(store);
    milliseconds = performance.now() - started;
    console.info(`${lines.length} lines through the command line: ${(milliseconds / 1000).toFixed(1)} s`);
    expect(exitCode).toBe(1);
    expect(lines).toEqual((await embedded()).lines);
    await checkExpectation(store);
  }, 300_000);

  test(`killed ${KILLS.length} times and sent again it answers and ends as if it had never been stopped`, async () => {
    const store = fresh();
    const promised = new Set<number>();
    const wanted = await embedded();
    for (const share of KILLS) {
      const { lines } = await importIn(store, share * milliseconds);
      for (const { line, ok } of lines.map(answerIn)) if (ok) promised.add(line);
    }
    const { lines } = await importIn(store);
    const answers = lines.map(answerIn);
    const replayed = answers.filter((answer) => answer.replayed);
    console.info(`answered before the last run: ${promised.size}, replayed by it: ${replayed.length}`);
    expect([...promised].filter((line) => !replayed.some((answer) => answer.line === line))).toEqual([]);
    expect(replayed.length).toBeGreaterThan(0);
    expect(replayed.length).toBeLessThan(lines.length);
    expect(answers.map(withoutReason)).toEqual(wanted.lines.map(answerIn).map(withoutReason));
    await checkExpectation(store);
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

/** Imports the file in a process of its own, which is killed after some time when it still runs then. */
async function importIn(store: string, kill?: number) {
  const options = ['import', file, '--clock', 'file', '--store', store, '--db', ':memory:'];
  const child = spawn(process.execPath, [main, ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = Promise.withResolvers<number | null>();
  child.once('error', closed.reject).once('close', closed.resolve);
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  if (kill !== undefined) {
    await wait(kill);
    child.kill('SIGKILL');
  }
  const exitCode = await closed.promise;
  return { exitCode, lines: printed.split('\n').slice(0, -1) };
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

/** Asks a node that has seen nothing of how it came about. */
async function checkExpectation(store: string): Promise<void> {
  const expected = JSON.parse(readFileSync(`${cases}municipality-small.expect.json`, 'utf8'));
  const ledger = await openLedger({ store });
  try {
    for (const balance of expected.balances) expect(await ledger.balance(balance.certificateId)).toMatchObject(balance);
    const invoices: unknown[] = [];
    for await (const invoice of ledger.invoices()) invoices.push(invoice);
    expect(invoices).toEqual(expected.invoices);
    expect(await contentsOf(ledger)).toBe((await embedded()).contents);
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
