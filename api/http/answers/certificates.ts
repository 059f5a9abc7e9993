import { z } from 'zod';
import type { CertificateItem, ContractItem, RefusalItem } from '../../../src/index.ts';
import { component } from './component.ts';
import { amount, count, date, id, listOf, text } from './fields.ts';

export const certificate = component(
  'Certificate',
  "A child's certificate with its figures as they are now. `validUntil` tells the birth date and is there only with `personal=true`.",
  z.strictObject({
    certificateId: id,
    payerId: id,
    groupId: id,
    holderId: id,
    validFrom: date,
    validUntil: date.exactOptional(),
    status: z.enum(['active', 'frozen', 'closed']).meta({ description: '`frozen` while a freeze has no end' }),
    closedOn: date.exactOptional(),
    closingReason: text.exactOptional(),
    periods: listOf(
      z.strictObject({
        periodId: id,
        nominal: amount,
        available: amount,
        blocked: amount,
        charged: amount,
        expired: amount,
      }),
    ),
  }),
) satisfies z.ZodType<CertificateItem>;

export const contract = component(
  'Contract',
  'A contract: price = share + parentShare, share = blocked + charged + released.',
  z.strictObject({
    contractId: id,
    certificateId: id,
    payerId: id,
    groupId: id,
    periodId: id,
    providerId: id,
    programmeId: id,
    moduleId: id,
    agreementId: id,
    number: id,
    date,
    from: date,
    until: date,
    status: z.enum(['active', 'terminated', 'released']),
    terminatedOn: date.exactOptional(),
    releasedOn: date.exactOptional(),
    price: amount,
    share: amount,
    parentShare: amount,
    blocked: amount,
    charged: amount,
    released: amount,
    lessonsCharged: count,
    lessons: count,
  }),
) satisfies z.ZodType<ContractItem>;

export const refusal = component(
  'Refusal',
  'An attendance entry that was refused and has not been recorded since.',
  z.strictObject({ contractId: id, lessonId: id, date, code: text, message: text, commandId: id }),
) satisfies z.ZodType<RefusalItem>;

/** Examples of these answers. */
export const certificateExamples = {
  certificate: {
    certificateId: '0000000001',
    payerId: 'uo',
    groupId: 'funded',
    holderId: 'h-1',
    validFrom: '2026-01-10',
    status: 'active',
    periods: [
      {
        periodId: '2026',
        nominal: '12000.00',
        available: '6000.00',
        blocked: '5666.67',
        charged: '333.33',
        expired: '0.00',
      },
    ],
  },
  contract: {
    contractId: 'c-1',
    certificateId: '0000000001',
    payerId: 'uo',
    groupId: 'funded',
    periodId: '2026',
    providerId: 'cdt',
    programmeId: 'chess',
    moduleId: 'm1',
    agreementId: 'a-1',
    number: '15/26',
    date: '2026-01-12',
    from: '2026-01-15',
    until: '2026-05-31',
    status: 'active',
    price: '6000.00',
    share: '6000.00',
    parentShare: '0.00',
    blocked: '5666.67',
    charged: '333.33',
    released: '0.00',
    lessonsCharged: 2,
    lessons: 36,
  },
  refusal: {
    contractId: 'c-1',
    lessonId: 'l-17',
    date: '2026-06-02',
    code: 'contract.outside_term',
    message: 'lesson date 2026-06-02 lies after 2026-05-31, the last day of contract c-1',
    commandId: 'provider:cdt:k-17',
  },
} satisfies { certificate: CertificateItem; contract: ContractItem; refusal: RefusalItem };
