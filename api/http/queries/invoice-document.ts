import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Ledger } from '../../../src/index.ts';
import { LedgerError } from '../../../src/index.ts';
import { invoiceModel } from '../../documents/invoice-document.ts';
import type { DocumentFormat } from '../../documents/render.ts';
import { DOCUMENT_FORMATS, renderDocument } from '../../documents/render.ts';
import { acceptedOf } from '../accept.ts';
import { senderOf } from '../access/authenticate.ts';
import type { Content } from '../operation.ts';
import { RequestError } from '../request-error.ts';

const JSON_TYPE = 'application/json';
const TYPE_OF_FORMAT = {
  pdf: 'application/pdf',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  csv: 'text/csv',
} as const satisfies Record<DocumentFormat, string>;

/** The media types an invoice is answered in. */
export const INVOICE_TYPES = [JSON_TYPE, ...Object.values(TYPE_OF_FORMAT)] as const;

/** `?format=`, for those who cannot set `Accept`. */
export const format = z
  .enum(['json', ...DOCUMENT_FORMATS], { error: `is none of json, ${DOCUMENT_FORMATS.join(', ')}` })
  .meta({ description: 'The form of the answer; otherwise `Accept` decides' });

const file = z.string().meta({ description: 'The bytes of the file' });

/** The invoice on paper, as the reference tells of it. */
export const invoiceFiles: readonly Content[] = [
  { type: TYPE_OF_FORMAT.pdf, schema: file, example: '%PDF-1.7 …' },
  { type: TYPE_OF_FORMAT.xlsx, schema: file, example: 'PK…' },
  { type: TYPE_OF_FORMAT.csv, schema: file, example: '№ п.п.;№ договора;…' },
];

/** The form that is asked for: JSON, or a document. Errors: `request.not_acceptable`. */
export function formOf(request: FastifyRequest, asked: z.output<typeof format> | undefined): 'json' | DocumentFormat {
  if (asked !== undefined) return asked;
  if (request.headers.accept === undefined) return 'json';
  const type = acceptedOf(request, INVOICE_TYPES);
  return DOCUMENT_FORMATS.find((name) => TYPE_OF_FORMAT[name] === type) ?? 'json';
}

/**
 * Answers an invoice with its annexes as a document. It names whom it pays, so it is for those it is between, and for an
 * operator. Errors: `access.denied`, `invoice.not_found`.
 */
export async function answerDocument(
  ledger: Ledger,
  number: string,
  { request, reply, format: form }: { request: FastifyRequest; reply: FastifyReply; format: DocumentFormat },
): Promise<void> {
  if (senderOf(request).role === 'auditor') {
    throw new RequestError('access.denied', 'an auditor may not use documents, which name whom they pay');
  }
  for await (const document of ledger.invoiceDocuments({ number })) {
    const model = invoiceModel(document);
    reply.type(form === 'csv' ? `${TYPE_OF_FORMAT.csv}; charset=utf-8` : TYPE_OF_FORMAT[form]);
    reply.header('Content-Disposition', `attachment; filename="${model.fileName}.${form}"`);
    await reply.send(Buffer.from(await renderDocument(model, form)));
    return;
  }
  throw new LedgerError('invoice.not_found', `there is no invoice ${number}`);
}
