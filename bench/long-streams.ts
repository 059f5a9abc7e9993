import { join } from 'node:path';
import type { Command, CommandOf, Ledger } from '../src/index.ts';
import { openLedger } from '../src/index.ts';
import { median } from './support/report.ts';
import { runAll } from './support/town.ts';
import { inFolder } from './support/workshop.ts';

/** Thirteen years of school, one contract a year; the last year is still open. */
const FIRST_YEAR = 2010;
const LAST_YEAR = 2022;
const COLD_ROUNDS = 15;
const WARM_COMMANDS = 400;

/** A certificate with so many events, of which `open` are lessons of the year that is not closed yet. */
interface Certificate {
  readonly id: string;
  readonly events: number;
  readonly open: number;
}

const CERTIFICATES: readonly Certificate[] = [
  { id: 'young', events: 50, open: 40 },
  { id: 'old', events: 5_000, open: 40 },
  { id: 'busy', events: 5_000, open: 4_990 },
];

/** What a command costs on a certificate with 50 and with 5 000 events, from memory and as the first after opening. */
export async function run(): Promise<void> {
  await inFolder(async (folder) => {
    const store = `sqlite:${join(folder, 'ledger.db')}`;
    let ledger = await openLedger({ store });
    await runAll(ledger, registers());
    for (const certificate of CERTIFICATES) await runAll(ledger, beginnings(certificate));
    for (let year = FIRST_YEAR; year <= LAST_YEAR; year += 1) await runAll(ledger, yearOf(year));
    const next = new Map(CERTIFICATES.map(({ id }) => [id, 0]));
    const warm = await timed(CERTIFICATES, WARM_COMMANDS, async ({ id }) => once(ledger, id, next));
    await ledger.close();
    const cold = await timed(CERTIFICATES, COLD_ROUNDS, async ({ id }) => {
      ledger = await openLedger({ store });
      // The first command of a process also compiles; one on another certificate takes that out of the comparison.
      await once(ledger, 'beside', next);
      const took = await once(ledger, id, next);
      await ledger.close();
      return took;
    });
    print(warm, cold);
  });
}

/** The times in turn, so that whatever else the machine does falls on all alike. */
async function timed(
  certificates: readonly Certificate[],
  rounds: number,
  measure: (certificate: Certificate) => Promise<number>,
): Promise<Map<string, number[]>> {
  const times = new Map<string, number[]>(certificates.map(({ id }) => [id, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const certificate of certificates) times.get(certificate.id)?.push(await measure(certificate));
  }
  return times;
}

/** Microseconds of one lesson, the wait for the disk left out: it is the same for all. */
async function once(ledger: Ledger, certificateId: string, next: Map<string, number>): Promise<number> {
  const number = next.get(certificateId) ?? 0;
  next.set(certificateId, number + 1);
  const command = lesson(certificateId, LAST_YEAR, `measured-${number}`);
  const started = performance.now();
  await ledger.execute(command, { durable: false });
  const took = (performance.now() - started) * 1000;
  await ledger.flush();
  return took;
}

function print(warm: Map<string, number[]>, cold: Map<string, number[]>): void {
  for (const [title, times] of [
    ['warm', warm],
    ['cold', cold],
  ] as const) {
    const young = median(times.get('young') ?? []);
    process.stdout.write(`a command on one certificate, ${title}, the wait for the disk left out (median)\n`);
    for (const { id, events, open } of CERTIFICATES) {
      const took = median(times.get(id) ?? []);
      const size = `${events} events, ${open} of them lessons of the open year`;
      process.stdout.write(`  ${size.padEnd(48)} ${took.toFixed(0).padStart(7)} µs  ×${(took / young).toFixed(2)}\n`);
    }
  }
}

function* registers(): Iterable<Command> {
  yield { command: 'registerPayer', id: 'payer', payerId: 'uo', name: 'Управление образования' };
  yield { command: 'defineCertificateGroup', id: 'group', payerId: 'uo', groupId: 'g', name: 'г', kind: 'funding' };
  for (let year = FIRST_YEAR; year <= LAST_YEAR; year += 1) {
    const periodId = String(year);
    const term = { from: `${year}-01-01`, until: `${year}-12-31` };
    yield { command: 'openFundingPeriod', id: `period-${year}`, payerId: 'uo', periodId, ...term };
    const nominal = { payerId: 'uo', groupId: 'g', periodId, nominal: '6000.00' };
    yield { command: 'setGroupNominal', id: `nominal-${year}`, ...nominal };
  }
  yield { command: 'registerProvider', id: 'provider', providerId: 'p', name: 'Кванториум', legalForm: 'organisation' };
  const programme = { programmeId: 'pr', name: 'Робототехника', direction: 'техническая', ageFrom: 5, ageTo: 17 };
  const offer = { moduleId: 'm', name: 'Год', lessons: 72, price: '6000.00', normativePrice: '6000.00' };
  yield { command: 'submitProgramme', id: 'programme', providerId: 'p', ...programme, modules: [offer] };
  for (const expertId of ['first', 'second']) {
    yield { command: 'recordExpertReview', id: `review-${expertId}`, programmeId: 'pr', expertId, verdict: 'meets' };
  }
  yield { command: 'decideCertification', id: 'decision', programmeId: 'pr', outcome: 'certified', on: '2010-01-01' };
  yield {
    command: 'concludeAgreement',
    id: 'agreement',
    agreementId: 'a',
    payerId: 'uo',
    providerId: 'p',
    number: '1',
    date: '2010-01-01',
    from: '2010-01-01',
    until: '2022-12-31',
  };
  yield* beginnings({ id: 'beside', events: 0, open: 0 });
  yield* contractOf('beside', LAST_YEAR);
}

function* beginnings({ id }: Certificate): Iterable<Command> {
  yield {
    command: 'issueCertificate',
    id: `issue-${id}`,
    certificateId: id,
    payerId: 'uo',
    groupId: 'g',
    holderId: `holder-${id}`,
    birthDate: '2005-01-01',
    issuedOn: '2010-01-05',
  };
}

/** Every certificate's lessons of one year; then the year is closed, unless it is the last. */
function* yearOf(year: number): Iterable<Command> {
  const years = LAST_YEAR - FIRST_YEAR;
  for (const { id, events, open } of CERTIFICATES) {
    const before = Math.max(0, Math.floor((events - open) / years) - 4);
    const count = year === LAST_YEAR ? open : before;
    if (count === 0) continue;
    yield* contractOf(id, year);
    for (let number = 0; number < count; number += 1) yield lesson(id, year, String(number));
  }
  if (year === LAST_YEAR) return;
  yield { command: 'closePeriod', id: `close-${year}`, payerId: 'uo', periodId: String(year), on: `${year + 1}-01-10` };
}

function* contractOf(certificateId: string, year: number): Iterable<Command> {
  yield { command: 'topUpNominal', id: `top-up-${certificateId}-${year}`, certificateId, periodId: String(year) };
  yield {
    command: 'blockCourse',
    id: `block-${certificateId}-${year}`,
    contractId: `${certificateId}-${year}`,
    certificateId,
    providerId: 'p',
    programmeId: 'pr',
    moduleId: 'm',
    agreementId: 'a',
    number: `${certificateId}-${year}`,
    date: `${year}-01-05`,
    from: `${year}-01-10`,
    until: `${year}-12-31`,
    lessons: 10_000,
    price: '6000.00',
  };
}

function lesson(certificateId: string, year: number, number: string): CommandOf<'recordLesson'> {
  const contractId = `${certificateId}-${year}`;
  const lessonId = `${contractId}-${number}`;
  const attendance = [{ contractId, status: 'attended' as const }];
  return { command: 'recordLesson', id: lessonId, lessonId, date: `${year}-09-01`, attendance };
}
