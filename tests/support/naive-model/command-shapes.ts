import { isCivilDate, isInstant, isMonth, isZone } from './calendar.ts';
import { flag, type Guarded, integer, list, oneOf, record, text, where } from './guards.ts';
import { isMoney, parseMoney } from './money.ts';

const id = text(200);
const words = text(1000);
const date = isCivilDate;
const money = isMoney;
const price = where(money, (amount) => parseMoney(amount) > 0n);
const count = integer(1);
const status = oneOf('attended', 'absent', 'excused', 'cancelled');
const bank = record({ bik: words, account: words, name: words });
const module = record({ moduleId: id, name: words, lessons: count, price, normativePrice: price });
const entry = record({ contractId: id, status });
// Eleven digits are a СНИЛС: it names a person.
const holderId = where(id, (holder) => !/^\d{11}$/.test(holder));

function startsInTime({ from, until }: { from: string; until: string }): boolean {
  return from <= until;
}

function noneTwice(values: readonly string[]): boolean {
  return new Set(values).size === values.length;
}

/** Something besides the key and `on` has to be there to change. */
function changesSomething(command: object): boolean {
  return Object.keys(command).length > 2;
}

const registries = {
  registerPayer: record(
    { payerId: id, name: words },
    { inn: words, kpp: words, bank, zone: isZone, chargedStatuses: list(status, 0) },
  ),
  changePayerDetails: where(
    record({ payerId: id, on: date }, { name: words, inn: words, kpp: words, bank }),
    changesSomething,
  ),
  openFundingPeriod: where(record({ payerId: id, periodId: id, from: date, until: date }), startsInTime),
  defineCertificateGroup: record(
    { payerId: id, groupId: id, name: words, kind: oneOf('funding', 'accounting') },
    { limitCount: integer(0), limitAmount: money },
  ),
  setGroupNominal: record({ payerId: id, groupId: id, periodId: id, nominal: money }),
  registerProvider: record(
    { providerId: id, name: words, legalForm: oneOf('organisation', 'entrepreneur') },
    { inn: words, kpp: words, ogrn: words, bank },
  ),
  changeProviderDetails: where(
    record({ providerId: id, on: date }, { name: words, inn: words, kpp: words, ogrn: words, bank }),
    changesSomething,
  ),
  suspendProvider: record({ providerId: id, on: date, reason: words }),
  reinstateProvider: record({ providerId: id, on: date }),
  concludeAgreement: where(
    record(
      { agreementId: id, payerId: id, providerId: id, number: id, date, from: date, until: date },
      { totalLimit: money },
    ),
    startsInTime,
  ),
  amendAgreement: where(record({ agreementId: id, on: date }, { until: date, totalLimit: money }), changesSomething),
};

const programmes = {
  submitProgramme: where(
    record({
      programmeId: id,
      providerId: id,
      name: words,
      direction: words,
      ageFrom: integer(0),
      ageTo: integer(0),
      modules: list(module, 1),
    }),
    ({ ageFrom, ageTo, modules }) => ageFrom <= ageTo && noneTwice(modules.map((one) => one.moduleId)),
  ),
  recordExpertReview: record(
    { programmeId: id, expertId: id, verdict: oneOf('meets', 'doesNotMeet') },
    { remarks: list(record({ criterion: words, text: words }), 0) },
  ),
  decideCertification: record({ programmeId: id, outcome: oneOf('certified', 'revision', 'refused'), on: date }),
};

const certificates = {
  issueCertificate: record({
    certificateId: id,
    payerId: id,
    groupId: id,
    holderId,
    birthDate: date,
    issuedOn: date,
  }),
  topUpNominal: record({ certificateId: id, periodId: id }, { amount: money, on: date }),
  adjustNominal: record({ certificateId: id, periodId: id, nominal: money, on: date, reason: words }),
  freezeCertificate: where(
    record({ certificateId: id, from: date, reason: words }, { until: date, document: words }),
    ({ from, until }) => until === undefined || from < until,
  ),
  unfreezeCertificate: record({ certificateId: id, on: date }),
  closeCertificate: record({ certificateId: id, on: date, reason: oneOf('age', 'moved', 'request', 'error') }),
  closePeriod: record({ payerId: id, periodId: id, on: date }),
};

const contracts = {
  blockCourse: where(
    record(
      {
        contractId: id,
        certificateId: id,
        providerId: id,
        programmeId: id,
        moduleId: id,
        agreementId: id,
        number: id,
        date,
        from: date,
        until: date,
        lessons: count,
        price,
      },
      { coPayment: flag },
    ),
    (contract) => contract.date <= contract.from && contract.from <= contract.until,
  ),
  recordLesson: where(record({ lessonId: id, date, attendance: list(entry, 1) }), ({ attendance }) =>
    noneTwice(attendance.map((one) => one.contractId)),
  ),
  reverseLesson: record({ lessonId: id, contractId: id, reason: words, on: date }),
  correctAttendance: record({ lessonId: id, contractId: id, status, reason: words, on: date }),
  terminateContract: record(
    { contractId: id, noticeOn: date, initiator: oneOf('parent', 'provider', 'payer'), reason: words },
    { effectiveOn: date },
  ),
  releaseBlock: record({ contractId: id, on: date }),
};

const invoices = {
  issueInvoices: record({ month: isMonth, on: date }, { payerId: id, providerId: id }),
  acceptInvoice: record({ number: id, on: date }),
  rejectInvoice: record({ number: id, on: date, reason: words }),
  annulInvoice: record({ number: id, on: date, reason: words }),
  payInvoice: record({ number: id, on: date, amount: money, reference: words }),
  // A percent out of range has a code of its own and is a rule, a fraction is a matter of shape.
  requestAdvance: record(
    { month: isMonth, on: date, percent: integer(Number.MIN_SAFE_INTEGER) },
    { payerId: id, providerId: id },
  ),
};

export const commandShapes = { ...registries, ...programmes, ...certificates, ...contracts, ...invoices };

export type CommandName = keyof typeof commandShapes;
export type Body<N extends CommandName> = Guarded<(typeof commandShapes)[N]>;
export type Status = Guarded<typeof status>;
export type Module = Guarded<typeof module>;

export function isCommandName(value: unknown): value is CommandName {
  return typeof value === 'string' && Object.hasOwn(commandShapes, value);
}

export const isEnvelope = (value: { id?: unknown; at?: unknown; by?: unknown }): value is { id: string; at: string } =>
  id(value.id) && isInstant(value.at) && (value.by === undefined || words(value.by));
