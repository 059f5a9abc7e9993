import { agreementStream } from '../../src/domain/agreement/events.ts';
import { certificateStream } from '../../src/domain/certificate/events.ts';
import { payerStream } from '../../src/domain/payer/events.ts';
import { programmeStream } from '../../src/domain/programme/events.ts';
import { providerStream } from '../../src/domain/provider/events.ts';
import { agreementSharesStream, contractNumberStream, contractStream } from '../../src/domain/reservation/events.ts';
import type { LedgerEvent } from '../../src/events/catalogue.ts';
import { CHAIN_START } from '../../src/events/chain.ts';
import { encodeEvent } from '../../src/events/codec.ts';
import { formatMoney, proportion } from '../../src/kernel/money.ts';
import { SqliteEventStore } from '../../src/store/sqlite/sqlite-event-store.ts';

/** How large a ledger is to be: its charges are those of `months` months, `lessonsPerMonth` of each contract. */
export interface Size {
  readonly contracts: number;
  readonly providers: number;
  readonly months: number;
  readonly lessonsPerMonth: number;
}

interface Head {
  readonly stream: string;
  revision: number;
  hash: string;
}

const APPENDS_PER_COMMIT = 5_000;
const SHARE = 6000_00;

/**
 * Writes a ledger's log as commands would have left it, event by event in the order of life: registries, certificates,
 * blocks with their reservations, then lessons day by day over all contracts. It decides nothing, which makes millions
 * of events a matter of a minute. Answers how many events there are.
 */
export async function growLog(file: string, size: Size): Promise<number> {
  const log = new Log(file);
  await registerAll(log, size);
  for (let contract = 0; contract < size.contracts; contract += 1) await block(log, contract, size);
  const lessons = size.months * size.lessonsPerMonth;
  for (let lesson = 0; lesson < lessons; lesson += 1) {
    for (let contract = 0; contract < size.contracts; contract += 1) await charge(log, contract, lesson, size);
  }
  return log.close();
}

/** The certificate of a contract of a grown ledger: there is one each. */
export function certificateOf(contract: number): string {
  return `certificate-${String(contract).padStart(7, '0')}`;
}

class Log {
  readonly #store: SqliteEventStore;
  readonly #heads = new Map<string, Head>();
  #events = 0;

  constructor(file: string) {
    this.#store = new SqliteEventStore(file);
  }

  async append(stream: string, event: LedgerEvent, at = '2020-01-09T06:00:00Z'): Promise<void> {
    const head = this.#heads.get(stream) ?? { stream, revision: -1, hash: CHAIN_START };
    this.#events += 1;
    const metadata = {
      recordedAt: at,
      commandId: `command-${String(this.#events).padStart(9, '0')}`,
      bodyDigest: 'r5tqyV0bQ3Y2n0mV4mLhVQv2c1N4d0m2yS5n3qX0b1A',
    };
    const encoded = encodeEvent(event, metadata, head);
    await this.#store.append(stream, head.revision, [encoded]);
    head.revision += 1;
    head.hash = encoded.hash;
    this.#heads.set(stream, head);
    if (this.#events % APPENDS_PER_COMMIT === 0) await this.#store.flush();
  }

  async close(): Promise<number> {
    await this.#store.close();
    return this.#events;
  }
}

async function registerAll(log: Log, { providers }: Size): Promise<void> {
  const effectiveOn = '2020-01-09';
  const year = { from: '2020-01-01', until: '2020-12-31' };
  const payer = payerStream('uo');
  const name = 'Управление образования';
  await log.append(payer, {
    type: 'PayerRegistered',
    effectiveOn,
    payerId: 'uo',
    name,
    zone: 'Europe/Moscow',
    chargedStatuses: ['attended', 'absent'],
  });
  await log.append(payer, { type: 'FundingPeriodOpened', effectiveOn, periodId: '2020', ...year });
  await log.append(payer, { type: 'CertificateGroupDefined', effectiveOn, groupId: 'g', name: 'г', kind: 'funding' });
  for (let number = 0; number < providers; number += 1) {
    const [providerId, programmeId, agreementId] = [`provider-${number}`, `programme-${number}`, `agreement-${number}`];
    await log.append(providerStream(providerId), {
      type: 'ProviderRegistered',
      effectiveOn,
      providerId,
      name: 'Кванториум',
      legalForm: 'organisation',
    });
    const module = { moduleId: 'm', name: 'Первый год', lessons: 72, price: SHARE, normativePrice: SHARE };
    await log.append(programmeStream(programmeId), {
      type: 'ProgrammeSubmitted',
      effectiveOn,
      programmeId,
      providerId,
      name: 'Робототехника',
      direction: 'техническая',
      ageFrom: 5,
      ageTo: 17,
      modules: [module],
    });
    const terms = { number: String(number), date: effectiveOn, ...year };
    await log.append(agreementStream(agreementId), {
      type: 'AgreementConcluded',
      effectiveOn,
      agreementId,
      payerId: 'uo',
      providerId,
      ...terms,
    });
  }
}

async function block(log: Log, contract: number, { providers, months, lessonsPerMonth }: Size): Promise<void> {
  const certificateId = certificateOf(contract);
  const stream = certificateStream(certificateId);
  const provider = contract % providers;
  const issued = { payerId: 'uo', groupId: 'g', holderId: `holder-${contract}` };
  await log.append(stream, {
    type: 'CertificateIssued',
    effectiveOn: '2020-01-10',
    certificateId,
    ...issued,
    validFrom: '2020-01-10',
    validUntil: '2028-05-04',
  });
  const year = { periodId: '2020', from: '2020-01-01', until: '2020-12-31' };
  await log.append(stream, { type: 'NominalToppedUp', effectiveOn: '2020-01-10', ...year, amount: SHARE });
  const contractId = `contract-${String(contract).padStart(7, '0')}`;
  const [agreementId, providerId, number] = [`agreement-${provider}`, `provider-${provider}`, String(contract)];
  const reserved = { effectiveOn: '2020-08-20', contractId, certificateId };
  await log.append(contractStream(contractId), { type: 'ContractReserved', ...reserved });
  await log.append(contractNumberStream(providerId, '2020', number), { type: 'ContractNumberReserved', ...reserved });
  await log.append(agreementSharesStream(agreementId), { type: 'ShareReserved', ...reserved, amount: SHARE });
  await log.append(stream, {
    type: 'CourseBlocked',
    effectiveOn: '2020-08-20',
    contractId,
    payerId: 'uo',
    periodId: '2020',
    providerId,
    programmeId: `programme-${provider}`,
    moduleId: 'm',
    agreementId,
    number,
    date: '2020-08-20',
    from: '2020-09-01',
    until: '2020-12-31',
    lessons: months * lessonsPerMonth,
    price: SHARE,
    share: SHARE,
    parentShare: 0,
  });
}

async function charge(log: Log, contract: number, lesson: number, size: Size): Promise<void> {
  const lessons = size.months * size.lessonsPerMonth;
  const month = 9 + Math.floor(lesson / size.lessonsPerMonth);
  const day = 1 + Math.floor(((lesson % size.lessonsPerMonth) * 28) / size.lessonsPerMonth);
  const date = `2020-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
  const amount = proportion(SHARE, lesson + 1, lessons) - proportion(SHARE, lesson, lessons);
  await log.append(
    certificateStream(certificateOf(contract)),
    {
      type: 'LessonCharged',
      effectiveOn: date,
      contractId: `contract-${String(contract).padStart(7, '0')}`,
      lessonId: `lesson-${lesson}-${contract % 997}`,
      status: 'attended',
      amount,
    },
    `${date}T15:00:00Z`,
  );
}

/** What a grown ledger's charges of one month of all contracts come to, as an invoice run has to bill it. */
export function monthTotal({ contracts, months, lessonsPerMonth }: Size): string {
  return formatMoney(contracts * proportion(SHARE, lessonsPerMonth, months * lessonsPerMonth));
}
