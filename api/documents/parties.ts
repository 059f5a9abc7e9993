import type { PayerOnDocument, ProviderOnDocument } from '../../src/index.ts';
import type { HeadLine } from './model.ts';
import { NOTHING, printable, printableOr } from './wording.ts';

/** Who signs for an organisation. */
export const SIGNATURES = ['Руководитель', 'Главный бухгалтер', 'М.П.'] as const;

/** The payee with its account. */
export function providerLines({ name, inn, kpp, ogrn, bank }: ProviderOnDocument): HeadLine[] {
  return [
    { label: 'Поставщик', value: printable(name) },
    { label: 'ИНН', value: printableOr(inn) },
    { label: 'КПП', value: printableOr(kpp) },
    { label: 'ОГРН', value: printableOr(ogrn) },
    { label: 'Банк получателя', value: bank === undefined ? NOTHING : printable(bank.name) },
    { label: 'БИК', value: bank === undefined ? NOTHING : printable(bank.bik) },
    { label: 'Счёт получателя', value: bank === undefined ? NOTHING : printable(bank.account) },
  ];
}

/** Who pays. */
export function payerLines({ name, inn, kpp }: PayerOnDocument): HeadLine[] {
  return [
    { label: 'Плательщик', value: printable(name) },
    { label: 'ИНН плательщика', value: printableOr(inn) },
    { label: 'КПП плательщика', value: printableOr(kpp) },
  ];
}
