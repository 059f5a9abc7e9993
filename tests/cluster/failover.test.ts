import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ExportedEvent } from '../../src/index.ts';
import { openLedger } from '../../src/index.ts';
import { AppendProbe } from '../support/cluster/append-probe.ts';
import { Cluster } from '../support/cluster/cluster.ts';
import { call, jsonLines } from '../support/cluster/command-line.ts';
import type { FileLine } from '../support/cluster/contents.ts';
import { comparable, contentsOfLedger, undisturbed } from '../support/cluster/contents.ts';
import { FollowedLog } from '../support/cluster/followed-log.ts';
import { trialLedger } from '../support/cluster/trial.ts';
import { town } from '../support/town.ts';

const nodes = process.env.KURRENTDB_NODES;

/** The part of the town's file up to a line, and when in its course the leader is killed. */
interface Part {
  readonly until: number;
  readonly kill: 'after 300 events' | 'in issueInvoices' | 'in closePeriod';
}

const PARTS: readonly Part[] = [
  { until: 700, kill: 'after 300 events' },
  { until: 1150, kill: 'in issueInvoices' },
  { until: 1440, kill: 'in issueInvoices' },
  { until: 1900, kill: 'in closePeriod' },
  { until: 2050, kill: 'in issueInvoices' },
  { until: town.length, kill: 'after 300 events' },
];
/** How long appends may fail for, in milliseconds; the goal is 3 s on machines that do nothing else. */
const LONGEST_PAUSE = 10_000;
const LONGEST_IMPORTS = 5;

interface Line extends Record<string, unknown> {
  readonly line: number;
  readonly ok: boolean;
  readonly replayed?: boolean;
}

describe.skipIf(nodes === undefined)('when the leader of three nodes is killed (KURRENTDB_NODES)', () => {
  test('mid-import and mid-invoice-run, nothing that was answered is lost or there twice', async () => {
    const cluster = new Cluster(nodes ?? '');
    await cluster.whole();
    const store = trialLedger(cluster.address, 'failover');
    const folder = mkdtempSync(join(tmpdir(), 'ledger-failover-'));
    const log = await FollowedLog.of(store);
    const probe = new AppendProbe(cluster.address);
    const expected = undisturbed(town as readonly FileLine[]);
    const answers: Line[] = [];
    let withinCommands = 0;
    try {
      for (const [index, { until, kill }] of PARTS.entries()) {
        const part = town.slice(PARTS[index - 1]?.until ?? 0, until);
        const file = join(folder, `part-${index}.jsonl`);
        writeFileSync(file, part.map((line) => `${JSON.stringify(line)}\n`).join(''));
        const [imported, wentOn] = await Promise.all([
          importToItsEnd(file, store, folder),
          killLeader(cluster, { log, probe, kill }),
        ]);
        answers.push(...imported);
        if (wentOn) withinCommands += 1;
        await cluster.whole();
      }
      const { answers: expectedAnswers, contents } = await expected;
      expect(answers.map(comparable)).toEqual(expectedAnswers);
      // A part in which the leader died within an invoice run, sent again: what was answered is remembered, all of it.
      const again = await importToItsEnd(join(folder, 'part-1.jsonl'), store, folder);
      const first = answers.slice(PARTS[0]?.until, PARTS[1]?.until);
      expect(linesOf(again, ({ ok, replayed }) => ok && replayed === true)).toEqual(linesOf(first, ({ ok }) => ok));
      expect(await contentsOfLedger(store)).toEqual({ contents, findings: [] });
      await sawAllOnce(log, store);
      // Kills that all came when a run was over would prove nothing of it.
      expect(withinCommands).toBeGreaterThan(0);
    } finally {
      await probe.stop();
      rmSync(folder, { recursive: true });
    }
  }, 900_000);
});

/**
 * Kills the leader at the moment that is wanted, waits until appends succeed again, and brings it back. Answers whether
 * that was within a command over several streams.
 */
async function killLeader(
  cluster: Cluster,
  { log, probe, kill }: { readonly log: FollowedLog; readonly probe: AppendProbe; readonly kill: Part['kill'] },
): Promise<boolean> {
  const seen = log.events.length;
  const { commandId } = await log.next((event) => isMoment(kill, event, log.events.length - seen));
  // Asked only now: servers hold elections of their own as well.
  const leader = await cluster.leader();
  const killedAt = await cluster.kill(leader);
  const isCompleted = log.events.some((event) => event.type === 'CommandCompleted' && event.commandId === commandId);
  const pause = await probe.succeededAfter(killedAt);
  const wentOn = kill !== 'after 300 events' && !isCompleted;
  const where = wentOn ? ', which was not completed' : '';
  console.info(`leader killed ${kill}${where}: appends again after ${Math.round(pause)} ms`);
  expect(pause).toBeLessThan(LONGEST_PAUSE);
  await cluster.start(leader);
  return wentOn;
}

function isMoment(kill: Part['kill'], { type, data }: ExportedEvent, seen: number): boolean {
  if (kill === 'after 300 events') return seen >= 300;
  const { command } = (data.body ?? {}) as { readonly command?: string };
  return type === 'CommandBegun' && `in ${command}` === kill;
}

/** Imports a file by the command line, again when a failure of the store ended it; the first answer to a line counts. */
async function importToItsEnd(file: string, store: string, folder: string): Promise<Line[]> {
  const answers = new Map<number, Line>();
  for (let tried = 1; tried <= LONGEST_IMPORTS; tried += 1) {
    const readModels = join(folder, 'read-models.db');
    const imported = await call('import', file, '--clock', 'file', '--store', store, '--db', readModels);
    for (const line of jsonLines<Line>(imported)) if (!answers.has(line.line)) answers.set(line.line, line);
    const answered = [...answers.values()];
    if (imported.exitCode === (answered.some(({ ok }) => !ok) ? 1 : 0)) return answered;
    console.info(`an import ended with code ${imported.exitCode} and is sent again: ${imported.errors.trim()}`);
  }
  throw new Error(`the import did not come to its end in ${LONGEST_IMPORTS} times`);
}

function linesOf(answers: readonly Line[], isIt: (line: Line) => boolean): number[] {
  return answers.filter(isIt).map(({ line }) => line);
}

/** Whoever followed the log has seen what it holds, each event once and in its order. */
async function sawAllOnce(log: FollowedLog, store: string): Promise<void> {
  const ledger = await openLedger({ store, readOnly: true });
  const events: ExportedEvent[] = [];
  for await (const event of ledger.events({ personal: true })) events.push(event);
  await ledger.close();
  await log.close(events.at(-1));
  expect(log.events.map(({ stream, revision }) => `${stream} ${revision}`)).toEqual(
    events.map(({ stream, revision }) => `${stream} ${revision}`),
  );
}
