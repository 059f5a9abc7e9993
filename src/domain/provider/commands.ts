import { z } from 'zod';
import { commandHead } from '../../kernel/command-head.ts';
import { bank, civilDate, identifier, text } from '../../kernel/fields.ts';

export const registerProvider = z.strictObject({
  ...commandHead,
  command: z.literal('registerProvider'),
  providerId: identifier,
  name: text,
  legalForm: z.enum(['organisation', 'entrepreneur']),
  inn: text.optional(),
  kpp: text.optional(),
  ogrn: text.optional(),
  bank: bank.optional(),
});

export const changeProviderDetails = z
  .strictObject({
    ...commandHead,
    command: z.literal('changeProviderDetails'),
    providerId: identifier,
    on: civilDate,
    name: text.optional(),
    inn: text.optional(),
    kpp: text.optional(),
    ogrn: text.optional(),
    bank: bank.optional(),
  })
  .refine((c) => [c.name, c.inn, c.kpp, c.ogrn, c.bank].some((detail) => detail !== undefined), {
    error: 'names nothing to change',
  });

export const suspendProvider = z.strictObject({
  ...commandHead,
  command: z.literal('suspendProvider'),
  providerId: identifier,
  on: civilDate,
  reason: text,
});

export const reinstateProvider = z.strictObject({
  ...commandHead,
  command: z.literal('reinstateProvider'),
  providerId: identifier,
  on: civilDate,
});

export type RegisterProvider = z.output<typeof registerProvider>;
export type ChangeProviderDetails = z.output<typeof changeProviderDetails>;
export type SuspendProvider = z.output<typeof suspendProvider>;
export type ReinstateProvider = z.output<typeof reinstateProvider>;
