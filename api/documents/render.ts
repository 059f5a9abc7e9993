import { renderCsv } from './csv/render-csv.ts';
import type { DocumentModel } from './model.ts';

/** What a document can be rendered as, in the order it is written in. */
export const DOCUMENT_FORMATS = ['pdf', 'xlsx', 'csv'] as const;

/** One of {@link DOCUMENT_FORMATS}. */
export type DocumentFormat = (typeof DOCUMENT_FORMATS)[number];

/**
 * The bytes of a document. They follow from the model alone: the same model gives the same bytes on every machine, in
 * every time zone and locale, until the renderer's version is raised.
 */
export async function renderDocument(model: DocumentModel, format: DocumentFormat): Promise<Uint8Array> {
  // Loading the libraries takes longer than most calls of the command line, which render nothing.
  switch (format) {
    case 'pdf':
      return (await import('./pdf/render-pdf.ts')).renderPdf(model);
    case 'xlsx':
      return (await import('./xlsx/render-xlsx.ts')).renderXlsx(model);
    case 'csv':
      return renderCsv(model);
  }
}
