import type { InvoiceDocument, InvoiceDocumentLine } from '../../../src/index.ts';

/** What a name may be: quotes, «ё», a formula, an emoji, marks that turn the direction of text, 300 letters. */
export const ODD_NAMES = [
  'ООО "Ёлки" и «Ёжики»',
  '=HYPERLINK("http://example.com";"счёт")',
  'Студия 😀🎓 👨‍👩‍👧',
  '\u202eдовза\u202c и\u200f сын',
  'Муниципальное '.repeat(21).trim(),
  'Безпробеловоедлинное'.repeat(15),
] as const;

interface Sample {
  readonly lines: number;
  /** The name of the provider. */
  readonly name?: string;
}

/**
 * An invoice under two agreements: the last line is the only one of the second. Every fifth line is a correction, every
 * tenth of them negative. The sums follow from the lines.
 */
export function sampleInvoice({ lines: count, name = 'Клуб «Ёлка»' }: Sample): InvoiceDocument {
  const lines = Array.from({ length: count }, (_, index) => sampleLine(index));
  const kopecks = (some: readonly InvoiceDocumentLine[]) =>
    some.reduce((sum, { amount }) => sum + Number(amount.replace('.', '')), 0);
  const services = kopecks(lines.filter(({ kind }) => kind === 'charge'));
  const corrections = kopecks(lines.filter(({ kind }) => kind === 'correction'));
  const total = services + corrections - 100_00 - 5_50;
  return {
    number: 'club-2020-0001',
    month: '2020-09',
    issuedOn: '2020-10-01',
    recordedAt: '2020-10-01T15:00:00.25Z',
    payer: { payerId: 'uo', name: 'Управление образования', inn: '6827000000', kpp: '682701001' },
    provider: {
      providerId: 'club',
      name,
      legalForm: 'organisation',
      inn: '6827000001',
      ogrn: '1026800000001',
      bank: { bik: '046850649', account: '40703810000000000001', name: 'Банк (пример)' },
    },
    services: text(services),
    corrections: text(corrections),
    carriedIn: '-5.50',
    advance: '100.00',
    total: text(total),
    due: text(Math.max(0, total)),
    carriedOut: text(Math.min(0, total)),
    agreements: [
      agreement('s-1', lines.slice(0, -1), '100.00', kopecks),
      agreement('s-2', lines.slice(-1), '0.00', kopecks),
    ],
    digest: 'a1b2c3d4'.repeat(8),
  };
}

function agreement(
  agreementId: string,
  lines: readonly InvoiceDocumentLine[],
  advance: string,
  kopecks: (lines: readonly InvoiceDocumentLine[]) => number,
) {
  const services = text(kopecks(lines));
  return { agreementId, number: `${agreementId}/2020`, date: '2019-12-16', services, advance, lines };
}

function sampleLine(index: number): InvoiceDocumentLine {
  const kind = index % 5 === 4 ? 'correction' : 'charge';
  const lessons = (index % 9) + 1;
  const kopecks = ((index * 7919) % 250_000) + 1;
  return {
    kind,
    month: kind === 'charge' ? '2020-09' : '2020-08',
    contractId: `k-${index}`,
    contractNumber: `20-${String(index + 1).padStart(4, '0')}/Д`,
    contractDate: `2020-0${(index % 8) + 1}-1${index % 10}`,
    certificateId: `00${String(40_000_000 + index)}`,
    lessons,
    plannedLessons: index % 11 === 3 ? 0 : 8,
    amount: text(index % 50 === 44 ? -kopecks : kopecks),
  };
}

function text(kopecks: number): string {
  const digits = String(Math.abs(kopecks)).padStart(3, '0');
  return `${kopecks < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
