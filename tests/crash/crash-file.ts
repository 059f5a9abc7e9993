/** A line of a command file. */
export type Line = Record<string, unknown> & { command: string; id: string; at: string };
type Body = Record<string, unknown> & { command: string };

const PROVIDERS = 15;
const PAYERS = 18;
/** The first payer has more certificates with contracts than the others, and many that only have money. */
const MORE_OF_THE_FIRST = 24;
const MONEY_ONLY = 130;

interface Contract {
  readonly contractId: string;
  readonly certificateId: string;
  readonly payerId: string;
  readonly providerId: string;
}

interface Certificate {
  readonly certificateId: string;
  readonly payerId: string;
}

/**
 * A command file in which every process over several streams occurs; lessons of 630 contracts, the invoices of 270 pairs
 * and a period of 155 certificates with their contracts are longer than one transaction. `at` increases strictly, from line to line a second,
 * so that a file sent again is never ahead of itself. Some commands are refused, in every run alike.
 */
export function crashFile(): Line[] {
  return [...byDay()].flatMap(([day, bodies]) =>
    bodies.map((body, index) => ({ ...body, id: `${day}/${index}`, at: instant(day, index) })),
  );
}

function* byDay(): Generator<[string, Body[]]> {
  const learners = [...ofEachPayer(), ...ofTheFirst('b', MORE_OF_THE_FIRST)];
  const contracts = learners.flatMap(contractsOf);
  const ids = contracts.map(({ contractId }) => contractId);
  const certificates = [...learners, ...ofTheFirst('c', MONEY_ONLY)];
  yield ['2020-08-03', [...registers(), ...certificates.flatMap(funded), ...contracts.map(blocked)]];
  yield ['2020-09-02', [{ command: 'requestAdvance', month: '2020-09', on: '2020-09-02', percent: 80 }]];
  yield ['2020-09-07', [lesson('l1', '2020-09-07', ids), ...singles('2020-09-07', ids)]];
  yield ['2020-10-01', [invoices('2020-09', '2020-10-01'), ...corrections('2020-10-01')]];
  yield ['2020-10-05', [lesson('l2', '2020-10-05', ids), ...endings('2020-10-05', contracts)]];
  yield ['2020-11-02', [invoices('2020-10', '2020-11-02'), invoices('2020-10', '2020-11-02'), ...lives('2020-11-02')]];
  yield ['2020-11-09', [lesson('l3', '2020-11-09', ids)]];
  yield ['2020-12-02', [invoices('2020-11', '2020-12-02'), lesson('l4', '2020-12-02', ids)]];
  yield ['2021-01-11', [invoices('2020-12', '2021-01-11'), closing('u00'), closing('u01'), closing('u00')]];
  yield ['2021-02-01', late('2021-02-01')];
}

function ofEachPayer(): Certificate[] {
  return range(PAYERS).map((index) => ({ certificateId: `a${two(index)}`, payerId: `u${two(index)}` }));
}

function ofTheFirst(prefix: string, length: number): Certificate[] {
  return range(length).map((index) => ({ certificateId: `${prefix}${two(index)}`, payerId: 'u00' }));
}

/** One contract with every provider. */
function contractsOf({ certificateId, payerId }: Certificate): Contract[] {
  return range(PROVIDERS).map((index) => {
    const providerId = `p${two(index)}`;
    return { contractId: `${certificateId}-${providerId}`, certificateId, payerId, providerId };
  });
}

function registers(): Body[] {
  const payers = range(PAYERS).flatMap((index): Body[] => {
    const payerId = `u${two(index)}`;
    const period = { periodId: '2020', from: '2020-01-01', until: '2020-12-31' };
    return [
      { command: 'registerPayer', payerId, name: `Плательщик ${index}` },
      { command: 'openFundingPeriod', payerId, ...period },
      { command: 'defineCertificateGroup', payerId, groupId: 'fund', name: '5–17 лет', kind: 'funding' },
      { command: 'setGroupNominal', payerId, groupId: 'fund', periodId: '2020', nominal: '12000.00' },
    ];
  });
  return [...payers, ...range(PROVIDERS).flatMap(providerWithProgramme)];
}

function providerWithProgramme(index: number): Body[] {
  const providerId = `p${two(index)}`;
  const programmeId = `programme-${providerId}`;
  const modules = [{ moduleId: 'm1', name: 'Модуль', lessons: 7, price: '100.00', normativePrice: '100.00' }];
  const subject = { name: 'Робототехника', direction: 'техническая', ageFrom: 5, ageTo: 17, modules };
  const term = { date: '2020-08-03', from: '2020-08-01', until: '2020-12-31', totalLimit: '100000.00' };
  return [
    { command: 'registerProvider', providerId, name: `Поставщик ${index}`, legalForm: 'organisation' },
    { command: 'submitProgramme', programmeId, providerId, ...subject },
    { command: 'recordExpertReview', programmeId, expertId: 'e1', verdict: 'meets' },
    { command: 'recordExpertReview', programmeId, expertId: 'e2', verdict: 'meets' },
    { command: 'decideCertification', programmeId, outcome: 'certified', on: '2020-08-03' },
    ...range(PAYERS).map((payer): Body => {
      const payerId = `u${two(payer)}`;
      const parties = { agreementId: `${payerId}-${providerId}`, payerId, providerId, number: payerId };
      return { command: 'concludeAgreement', ...parties, ...term };
    }),
  ];
}

function funded({ certificateId, payerId }: Certificate): Body[] {
  const child = { groupId: 'fund', holderId: `h${certificateId}`, birthDate: '2010-05-20', issuedOn: '2020-08-03' };
  return [
    { command: 'issueCertificate', certificateId, payerId, ...child },
    { command: 'topUpNominal', certificateId, periodId: '2020' },
  ];
}

function blocked({ contractId, certificateId, payerId, providerId }: Contract): Body {
  const ids = { contractId, certificateId, providerId, agreementId: `${payerId}-${providerId}`, number: contractId };
  const course = { programmeId: `programme-${providerId}`, moduleId: 'm1', lessons: 7, price: '100.00' };
  return { command: 'blockCourse', ...ids, ...course, date: '2020-08-03', from: '2020-09-01', until: '2020-12-20' };
}

function lesson(lessonId: string, date: string, contractIds: readonly string[]): Body {
  const attendance = contractIds.map((contractId, index) => ({
    contractId,
    status: index % 9 === 8 ? 'excused' : 'attended',
  }));
  return { command: 'recordLesson', lessonId, date, attendance };
}

/** Lessons of one contract, of two that conflict with an earlier one, and of a contract nobody has. */
function singles(date: string, ids: readonly string[]): Body[] {
  const one = ids.slice(0, 40).map((id) => lesson(`own-${id}`, date, [id]));
  return [...one, lesson('l1', '2020-09-08', ids.slice(0, 2)), lesson('l9', date, ['nobody', ...ids.slice(0, 3)])];
}

function invoices(month: string, on: string): Body {
  return { command: 'issueInvoices', month, on };
}

function corrections(on: string): Body[] {
  const why = { reason: 'сверка журнала', on };
  return [
    { command: 'correctAttendance', lessonId: 'l1', contractId: 'a00-p00', status: 'excused', ...why },
    { command: 'reverseLesson', lessonId: 'l1', contractId: 'a01-p01', ...why },
    { command: 'reverseLesson', lessonId: 'l1', contractId: 'a01-p01', ...why },
    { command: 'freezeCertificate', certificateId: 'a02', from: '2020-09-01', until: '2020-09-20', reason: 'болезнь' },
    { command: 'freezeCertificate', certificateId: 'a03', from: '2020-09-07', reason: 'болезнь' },
    { command: 'unfreezeCertificate', certificateId: 'a03', on: '2020-09-08' },
    { command: 'adjustNominal', certificateId: 'a04', periodId: '2020', nominal: '9000.00', on, reason: 'индексация' },
  ];
}

/** Some certificates are closed, back-dated; of others each contract is terminated, and released or not yet. */
function endings(on: string, contracts: readonly Contract[]): Body[] {
  const closed = ['a05', 'b05', 'b15', 'c00'].map(
    (certificateId): Body => ({ command: 'closeCertificate', certificateId, on: '2020-10-04', reason: 'moved' }),
  );
  const terminated = contracts.filter(({ certificateId }) => ['a06', 'b07'].includes(certificateId));
  const ended = terminated.flatMap(({ contractId }): Body[] => {
    const notice = { noticeOn: on, effectiveOn: '2020-10-04', initiator: 'parent', reason: 'нет' };
    return [
      { command: 'terminateContract', contractId, ...notice },
      { command: 'releaseBlock', contractId, on },
    ];
  });
  return [...closed, ...ended, { command: 'releaseBlock', contractId: 'a07-p00', on }];
}

function lives(on: string): Body[] {
  const number = (provider: number, index: number) => `p${two(provider)}-2020-${String(index).padStart(4, '0')}`;
  return [
    { command: 'acceptInvoice', number: number(1, 1), on },
    { command: 'annulInvoice', number: number(2, 18 + 2), on, reason: 'ошибка' },
    { command: 'rejectInvoice', number: number(3, 18 + 3), on, reason: 'нет журнала' },
    { command: 'rejectInvoice', number: number(3, 1), on, reason: 'не последний' },
    { command: 'payInvoice', number: number(4, 1), on, amount: '1.00', reference: 'п/п 1' },
    { command: 'requestAdvance', month: '2020-12', on, percent: 81 },
    invoices('2020-10', on),
  ];
}

function closing(payerId: string): Body {
  return { command: 'closePeriod', payerId, periodId: '2020', on: '2021-01-11' };
}

/** What is learned when the period is over: reversals release and expire at once. */
function late(on: string): Body[] {
  const why = { reason: 'сверка журнала', on };
  return [
    { command: 'reverseLesson', lessonId: 'l2', contractId: 'a00-p05', ...why },
    { command: 'freezeCertificate', certificateId: 'b06', from: '2020-10-01', until: '2020-10-10', reason: 'болезнь' },
    { command: 'correctAttendance', lessonId: 'l2', contractId: 'a00-p07', status: 'excused', ...why },
    invoices('2021-01', on),
  ];
}

function instant(day: string, seconds: number): string {
  return new Date(Date.parse(`${day}T06:00:00Z`) + 1000 * seconds).toISOString();
}

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
