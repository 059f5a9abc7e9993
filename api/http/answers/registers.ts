import { z } from 'zod';
import type {
  AgreementItem,
  GroupItem,
  PayerItem,
  PeriodItem,
  ProgrammeItem,
  ProviderItem,
} from '../../../src/index.ts';
import { component } from './component.ts';
import { amount, count, date, id, listOf, text } from './fields.ts';

const bank = component('Bank', 'Bank details.', z.strictObject({ bik: text, account: text, name: text }));

export const payer = component(
  'Payer',
  'A body that funds certificates and pays invoices.',
  z.strictObject({
    payerId: id,
    name: text,
    inn: text.exactOptional(),
    kpp: text.exactOptional(),
    bank: bank.exactOptional(),
    zone: text.meta({ description: 'The IANA zone that turns "now" into its civil date' }),
  }),
) satisfies z.ZodType<PayerItem>;

export const period = component(
  'Period',
  'A funding period of a payer.',
  z.strictObject({ payerId: id, periodId: id, from: date, until: date, status: z.enum(['open', 'closed']) }),
) satisfies z.ZodType<PeriodItem>;

export const group = component(
  'Group',
  'A group of certificates: its nominal per period and its limits.',
  z.strictObject({
    payerId: id,
    groupId: id,
    name: text,
    kind: z.enum(['funding', 'accounting']),
    limitCount: count.exactOptional(),
    limitAmount: amount.exactOptional(),
    nominals: listOf(z.strictObject({ periodId: id, nominal: amount })),
  }),
) satisfies z.ZodType<GroupItem>;

export const provider = component(
  'Provider',
  "An organisation that teaches. An entrepreneur's name, inn, ogrn and bank are there only with `personal=true`.",
  z.strictObject({
    providerId: id,
    name: text.exactOptional(),
    legalForm: z.enum(['organisation', 'entrepreneur']),
    inn: text.exactOptional(),
    kpp: text.exactOptional(),
    ogrn: text.exactOptional(),
    bank: bank.exactOptional(),
    status: z.enum(['active', 'suspended']),
    suspendedFrom: date.exactOptional(),
  }),
) satisfies z.ZodType<ProviderItem>;

export const agreement = component(
  'Agreement',
  'An agreement between a payer and a provider.',
  z.strictObject({
    agreementId: id,
    payerId: id,
    providerId: id,
    number: id,
    date,
    from: date,
    until: date,
    totalLimit: amount.exactOptional(),
    inUse: amount.meta({ description: 'Σ (share − released) of its contracts' }),
  }),
) satisfies z.ZodType<AgreementItem>;

export const programme = component(
  'Programme',
  'What a provider teaches, and how far its certification is.',
  z.strictObject({
    programmeId: id,
    providerId: id,
    name: text,
    direction: text,
    certification: z.enum(['submitted', 'certified', 'revision', 'refused']),
    decidedOn: date.exactOptional(),
    ageFrom: count,
    ageTo: count,
    reviews: listOf(z.strictObject({ expertId: id, verdict: z.enum(['meets', 'doesNotMeet']) })),
    modules: listOf(
      z.strictObject({ moduleId: id, name: text, lessons: count, price: amount, normativePrice: amount }),
    ),
  }),
) satisfies z.ZodType<ProgrammeItem>;

/** Examples of these answers. */
export const registerExamples = {
  payer: { payerId: 'uo', name: 'Управление образования', inn: '6827000000', zone: 'Europe/Moscow' },
  period: { payerId: 'uo', periodId: '2026', from: '2026-01-01', until: '2026-12-31', status: 'open' },
  group: {
    payerId: 'uo',
    groupId: 'funded',
    name: 'Сертификаты финансирования',
    kind: 'funding',
    limitCount: 4000,
    nominals: [{ periodId: '2026', nominal: '12000.00' }],
  },
  provider: { providerId: 'cdt', legalForm: 'organisation', name: 'ЦДТ', status: 'active' },
  agreement: {
    agreementId: 'a-1',
    payerId: 'uo',
    providerId: 'cdt',
    number: '7',
    date: '2025-12-20',
    from: '2026-01-01',
    until: '2026-12-31',
    totalLimit: '3000000.00',
    inUse: '6000.00',
  },
  programme: {
    programmeId: 'chess',
    providerId: 'cdt',
    name: 'Шахматы',
    direction: 'физкультурно-спортивная',
    certification: 'certified',
    decidedOn: '2026-01-05',
    ageFrom: 7,
    ageTo: 17,
    reviews: [
      { expertId: 'e-1', verdict: 'meets' },
      { expertId: 'e-2', verdict: 'meets' },
    ],
    modules: [{ moduleId: 'm1', name: 'Первый год', lessons: 36, price: '6000.00', normativePrice: '6000.00' }],
  },
} satisfies {
  payer: PayerItem;
  period: PeriodItem;
  group: GroupItem;
  provider: ProviderItem;
  agreement: AgreementItem;
  programme: ProgrammeItem;
};
