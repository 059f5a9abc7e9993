import { randomBytes } from 'node:crypto';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import type { Command, Ledger } from '../../src/index.ts';
import { openLedger } from '../../src/index.ts';
import { BareClient } from './bare-client.ts';
import type { RecordedAppend } from './recorded-appends.ts';
import { RecordedAppends } from './recorded-appends.ts';
import { median } from './report.ts';
import type { TownOptions } from './town.ts';
import { block, issue, lesson, registryCommands, topUp } from './town.ts';
import { inFolder } from './workshop.ts';

const ROUNDS = 5;
const ONE_AT_A_TIME = 1;
const IN_FLIGHT = 64;
/** How many certificates a round works on, one at a time and in flight. */
const CERTIFICATES = { [ONE_AT_A_TIME]: 36, [IN_FLIGHT]: 384 } as const;
const ENTRIES = 12;
const GOALS = { [ONE_AT_A_TIME]: 0.7, [IN_FLIGHT]: 0.6 } as const;
const TOWN: TownOptions = {
  certificates: ROUNDS * (CERTIFICATES[ONE_AT_A_TIME] + CERTIFICATES[IN_FLIGHT]),
  lessonsPerContract: 100,
  contractsPerProvider: ENTRIES,
};

type Flight = typeof ONE_AT_A_TIME | typeof IN_FLIGHT;

/** The commands of one kind, in the order in which they are sent; no two of them on one certificate. */
interface Round {
  readonly name: string;
  readonly flight: Flight;
  readonly commands: readonly Command[];
}

interface Rates {
  readonly ledger: number[];
  readonly bare: number[];
  readonly calls: number[];
  readonly embedded: number[];
  /** Appends of each command. */
  readonly appends: number[];
  /** Reads of a command, on average. */
  readonly questions: number[];
  /** How busy the machine was. */
  readonly loads: number[];
}

/** Commands a second on a server, on a file, and what the client by itself makes of the same appends. */
export async function measureCommands(address: string): Promise<void> {
  await inFolder(async (folder) => {
    const run = randomBytes(4).toString('hex');
    const separator = address.includes('?') ? '&' : '?';
    const store = `${address}${separator}ledger=bench-${run}`;
    const recorded = new RecordedAppends();
    const ledger = await openLedger({ store, readModels: join(folder, 'models.db') });
    const embedded = await openLedger({ store: `sqlite:${join(folder, 'ledger.db')}` });
    // The names of the streams are as long as the ledger's.
    const bare = { client: new BareClient(address), prefix: `naked-${run}.` };
    const calls = {
      client: new BareClient(address, { username: 'bench', password: 'bench' }),
      prefix: `calls-${run}.`,
    };
    const rates = new Map<string, Rates>();
    for (const round of [...setUp(), ...rounds()]) {
      const { name, flight, commands } = round;
      const appended: (readonly RecordedAppend[])[] = [];
      const { questions } = recorded;
      const seconds = await secondsOf(commands, flight, async (command, index) => {
        appended[index] = await recorded.of(() => ledger.execute(command));
      });
      const seen = of(rates, `${name}, ${flight === 1 ? 'one at a time' : `${flight} in flight`}`);
      seen.ledger.push(commands.length / seconds);
      seen.bare.push(commands.length / (await bare.client.replay(appended, bare.prefix, flight)));
      seen.calls.push(commands.length / (await calls.client.replay(appended, calls.prefix, flight)));
      seen.embedded.push(commands.length / (await secondsOf(commands, flight, (command) => embedded.execute(command))));
      seen.appends.push(...appended.map(({ length }) => length));
      seen.questions.push((recorded.questions - questions) / commands.length);
      seen.loads.push(loadavg()[0] ?? Number.NaN);
      if (seen.appends.includes(0)) throw new Error(`${name}: an append was not seen on its way to the server`);
    }
    for (const [name, figures] of rates) print(name, figures);
    process.stdout.write(`appends refused because somebody was faster: ${recorded.refused}\n`);
    await refuseUnlessVerified(ledger);
    await Promise.all([ledger.close(), embedded.close(), bare.client.close(), calls.client.close()]);
  });
}

/** Registries in their order, then certificates. */
function* setUp(): Iterable<Round> {
  yield { name: 'registries', flight: ONE_AT_A_TIME, commands: [...registryCommands(TOWN)] };
  const commands = Array.from({ length: TOWN.certificates }, (_, certificate) => issue(certificate));
  yield { name: 'issueCertificate', flight: IN_FLIGHT, commands };
}

function* rounds(): Iterable<Round> {
  let first = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const flight of [ONE_AT_A_TIME, IN_FLIGHT] as const) {
      const certificates = acrossProviders(first, CERTIFICATES[flight]);
      yield { name: 'topUpNominal', flight, commands: certificates.map((certificate) => topUp(certificate)) };
      yield { name: 'blockCourse', flight, commands: certificates.map((certificate) => block(certificate, TOWN)) };
      const single = certificates.map((certificate) => lesson(2 * certificate, [certificate]));
      yield { name: 'recordLesson of 1', flight, commands: single };
      const classes = Array.from({ length: CERTIFICATES[flight] / ENTRIES }, (_, index) => {
        const start = first + index * ENTRIES;
        return lesson(2 * start + 1, range(start, ENTRIES));
      });
      yield { name: `recordLesson of ${ENTRIES}`, flight, commands: classes };
      first += CERTIFICATES[flight];
    }
  }
}

/** Certificates in an order in which neighbours have different providers, as they have in life. */
function acrossProviders(first: number, count: number): readonly number[] {
  const groups = count / ENTRIES;
  return range(0, count).map((index) => first + (index % groups) * ENTRIES + Math.floor(index / groups));
}

function range(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}

async function secondsOf(
  commands: readonly Command[],
  inFlight: number,
  send: (command: Command, index: number) => Promise<unknown>,
): Promise<number> {
  let next = 0;
  const started = performance.now();
  const sender = async () => {
    for (let index = next++; index < commands.length; index = next++) await send(commands[index] as Command, index);
  };
  await Promise.all(Array.from({ length: inFlight }, sender));
  return (performance.now() - started) / 1000;
}

function of(rates: Map<string, Rates>, name: string): Rates {
  const known = rates.get(name) ?? {
    ledger: [],
    bare: [],
    calls: [],
    embedded: [],
    appends: [],
    questions: [],
    loads: [],
  };
  rates.set(name, known);
  return known;
}

function print(name: string, { ledger, bare, calls, embedded, appends, questions, loads }: Rates): void {
  const goal = name.endsWith('one at a time') ? GOALS[ONE_AT_A_TIME] : GOALS[IN_FLIGHT];
  const ratio = ratioOf(ledger, bare);
  const judged = /topUp|block|Lesson/.test(name)
    ? `, goal ${percent(goal)}: ${ratio >= goal ? 'reached' : 'missed'}`
    : '';
  process.stdout.write(
    `${name} (${ledger.length} rounds, load ${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)})\n` +
      `  appends a command: ${Math.min(...appends)} to ${Math.max(...appends)}, ${mean(appends).toFixed(2)} on average; reads: ${mean(questions).toFixed(2)}\n` +
      `  ledger ${perSecond(ledger)}; bare client ${perSecond(bare)}, ratio ${percent(ratio)}${judged}\n` +
      `  bare client with a call for each append ${perSecond(calls)}, ratio ${percent(ratioOf(ledger, calls))}\n` +
      `  the same commands on sqlite: ${perSecond(embedded)}\n`,
  );
}

async function refuseUnlessVerified(ledger: Ledger): Promise<void> {
  const { ok, findings } = await ledger.verify();
  if (!ok) throw new Error(findings.join('\n'));
}

function ratioOf(ours: readonly number[], theirs: readonly number[]): number {
  return median(ours.map((rate, round) => rate / (theirs[round] ?? Number.NaN)));
}

function mean(figures: readonly number[]): number {
  return figures.reduce((sum, figure) => sum + figure, 0) / figures.length;
}

function perSecond(rates: readonly number[]): string {
  const rate = median(rates);
  return `${rate < 100 ? rate.toFixed(1) : Math.round(rate).toLocaleString('en')}/s`;
}

function percent(ratio: number): string {
  return `${(100 * ratio).toFixed(0)} %`;
}
