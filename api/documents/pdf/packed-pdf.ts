import { zlibSync } from 'fflate';
import PDFDocument from 'pdfkit';

/** The part of a stream of a PDF that packing it needs; the library's types leave it out. */
interface Stream {
  compress: boolean;
  buffer: Uint8Array[];
  finalize(): void;
}

/**
 * A PDF whose streams are packed by a library that the lock file pins. The machine's own zlib packs the same bytes
 * differently from one build and processor to the next, and a document has to be the same everywhere.
 */
export class PackedPdf extends PDFDocument {
  override ref(fields: object): PDFKit.PDFKitReference {
    const reference = super.ref(fields);
    const stream = reference as unknown as Stream;
    const finalize = stream.finalize.bind(stream);
    stream.finalize = () => {
      if (stream.compress && stream.buffer.length > 0) {
        stream.buffer = [zlibSync(Buffer.concat(stream.buffer), { level: 6 })];
        stream.compress = false;
      }
      finalize();
    };
    return reference;
  }
}
