import { z } from 'zod';
import type { RegistryName } from '../../../src/index.ts';
import { filterFormsOf, sortNamesOf } from '../../../src/index.ts';
import { civilDate, civilMonth, identifier, instant, text } from '../../../src/kernel/fields.ts';

/** The most items a page has, and how many it has when nobody asks. */
export const PAGE = { most: 500, default: 100 } as const;

/** Parameters that name one thing, in paths. */
export const idParameters = {
  payerId: identifier.meta({ description: 'The payer', examples: ['uo'] }),
  providerId: identifier.meta({ description: 'The provider', examples: ['cdt'] }),
  periodId: identifier.meta({ description: "The payer's funding period", examples: ['2026'] }),
  groupId: identifier.meta({ description: "The payer's certificate group", examples: ['funded'] }),
  agreementId: identifier.meta({ description: 'The agreement', examples: ['a-1'] }),
  programmeId: identifier.meta({ description: 'The programme', examples: ['chess'] }),
  certificateId: identifier.meta({ description: "The certificate's number", examples: ['0000000001'] }),
  contractId: identifier.meta({ description: 'The contract', examples: ['c-1'] }),
  lessonId: identifier.meta({ description: 'The lesson', examples: ['l-17'] }),
  keyId: identifier.meta({ description: 'The name of the access key', examples: ['payer-uo'] }),
  number: identifier.meta({ description: "The invoice's number", examples: ['cdt-2026-0001'] }),
} as const;

export const on = civilDate.meta({ description: 'The day asked about', examples: ['2026-03-10'] });
export const asOf = instant.meta({
  description: 'What was recorded up to this instant',
  examples: ['2026-03-10T09:00:00Z'],
});
export const month = civilMonth.meta({ description: 'A month', examples: ['2026-02'] });

/** What the questions about a month are narrowed by. */
export const monthOfPairs = z.strictObject({
  month,
  on: on.optional(),
  payer: idParameters.payerId.optional(),
  provider: idParameters.providerId.optional(),
});

/** `true` or `false`, as text. */
export function flag(description: string) {
  return z
    .enum(['true', 'false'], { error: 'is neither true nor false' })
    .transform((value) => value === 'true')
    .meta({ type: 'boolean', enum: undefined, default: false, description });
}

/** Also fields that disclose a person. */
export const personal = flag(
  'Also what discloses a person. For an operator; for a payer and a provider where the rows are their own',
);

const limit = z
  .string({ error: 'is given more than once' })
  .refine((value) => /^[1-9]\d{0,3}$/.test(value) && Number(value) <= PAGE.most, {
    error: `is no whole number from 1 to ${PAGE.most}`,
  })
  .transform(Number)
  .meta({
    type: 'integer',
    minimum: 1,
    maximum: PAGE.most,
    default: PAGE.default,
    description: 'How many items at most',
  });

/** Long enough for what an order can consist of: ids of 200 characters of any script, written in JSON and base64. */
const cursor = z.string().min(1, { error: 'is empty' }).max(8_192, { error: 'is longer than 8192 characters' });

/** What each condition of a registry means. */
const CONDITIONS: Readonly<Record<string, string>> = {
  payer: 'Only of this payer; of payers, providers and programmes, those it has an agreement with',
  provider:
    'Only of this provider; of payers and periods, where it has an agreement, of certificates, where it has a contract',
  period: 'Only of this funding period',
  group: 'Only of this certificate group',
  agreement: 'Only of this agreement',
  programme: 'Only of this programme',
  certificate: 'Only of this certificate',
  contract: 'Only of this contract',
  holder: 'Only of this holder',
  number: 'Only with this number',
  status: 'Only in this state',
  kind: 'Only of this kind',
  direction: 'Only of this direction',
  'legal-form': 'Only of this legal form',
  month: 'Only of this month',
  on: 'Only what is in force on this day',
};

/** The query of a list: its page, its order, and every condition the registry knows, except those the path names. */
export function listQuery(name: RegistryName, { without = [], more = {} }: ListParameters = {}) {
  const conditions = Object.entries(filterFormsOf(name)).filter(([condition]) => !without.includes(condition));
  const fields = sortNamesOf(name).flatMap((field) => [field, `-${field}`]);
  return z.strictObject({
    limit: limit.optional(),
    after: cursor.optional().meta({ description: 'Where to go on: the `next` of the page before, in the same order' }),
    sort: z
      .enum(fields, { error: `is none of ${fields.join(', ')}` })
      .optional()
      .meta({ description: 'The field to order by, `-field` downwards; without it by the id' }),
    ...Object.fromEntries(
      conditions.map(([condition, form]) => {
        const schema =
          form === 'day'
            ? civilDate
            : form === 'month'
              ? civilMonth
              : form === 'text'
                ? identifierOrText(condition)
                : z.enum(form, { error: `is none of ${form.join(', ')}` });
        return [condition, schema.optional().meta({ description: CONDITIONS[condition] ?? condition })];
      }),
    ),
    ...more,
  });
}

interface ListParameters {
  readonly without?: readonly string[];
  readonly more?: Readonly<Record<string, z.ZodType>>;
}

function identifierOrText(condition: string) {
  return condition === 'direction' ? text : identifier;
}
