import { z } from 'zod';
import type { CommandName } from '../../../src/index.ts';
import { component } from './component.ts';
import { amount, count, date, id, listOf, text } from './fields.ts';

const head = {
  id: id.meta({ description: 'The id of the command: its idempotency key in the room of its sender' }),
  replayed: z.boolean().meta({ description: 'It had been accepted before; nothing was changed now' }),
  events: listOf(text).meta({ description: 'The types of its events, in order' }),
  eventCounts: z
    .record(z.string(), count)
    .exactOptional()
    .meta({ description: 'How many of each there are, where `events` names each type once' }),
};

const nothing = component(
  'CommandAnswer',
  'An accepted command whose events say all there is to say.',
  z.strictObject({ ...head, outcome: z.strictObject({}) }),
);

const nominal = component(
  'NominalAnswer',
  'An accepted top-up or adjustment, with the nominal it set.',
  z.strictObject({ ...head, outcome: z.strictObject({ nominal: amount }) }),
);

const block = component(
  'BlockAnswer',
  "A concluded contract, with the certificate's share of its price and the parent's.",
  z.strictObject({ ...head, outcome: z.strictObject({ share: amount, parentShare: amount }) }),
);

const refusal = z.strictObject({ code: text, message: text });

const lesson = component(
  'LessonAnswer',
  'A recorded lesson, with what became of each contract; one refused contract does not undo the others.',
  z.strictObject({
    ...head,
    outcome: z.strictObject({
      lessonId: id,
      date,
      results: listOf(
        z.discriminatedUnion('result', [
          z.strictObject({ contractId: id, result: z.literal('charged'), amount }),
          z.strictObject({ contractId: id, result: z.literal('notCharged'), reason: z.enum(['status', 'frozen']) }),
          z.strictObject({ contractId: id, result: z.literal('alreadyRecorded') }),
          z.strictObject({ contractId: id, result: z.literal('refused'), error: refusal }),
        ]),
      ),
    }),
  }),
);

const invoices = component(
  'InvoicesAnswer',
  'A run of invoices, with what became of each pair.',
  z.strictObject({
    ...head,
    outcome: z.strictObject({
      invoices: listOf(
        z.strictObject({
          number: id,
          payerId: id,
          providerId: id,
          result: z.enum(['issued', 'alreadyIssued']),
          due: amount,
        }),
      ),
    }),
  }),
);

const advances = component(
  'AdvancesAnswer',
  'A request for advances, with what became of each pair.',
  z.strictObject({
    ...head,
    outcome: z.strictObject({
      advances: listOf(
        z.strictObject({
          payerId: id,
          providerId: id,
          result: z.enum(['requested', 'alreadyRequested', 'refused']),
          amount: amount.exactOptional(),
          error: refusal.exactOptional(),
        }),
      ),
    }),
  }),
);

/** Any answer to a command. */
export const anyCommandAnswer = component(
  'AnyCommandAnswer',
  'The answer to a command of any kind.',
  z.union([nominal, block, lesson, invoices, advances, nothing]),
);

interface AnswerOf {
  readonly schema: z.ZodType;
  readonly example: { readonly events: readonly string[]; readonly outcome: unknown; readonly eventCounts?: object };
}

/** The answer of each command, and an example of it without its id. */
export const commandAnswers: Readonly<Record<CommandName, AnswerOf>> = {
  registerPayer: plain('PayerRegistered'),
  changePayerDetails: plain('PayerDetailsChanged'),
  openFundingPeriod: plain('FundingPeriodOpened'),
  defineCertificateGroup: plain('CertificateGroupDefined'),
  setGroupNominal: plain('GroupNominalSet'),
  closePeriod: {
    schema: nothing,
    example: {
      events: ['FundingPeriodClosed', 'BlockReleased', 'PeriodClosed'],
      eventCounts: { FundingPeriodClosed: 1, BlockReleased: 120, PeriodClosed: 95 },
      outcome: {},
    },
  },
  registerProvider: plain('ProviderRegistered'),
  changeProviderDetails: plain('ProviderDetailsChanged'),
  suspendProvider: plain('ProviderSuspended'),
  reinstateProvider: plain('ProviderReinstated'),
  concludeAgreement: plain('AgreementConcluded'),
  amendAgreement: plain('AgreementAmended'),
  submitProgramme: plain('ProgrammeSubmitted'),
  recordExpertReview: plain('ExpertReviewRecorded'),
  decideCertification: plain('CertificationDecided'),
  issueCertificate: plain('CertificateIssued'),
  topUpNominal: { schema: nominal, example: { events: ['NominalToppedUp'], outcome: { nominal: '12000.00' } } },
  adjustNominal: { schema: nominal, example: { events: ['NominalAdjusted'], outcome: { nominal: '14500.00' } } },
  blockCourse: {
    schema: block,
    example: { events: ['CourseBlocked'], outcome: { share: '6000.00', parentShare: '0.00' } },
  },
  recordLesson: {
    schema: lesson,
    example: {
      events: ['LessonCharged'],
      outcome: {
        lessonId: 'l-17',
        date: '2026-02-03',
        results: [
          { contractId: 'c-1', result: 'charged', amount: '166.67' },
          {
            contractId: 'c-9',
            result: 'refused',
            error: { code: 'contract.not_found', message: 'there is no contract c-9' },
          },
        ],
      },
    },
  },
  reverseLesson: plain('LessonChargeReversed'),
  correctAttendance: plain('LessonChargeReversed', 'LessonNotCharged'),
  freezeCertificate: plain('CertificateFrozen', 'LessonChargeReversed'),
  unfreezeCertificate: plain('CertificateUnfrozen'),
  terminateContract: plain('ContractTerminated'),
  releaseBlock: plain('BlockReleased'),
  closeCertificate: plain('BlockReleased', 'CertificateClosed'),
  issueInvoices: {
    schema: invoices,
    example: {
      events: ['InvoiceIssued'],
      eventCounts: { InvoiceIssued: 1 },
      outcome: {
        invoices: [{ number: 'cdt-2026-0001', payerId: 'uo', providerId: 'cdt', result: 'issued', due: '333.33' }],
      },
    },
  },
  acceptInvoice: plain('InvoiceAccepted'),
  rejectInvoice: plain('InvoiceRejected'),
  annulInvoice: plain('InvoiceAnnulled'),
  payInvoice: plain('InvoicePaid'),
  requestAdvance: {
    schema: advances,
    example: {
      events: ['AdvanceRequested'],
      eventCounts: { AdvanceRequested: 1 },
      outcome: { advances: [{ payerId: 'uo', providerId: 'cdt', result: 'requested', amount: '583.33' }] },
    },
  },
};

function plain(...events: readonly string[]): AnswerOf {
  return { schema: nothing, example: { events, outcome: {} } };
}
