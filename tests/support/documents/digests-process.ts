import { hash } from 'node:crypto';
import { invoiceModel } from '../../../api/documents/invoice-document.ts';
import { DOCUMENT_FORMATS, renderDocument } from '../../../api/documents/render.ts';
import { ODD_NAMES, sampleInvoice } from './sample-invoice.ts';

// Prints the digests of one invoice in all formats; run as a process of its own, with a zone and a locale of its own.
const digests: Record<string, string> = {};
for (const name of [ODD_NAMES[4], ODD_NAMES[2]]) {
  const model = invoiceModel(sampleInvoice({ lines: 70, name }));
  for (const format of DOCUMENT_FORMATS) digests[format] = hash('sha256', await renderDocument(model, format), 'hex');
}
process.stdout.write(JSON.stringify(digests));
