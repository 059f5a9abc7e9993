import type { CommandName } from '../../src/application/commands.ts';

/** The fields of the commands as SPEC section 11 lists them; `?` is optional, and every command has `by?` besides. */
export const fieldsOf: Record<CommandName, string> = {
  registerPayer: 'payerId name inn? kpp? bank? zone? chargedStatuses?',
  changePayerDetails: 'payerId on name? inn? kpp? bank?',
  openFundingPeriod: 'payerId periodId from until',
  defineCertificateGroup: 'payerId groupId name kind limitCount? limitAmount?',
  setGroupNominal: 'payerId groupId periodId nominal',
  registerProvider: 'providerId name legalForm inn? kpp? ogrn? bank?',
  changeProviderDetails: 'providerId on name? inn? kpp? ogrn? bank?',
  suspendProvider: 'providerId on reason',
  reinstateProvider: 'providerId on',
  concludeAgreement: 'agreementId payerId providerId number date from until totalLimit?',
  amendAgreement: 'agreementId on until? totalLimit?',
  submitProgramme: 'programmeId providerId name direction ageFrom ageTo modules',
  recordExpertReview: 'programmeId expertId verdict remarks?',
  decideCertification: 'programmeId outcome on',
  issueCertificate: 'certificateId payerId groupId holderId birthDate issuedOn',
  topUpNominal: 'certificateId periodId amount? on?',
  adjustNominal: 'certificateId periodId nominal on reason',
  blockCourse:
    'contractId certificateId providerId programmeId moduleId agreementId number date from until lessons price coPayment?',
  recordLesson: 'lessonId date attendance',
  reverseLesson: 'lessonId contractId reason on',
  correctAttendance: 'lessonId contractId status reason on',
  freezeCertificate: 'certificateId from until? reason document?',
  unfreezeCertificate: 'certificateId on',
  terminateContract: 'contractId noticeOn effectiveOn? initiator reason',
  releaseBlock: 'contractId on',
  closeCertificate: 'certificateId on reason',
  closePeriod: 'payerId periodId on',
  issueInvoices: 'month on payerId? providerId?',
  acceptInvoice: 'number on',
  rejectInvoice: 'number on reason',
  annulInvoice: 'number on reason',
  payInvoice: 'number on amount reference',
  requestAdvance: 'month on percent payerId? providerId?',
};

const term = { from: '2020-02-01', until: '2020-06-30' };

/** A valid value for each field; where a command asks for another one it is named in {@link exampleOf}. */
const values: Record<string, unknown> = {
  ...term,
  ageFrom: 5,
  ageTo: 17,
  amount: '12.5',
  attendance: [{ contractId: 'k1', status: 'attended' }],
  bank: { bik: '1', account: '2', name: 'Банк' },
  birthDate: '2010-05-20',
  chargedStatuses: ['attended'],
  coPayment: true,
  date: '2020-01-15',
  direction: 'техническая',
  document: 'справка',
  effectiveOn: '2020-03-31',
  initiator: 'parent',
  issuedOn: '2020-01-09',
  kind: 'funding',
  legalForm: 'organisation',
  lessons: 36,
  limitAmount: '100',
  limitCount: 3,
  modules: [{ moduleId: 'm1', name: '1', lessons: 36, price: '6000', normativePrice: '6000.00' }],
  month: '2020-02',
  name: 'Название',
  nominal: '12000.00',
  noticeOn: '2020-03-01',
  on: '2020-03-01',
  outcome: 'certified',
  percent: 80,
  price: '6000.00',
  remarks: [{ criterion: 'актуальность', text: 'нет' }],
  status: 'attended',
  totalLimit: '100.00',
  verdict: 'meets',
  zone: 'Europe/Moscow',
};

/** A command with every field there is, all of them valid. */
export function exampleOf(command: CommandName): Record<string, unknown> {
  const names = fieldsOf[command].split(' ').map((field) => field.replace('?', ''));
  const fields = Object.fromEntries(names.map((name) => [name, values[name] ?? 'text']));
  const other = command === 'closeCertificate' ? { reason: 'moved' } : {};
  return { command, id: 'c1', by: 'someone', ...fields, ...other };
}

/** Whether SPEC section 11 asks for the field. */
export function isRequired(command: CommandName, field: string): boolean {
  return field === 'id' || field === 'command' || fieldsOf[command].split(' ').includes(field);
}
