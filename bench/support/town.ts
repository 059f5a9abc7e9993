import type { Command, CommandOf, Ledger } from '../../src/index.ts';

/** The part of a town that benches charge lessons on: a certificate with one contract each. */
export interface TownOptions {
  readonly certificates: number;
  /** How many lessons each contract has; the share is 6 000.00 whatever their number. */
  readonly lessonsPerContract: number;
  /** 500 unless given. */
  readonly contractsPerProvider?: number;
}

const CONTRACTS_PER_PROVIDER = 500;
const COURSE_DAYS = 120;

/** The commands that set a town up: registries, certificates topped up, a course blocked on each. */
export function* townCommands(town: TownOptions): Iterable<Command> {
  yield* registryCommands(town);
  for (let certificate = 0; certificate < town.certificates; certificate += 1) {
    yield issue(certificate);
    yield topUp(certificate);
    yield block(certificate, town);
  }
}

/** The commands that set a town up as far as its certificates. */
export function* registryCommands({ certificates, contractsPerProvider }: TownOptions): Iterable<Command> {
  yield { command: 'registerPayer', id: 'payer', payerId: 'uo', name: 'Управление образования' };
  yield {
    command: 'openFundingPeriod',
    id: 'period',
    payerId: 'uo',
    periodId: '2020',
    from: '2020-01-01',
    until: '2020-12-31',
  };
  yield { command: 'defineCertificateGroup', id: 'group', payerId: 'uo', groupId: 'g', name: 'г', kind: 'funding' };
  yield { command: 'setGroupNominal', id: 'nominal', payerId: 'uo', groupId: 'g', periodId: '2020', nominal: '6000' };
  const providers = certificates / (contractsPerProvider ?? CONTRACTS_PER_PROVIDER);
  for (let provider = 0; provider < providers; provider += 1) yield* providerCommands(provider);
}

/** Issues a certificate of the town. */
export function issue(certificate: number): CommandOf<'issueCertificate'> {
  return {
    command: 'issueCertificate',
    id: `issue-${certificate}`,
    certificateId: certificateId(certificate),
    payerId: 'uo',
    groupId: 'g',
    holderId: `holder-${certificate}`,
    birthDate: '2010-05-05',
    issuedOn: '2020-01-10',
  };
}

/** Tops a certificate of the town up. */
export function topUp(certificate: number): CommandOf<'topUpNominal'> {
  return {
    command: 'topUpNominal',
    id: `top-up-${certificate}`,
    certificateId: certificateId(certificate),
    periodId: '2020',
  };
}

/** Blocks the one course of a certificate of the town. */
export function block(
  certificate: number,
  { lessonsPerContract, contractsPerProvider = CONTRACTS_PER_PROVIDER }: TownOptions,
): CommandOf<'blockCourse'> {
  const provider = Math.floor(certificate / contractsPerProvider);
  return {
    command: 'blockCourse',
    id: `block-${certificate}`,
    contractId: contractId(certificate),
    certificateId: certificateId(certificate),
    providerId: `provider-${provider}`,
    programmeId: `programme-${provider}`,
    moduleId: 'm',
    agreementId: `agreement-${provider}`,
    number: String(certificate),
    date: '2020-08-20',
    from: '2020-09-01',
    until: '2020-12-31',
    lessons: lessonsPerContract,
    price: '6000.00',
  };
}

/** Runs commands one after another, waiting for the disk only at the end. */
export async function runAll(ledger: Ledger, commands: Iterable<Command>): Promise<void> {
  let waiting = 0;
  for (const command of commands) {
    await ledger.execute(command, { durable: false });
    waiting += 1;
    if (waiting % 1_000 === 0) await ledger.flush();
  }
  await ledger.flush();
}

/** Lesson number `lesson` of the town for the given contracts, everybody present. */
export function lesson(lesson: number, contracts: readonly number[]): CommandOf<'recordLesson'> {
  return {
    command: 'recordLesson',
    id: `command-${String(lesson).padStart(9, '0')}`,
    lessonId: `lesson-${String(lesson).padStart(9, '0')}`,
    date: dayOfCourse(lesson % COURSE_DAYS),
    attendance: contracts.map((contract) => ({ contractId: contractId(contract), status: 'attended' as const })),
  };
}

/** `count` lessons of one entry each, going round the contracts. */
export function lessons(first: number, count: number, certificates: number): CommandOf<'recordLesson'>[] {
  return Array.from({ length: count }, (_, index) => lesson(first + index, [(first + index) % certificates]));
}

function dayOfCourse(day: number): string {
  return new Date(Date.UTC(2020, 8, 1 + day)).toISOString().slice(0, 10);
}

function* providerCommands(provider: number): Iterable<Command> {
  const providerId = `provider-${provider}`;
  const programmeId = `programme-${provider}`;
  yield { command: 'registerProvider', id: providerId, providerId, name: 'Кванториум', legalForm: 'organisation' };
  yield {
    command: 'submitProgramme',
    id: programmeId,
    programmeId,
    providerId,
    name: 'Робототехника',
    direction: 'техническая',
    ageFrom: 5,
    ageTo: 17,
    modules: [{ moduleId: 'm', name: 'Первый год', lessons: 72, price: '6000.00', normativePrice: '6000.00' }],
  };
  for (const expertId of ['first', 'second']) {
    yield { command: 'recordExpertReview', id: `${programmeId}-${expertId}`, programmeId, expertId, verdict: 'meets' };
  }
  yield {
    command: 'decideCertification',
    id: `${programmeId}-decision`,
    programmeId,
    outcome: 'certified',
    on: '2020-01-09',
  };
  yield {
    command: 'concludeAgreement',
    id: `agreement-${provider}`,
    agreementId: `agreement-${provider}`,
    payerId: 'uo',
    providerId,
    number: String(provider),
    date: '2020-01-09',
    from: '2020-01-09',
    until: '2020-12-31',
  };
}

function certificateId(certificate: number): string {
  return `certificate-${String(certificate).padStart(6, '0')}`;
}

function contractId(contract: number): string {
  return `contract-${String(contract).padStart(6, '0')}`;
}
