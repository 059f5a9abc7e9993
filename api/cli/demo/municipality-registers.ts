import { formatMoney } from '../../../src/kernel/money.ts';
import { type Agenda, officeInstant } from './agenda.ts';
import { civil, type Day, dayOf, moscowInstant, workingDays } from './calendar.ts';
import type { DemoFields } from './demo-command.ts';
import {
  type DemoProgramme,
  type DemoProvider,
  moduleIds,
  nominals,
  payerId,
  periodId,
  programmes,
  providers,
} from './municipality-catalogue.ts';
import type { DemoRandom } from './random.ts';

type Registration = (on: string) => DemoFields;

/** What a programme's autumn module costs, in kopecks, and the part of it that a certificate may pay. */
export interface ModulePrice {
  readonly price: number;
  readonly normativePrice: number;
}

/** How many children each funding group takes. */
export interface GroupSizes {
  readonly fund: number;
  readonly ovz: number;
}

/** Enters what has to be registered before the first certificate, in the December before the year begins. */
export function enterRegisters(agenda: Agenda, sizes: GroupSizes, prices: ReadonlyMap<string, ModulePrice>): void {
  const registrations = [
    ...payerRegistrations(sizes),
    ...providers.flatMap((provider, index) => providerRegistrations(provider, index + 1)),
    ...programmes.flatMap((programme, index) => programmeRegistrations(programme, index, prices)),
  ];
  const openDays = workingDays(dayOf('2019-12-16'), dayOf('2019-12-27'));
  for (const [index, registration] of registrations.entries()) {
    agenda.enter(officeInstant(index, registrations.length, openDays), (today) => registration(civil(today)));
  }
  enterLaterChanges(agenda);
}

/** Draws the price of every programme's autumn module: an hour costs less where a group meets more often. */
export function drawPrices(random: DemoRandom): Map<string, ModulePrice> {
  return new Map(
    programmes.map(({ programmeId, lessonsAWeek }) => {
      const lesson = random.between(7_000, 9_000) - lessonsAWeek * random.between(300, 700);
      const price = lesson * lessonsAWeek * autumnWeeks + random.below(100);
      // Every third programme asks for more than the norm, so that parents pay a share there.
      const normativePrice = random.below(3) === 0 ? Math.floor((price * 9) / 10) : price;
      return [programmeId, { price, normativePrice }];
    }),
  );
}

const autumnWeeks = 17;
const springWeeks = 19;

function payerRegistrations(sizes: GroupSizes): Registration[] {
  const period = { from: '2020-01-01', until: '2020-12-31' };
  const fields: DemoFields[] = [
    {
      command: 'registerPayer',
      payerId,
      name: 'Управление образования (учебный пример)',
      inn: '0000000000',
      kpp: '000000000',
      bank: { bik: '000000000', account: '00000000000000000000', name: 'Банк (пример)' },
      zone: 'Europe/Moscow',
    },
    { command: 'openFundingPeriod', payerId, periodId, ...period },
    fundingGroup('fund', 'Сертификаты финансирования, 5–17 лет', sizes.fund),
    fundingGroup('ovz', 'Сертификаты финансирования, дети с ОВЗ', sizes.ovz),
    { command: 'defineCertificateGroup', payerId, groupId: 'acc', name: 'Сертификаты учёта', kind: 'accounting' },
    { command: 'setGroupNominal', payerId, groupId: 'fund', periodId, nominal: formatMoney(nominals.fund) },
    { command: 'setGroupNominal', payerId, groupId: 'ovz', periodId, nominal: formatMoney(nominals.ovz) },
  ];
  return fields.map((field) => () => field);
}

/** The limits are just what the group needs: the payer funds as many children as its budget names. */
function fundingGroup(groupId: keyof GroupSizes, name: string, limitCount: number): DemoFields {
  const limitAmount = formatMoney(limitCount * nominals[groupId]);
  return { command: 'defineCertificateGroup', payerId, groupId, name, kind: 'funding', limitCount, limitAmount };
}

function providerRegistrations({ providerId, name, legalForm }: DemoProvider, number: number): Registration[] {
  const [inn, ogrn] =
    legalForm === 'organisation'
      ? [String(number).padStart(10, '0'), String(number).padStart(13, '0')]
      : [String(number).padStart(12, '0'), String(number).padStart(15, '0')];
  const bank = { bik: '000000000', account: String(number).padStart(20, '0'), name: 'Банк (пример)' };
  return [
    () => ({ command: 'registerProvider', providerId, name, legalForm, inn, ogrn, bank }),
    (on) => ({
      command: 'concludeAgreement',
      agreementId: `s-${providerId}`,
      payerId,
      providerId,
      number: `${number}/2020`,
      date: on,
      from: '2020-01-01',
      until: '2020-12-31',
    }),
  ];
}

function programmeRegistrations(
  programme: DemoProgramme,
  index: number,
  prices: ReadonlyMap<string, ModulePrice>,
): Registration[] {
  const { programmeId } = programme;
  const submission = () => submitProgramme(programme, prices);
  const decision = (outcome: string) => (on: string) => ({ command: 'decideCertification', programmeId, outcome, on });
  const approval = [submission, review(programmeId, 1), review(programmeId, 2), decision('certified')];
  if (index !== programmes.length - 1) return approval;
  // One programme comes back from its first reading and is certified at the second.
  return [submission, review(programmeId, 1, true), review(programmeId, 2), decision('revision'), ...approval];
}

function submitProgramme(programme: DemoProgramme, prices: ReadonlyMap<string, ModulePrice>): DemoFields {
  const { programmeId, providerId, name, direction, ageFrom, ageTo, lessonsAWeek } = programme;
  const autumn = prices.get(programmeId);
  if (autumn === undefined) throw new RangeError(`no price was drawn for ${programmeId}`);
  const modules = [
    { moduleId: moduleIds.autumn, name: 'Сентябрь – декабрь', ...terms(autumn, lessonsAWeek, autumnWeeks) },
    { moduleId: moduleIds.spring, name: 'Январь – май', ...terms(autumn, lessonsAWeek, springWeeks) },
  ];
  return { command: 'submitProgramme', programmeId, providerId, name, direction, ageFrom, ageTo, modules };
}

/** A longer module costs as much more as it has more weeks. */
function terms({ price, normativePrice }: ModulePrice, lessonsAWeek: number, weeks: number) {
  const lasting = (autumnPrice: number) => formatMoney(Math.floor((autumnPrice * weeks) / autumnWeeks));
  return { lessons: lessonsAWeek * weeks, price: lasting(price), normativePrice: lasting(normativePrice) };
}

function review(programmeId: string, expert: number, hasRemarks = false): Registration {
  const fields = { command: 'recordExpertReview', programmeId, expertId: `expert-${expert}` };
  const remarks = [{ criterion: 'Планируемые результаты', text: 'Указать, как проверяется их достижение' }];
  return () => (hasRemarks ? { ...fields, verdict: 'doesNotMeet', remarks } : { ...fields, verdict: 'meets' });
}

/** A provider changes its bank in the autumn, and in December the payer prepares the next year. */
function enterLaterChanges(agenda: Agenda): void {
  const bank = { bik: '000000000', account: '00000000000000000102', name: 'Другой банк (пример)' };
  const enter = (day: Day, minutes: number, registration: Registration) =>
    agenda.enter(moscowInstant(day, minutes * 60), (today) => registration(civil(today)));
  enter(dayOf('2020-11-16'), 610, (on) => ({ command: 'changeProviderDetails', providerId: 'ckit', on, bank }));
  const period = { periodId: '2021', from: '2021-01-01', until: '2021-12-31' };
  enter(dayOf('2020-12-21'), 660, () => ({ command: 'openFundingPeriod', payerId, ...period }));
}
