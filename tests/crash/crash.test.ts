import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { randomNumbers } from '../support/random-numbers.ts';
import { crashFile } from './crash-file.ts';
import type { Kill, Run } from './import-runs.ts';
import { answersOf, importIn, logOf, progressOf } from './import-runs.ts';

/** How many kills; `npm run test:crash` asks for a thousand. */
const kills = Number(process.env.CRASH_KILLS ?? 50);
const killsPerDatabase = 13;
const seed = Number(process.env.CRASH_SEED ?? 20_201_124);
/** Databases worked on at a time. */
const lanes = 2;

let folder = '';
let file = '';
let undisturbed: { run: Run; answers: Awaited<ReturnType<typeof answersOf>>; log: string[] };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ledger-crash-'));
  file = join(folder, 'commands.jsonl');
  writeFileSync(
    file,
    crashFile()
      .map((line) => `${JSON.stringify(line)}\n`)
      .join(''),
  );
  // As many runs at a time as later, so that the time they take is the time over which kills are drawn.
  const runs = await Promise.all(Array.from({ length: lanes }, (_, lane) => undisturbedRun(`undisturbed-${lane}.db`)));
  const [first, ...others] = runs;
  if (first === undefined) throw new Error('there is always a lane');
  for (const other of others)
    expect({ ...other, run: accepted(other.run) }).toEqual({ ...first, run: accepted(first.run) });
  undisturbed = first;
});

async function undisturbedRun(name: string): Promise<typeof undisturbed> {
  const database = join(folder, name);
  const run = await importIn(database, file);
  return { run, answers: await answersOf(database), log: await comparableLog(database) };
}

afterAll(() => {
  rmSync(folder, { recursive: true });
});

test('the undisturbed run accepts nearly all, and every command over several streams is among it', () => {
  const { run, answers, log } = undisturbed;
  expect(run.exitCode).toBe(1);
  expect(run.answers.filter(({ ok }) => !ok).map(({ line }) => line)).toHaveLength(7);
  expect(answers.findings).toEqual([]);
  const intents = log.filter((event) => event.includes('"CommandBegun"'));
  const names = intents.map((event) => /\\"command\\":\\"(\w+)\\"/.exec(event)?.[1]);
  expect([...new Set(names)].sort()).toEqual(['closePeriod', 'issueInvoices', 'recordLesson', 'requestAdvance']);
});

test(
  `killed ${kills} times at random moments (seed ${seed}), the same file ends as if it had never been stopped`,
  async () => {
    const met: Met = { kills: 0, before: 0, inTheMiddle: 0, openIntents: 0, after: 0 };
    let databases = 0;
    const lane = async () => {
      while (met.kills < kills) {
        databases += 1;
        await checkDatabase(databases, met);
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    console.info(`seed ${seed}, ${databases} databases, kills:`, met);
    // A suite whose kills all come too early or too late would prove nothing.
    expect(met.inTheMiddle).toBeGreaterThanOrEqual(kills / 4);
    expect(met.openIntents).toBeGreaterThanOrEqual(kills / 10);
  },
  60_000 + kills * 8_000,
);

/** What the kills found in the database: no event yet, a part of them or all, and intents that were not finished. */
interface Met {
  kills: number;
  before: number;
  inTheMiddle: number;
  openIntents: number;
  after: number;
}

/** Kills the import of one database again and again, then lets it end and compares. */
async function checkDatabase(number: number, met: Met): Promise<void> {
  const random = randomNumbers(seed + number);
  const database = join(folder, `killed-${number}.db`);
  const promised = new Set<number>();
  for (let kill = 0, events = 0; kill < killsPerDatabase && events < undisturbed.log.length; kill += 1) {
    if (met.kills >= kills) break;
    const moment = momentOf(events === 0 ? 0 : kill, events, random());
    const run = await importIn(database, file, moment);
    for (const { line, ok } of run.answers) if (ok) promised.add(line);
    const progress = await progressOf(database);
    events = progress.events;
    if (run.exitCode !== null) continue;
    met.kills += 1;
    met[events === 0 ? 'before' : events < undisturbed.log.length ? 'inTheMiddle' : 'after'] += 1;
    if (progress.openIntent) met.openIntents += 1;
  }
  const last = await importIn(database, file);
  const label = `database ${number} of seed ${seed}`;
  const replayed = new Set(last.answers.filter((answer) => answer.replayed === true).map(({ line }) => line));
  const broken = [...promised].filter((line) => !replayed.has(line));
  expect(broken, `${label}: what was answered was durable`).toEqual([]);
  expect(accepted(last), label).toEqual(accepted(undisturbed.run));
  expect(await answersOf(database), label).toEqual(undisturbed.answers);
  expect(await comparableLog(database), label).toEqual(undisturbed.log);
  for (const suffix of ['', '-wal', '-shm', '-writer']) rmSync(`${database}${suffix}`, { force: true });
}

/**
 * Some kills at any moment of the run, the start and the replay of what was done included; the others when the database
 * has come further than it was, by up to a fifth of what is missing, every second of them in a command over several streams.
 */
function momentOf(kill: number, events: number, random: number): Kill {
  if (kill % 4 === 0)
    return { after: 'milliseconds', milliseconds: undisturbed.run.milliseconds * (0.15 + 0.4 * random) };
  const further = Math.ceil(((undisturbed.log.length - events) * random) / 5);
  return { after: 'events', events: events + further, atOpenIntent: kill % 2 === 0 };
}

/** The accepted lines, whether replayed or not; a refused one is judged anew when it comes again. */
function accepted({ answers }: Run): unknown[] {
  return answers.filter(({ ok }) => ok).map(({ replayed, ...answer }) => answer);
}

async function comparableLog(database: string): Promise<string[]> {
  return (await logOf(database)).map((event) => JSON.stringify(event));
}
