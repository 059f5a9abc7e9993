import type { Bank } from './fields.ts';

/** What a payment order names of a payer or a provider. */
export interface Requisites {
  readonly inn?: string | undefined;
  readonly kpp?: string | undefined;
  readonly bank?: Bank | undefined;
}

/** The name of a field without which, or with whose value, no bank takes a payment order. */
export type UnusableRequisite = 'inn' | 'kpp' | 'bank' | 'bank.bik' | 'bank.account';

const INN = /^(\d{10}|\d{12})$/;
const KPP = /^\d{4}[\dA-Z]{2}\d{3}$/;
const BIK = /^\d{9}$/;
const ACCOUNT = /^\d{20}$/;

/**
 * What is missing or cannot be right: a bank takes an INN of 10 or 12 digits, a BIK of 9 and an account of 20. A KPP may be
 * missing, since entrepreneurs have none, but has 9 characters where it is given. Commands take any text there, because a
 * registry moved in from elsewhere must not be stopped by them; payments are.
 */
export function unusableRequisites({ inn, kpp, bank }: Requisites): UnusableRequisite[] {
  return [
    ...(inn !== undefined && INN.test(inn) ? [] : (['inn'] as const)),
    ...(kpp === undefined || KPP.test(kpp) ? [] : (['kpp'] as const)),
    ...(bank === undefined ? (['bank'] as const) : []),
    ...(bank === undefined || BIK.test(bank.bik) ? [] : (['bank.bik'] as const)),
    ...(bank === undefined || ACCOUNT.test(bank.account) ? [] : (['bank.account'] as const)),
  ];
}
