import type { Ledger } from '../../../src/index.ts';
import { LedgerError } from '../../../src/index.ts';
import { DocumentFolder } from '../../documents/document-folder.ts';
import { invoiceModel } from '../../documents/invoice-document.ts';
import { monthDocuments } from '../../documents/month-documents.ts';
import type { DocumentFormat } from '../../documents/render.ts';
import { DOCUMENT_FORMATS, renderDocument } from '../../documents/render.ts';
import type { Call, LedgerCallContext } from '../call.ts';
import type { Interruption } from '../interruption.ts';
import type { Options } from '../options.ts';
import { monthOption, pairOptions } from '../options.ts';
import { progressBar } from '../progress.ts';
import { writeWholeFile, writing } from '../write-file.ts';

/** `invoices documents`: a month's invoices, requests for advances and summaries as files (SPEC section 6, annex). */
export const invoiceDocuments: Call = {
  name: 'invoices documents',
  arguments: [],
  options: ['month', 'out', 'format', 'payer', 'provider'],
  summary: "the month's invoices, advance requests and the payer's summary as files",
  details: `Writes into --out, for every invoice in force: the invoice with its annexes; for every advance: the request with
its annexes; for every payer: the summary of the month. SHA256SUMS lists the files. The folder holds this set alone and
changes only when all of it is done; the same invoice is the same file, byte for byte, wherever it is written.`,
  examples: [
    'invoices documents --month 2020-09 --out september',
    'invoices documents --month 2020-09 --out september --format pdf --provider cdt',
  ],
  reads: true,
  async run({ ledger, options, output, interruption }) {
    const month = monthOption(options);
    const out = options.out;
    if (out === undefined) throw new LedgerError('query.invalid', '--out is missing');
    const formats = formatsOption(options);
    const size = await writing(out, () =>
      writeMonth(ledger, month, { out, formats, ...pairOptions(options) }, interruption),
    );
    await output.line(`${size} files of ${month} under ${out}`);
    return 0;
  },
};

interface Asked {
  readonly out: string;
  readonly formats: readonly DocumentFormat[];
  readonly payerId?: string;
  readonly providerId?: string;
}

/** Answers how many files there are. */
async function writeMonth(
  ledger: Ledger,
  month: string,
  { out, formats, ...pairs }: Asked,
  interruption: Interruption,
): Promise<number> {
  const bar = progressBar('documents', 'invoices');
  const folder = new DocumentFolder(out, `documents ${JSON.stringify({ month, formats, ...pairs })}`);
  try {
    for await (const model of monthDocuments(ledger, month, { ...pairs, progress: bar.report })) {
      for (const format of formats) folder.add(`${model.fileName}.${format}`, await renderDocument(model, format));
      await interruption.turn();
    }
    folder.finish();
    return folder.size;
  } finally {
    folder.discard();
    bar.clear();
  }
}

/** Writes one invoice with its annexes to standard output or a file. Errors: `invoice.not_found`, `query.invalid`. */
export async function writeInvoice(
  { ledger, options, output, interruption }: LedgerCallContext,
  number: string,
): Promise<void> {
  const [format, ...others] = formatsOption(options);
  if (format === undefined || others.length > 0) {
    throw new LedgerError('query.invalid', '--format takes one format here');
  }
  if (options.out === undefined && output.isTerminal && format !== 'csv') {
    throw new LedgerError('query.invalid', `--out FILE is missing: a ${format} file is nothing to read on a terminal`);
  }
  for await (const document of ledger.invoiceDocuments({ number })) {
    const bytes = await renderDocument(invoiceModel(document), format);
    if (options.out === undefined) await output.bytes(bytes);
    else await writeWholeFile(options.out, [bytes], interruption);
    return;
  }
  throw new LedgerError('invoice.not_found', `there is no invoice ${number}`);
}

/** `--format`: one or several of the formats, separated by commas; all of them without it. */
function formatsOption({ format }: Options): readonly DocumentFormat[] {
  if (format === undefined) return DOCUMENT_FORMATS;
  const asked = new Set(format.split(','));
  const unknown = [...asked].filter((name) => !(DOCUMENT_FORMATS as readonly string[]).includes(name));
  if (unknown.length > 0) {
    throw new LedgerError('query.invalid', `--format ${unknown[0]} is none of ${DOCUMENT_FORMATS.join(', ')}`);
  }
  return DOCUMENT_FORMATS.filter((name) => asked.has(name));
}
