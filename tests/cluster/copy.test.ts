import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Ledger, LedgerCopy } from '../../src/index.ts';
import { copyLedger, LedgerError, openLedger } from '../../src/index.ts';
import { openStore } from '../../src/open-store.ts';
import { collect } from '../support/naive-model/ledger-answers.ts';

const address = process.env.KURRENTDB_URL;
const COMMAND_LINE = new URL('../../api/cli/main.ts', import.meta.url).pathname;
const TOWN = new URL('../cases/municipality-small.jsonl', import.meta.url);
/** Longer and longer, so that the last of them find the copy done. */
const KILLED_AFTER = [700, 1_000, 1_500, 2_000, 3_000, 4_000];

type HistoricCommand = Record<string, unknown> & { readonly at: string };

describe.skipIf(address === undefined)('a ledger moved to a server and back (KURRENTDB_URL)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ledger-moved-'));
  const file = `sqlite:${join(folder, 'town.db')}`;
  const serverLedger = () => `${address}${address?.includes('?') ? '&' : '?'}ledger=moved-${randomUUID()}`;
  const commands = readFileSync(TOWN, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as HistoricCommand);

  beforeAll(async () => {
    const town = await openLedger({ store: file });
    for (const command of commands) await give(town, command);
    await town.close();
  }, 300_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  test('is the same ledger everywhere, and goes on as it would have at home', async () => {
    const server = serverLedger();
    const back = `sqlite:${join(folder, 'back.db')}`;
    const there = await copyLedger({ from: file, to: server });
    const home = await copyLedger({ from: server, to: back });
    expect(there).toMatchObject({ ok: true, differences: [] });
    const { digest, projections, streams, events, commands: recorded } = there;
    expect(home).toMatchObject({ ok: true, differences: [], digest, projections, streams, events, commands: recorded });
    const ledgers = await Promise.all([file, server, back].map((store) => openLedger({ store })));
    try {
      const [original, ...moved] = await Promise.all(ledgers.map(contentOf));
      for (const content of moved) expect(content).toEqual(original);
      for (const ledger of ledgers) expect(await ledger.verify()).toMatchObject({ ok: true, findings: [], digest });
      const [atHome, ...elsewhere] = await Promise.all(ledgers.map(goOn));
      for (const answers of elsewhere) expect(answers).toEqual(atHome);
      const [afterwards, ...later] = await Promise.all(ledgers.map(contentOf));
      expect(afterwards?.invoices).not.toEqual(original?.invoices);
      for (const content of later) expect(content).toEqual(afterwards);
    } finally {
      for (const ledger of ledgers) await ledger.close();
    }
  }, 600_000);

  test('is there as a whole after copies that were killed', async () => {
    const server = serverLedger();
    const back = `sqlite:${join(folder, 'killed.db')}`;
    const there = await copyThroughKills(file, server);
    const home = await copyThroughKills(server, back);
    expect(there).toMatchObject({ ok: true, differences: [] });
    expect(home).toMatchObject({ ok: true, differences: [], digest: there.digest, projections: there.projections });
    for (const { appended, events } of [there, home]) expect(appended).toBeLessThan(events);
    const ledger = await openLedger({ store: back });
    expect(await ledger.verify()).toMatchObject({ ok: true, findings: [], digest: there.digest });
    await ledger.close();
  }, 600_000);

  /** What is sent again is answered as before, and the month that follows is billed. */
  async function goOn(ledger: Ledger): Promise<unknown[]> {
    const again = commands.filter((_, index) => index % 60 === 0);
    const answers: unknown[] = [];
    for (const command of again) answers.push(await give(ledger, command));
    expect(answers.filter((answer) => (answer as { replayed?: boolean }).replayed === true).length).toBeGreaterThan(30);
    const at = '2021-07-02T09:00:00Z';
    const issue = { command: 'issueInvoices', id: 'after-the-move', month: '2021-06', on: '2021-07-02', at };
    return [...answers, await give(ledger, issue)];
  }
});

/** Interrupts the copy once and kills it several times, later each time, and lets it end then. */
async function copyThroughKills(from: string, to: string): Promise<LedgerCopy> {
  const interrupted = copying(from, to);
  const ended = once(interrupted, 'exit');
  await hasBegun(to);
  interrupted.kill('SIGINT');
  expect(await ended).toEqual([2, null]);
  for (const milliseconds of KILLED_AFTER) {
    const killed = copying(from, to);
    const gone = once(killed, 'exit');
    await wait(milliseconds);
    killed.kill('SIGKILL');
    await gone;
  }
  const last = copying(from, to);
  const printed: Buffer[] = [];
  last.stdout?.on('data', (chunk: Buffer) => printed.push(chunk));
  const [exitCode] = await once(last, 'close');
  expect(exitCode).toBe(0);
  return JSON.parse(Buffer.concat(printed).toString('utf8')) as LedgerCopy;
}

/** Resolves when the target holds an event; how soon that is depends on the machine. */
async function hasBegun(store: string): Promise<void> {
  await expect
    .poll(
      async () => {
        try {
          const target = await openStore({ store, readOnly: true });
          const last = await target.store.last();
          await target.store.close();
          return last !== undefined;
        } catch (error) {
          if (!(error instanceof LedgerError)) throw error;
          // The file is not there yet, or is just being made.
          return false;
        }
      },
      { timeout: 60_000, interval: 50 },
    )
    .toBe(true);
}

function copying(from: string, to: string): ChildProcess {
  return spawn(process.execPath, [COMMAND_LINE, 'copy', '--from', from, '--to', to, '--json'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

async function give(ledger: Ledger, { at, ...command }: Record<string, unknown> & { at: string }): Promise<unknown> {
  try {
    return await ledger.executeUnknown(command, { at, durable: false });
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    return error.code;
  }
}

async function contentOf(ledger: Ledger) {
  const invoices = (await collect(ledger.invoices())).map((invoice) => JSON.stringify(invoice));
  return { balances: await collect(ledger.balances()), invoices };
}
