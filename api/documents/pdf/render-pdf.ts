import type { DocumentModel, FootLine, Section } from '../model.ts';
import { NOTHING } from '../wording.ts';
import type { TextStyle } from './canvas.ts';
import { Canvas } from './canvas.ts';
import { cellText } from './cell-text.ts';
import type { Frame } from './table.ts';
import { drawTable } from './table.ts';

const MARGIN = { side: 40, top: 36, bottom: 48 };
const TITLE: TextStyle = { weight: 'bold', size: 13 };
const BODY: TextStyle = { weight: 'regular', size: 9.5 };
const STRONG: TextStyle = { weight: 'bold', size: 9.5 };
const SMALL: TextStyle = { weight: 'regular', size: 6.5 };
const TITLE_LINE = 17;
const LINE = 12.5;
const LABEL_WIDTH = 115;
const AMOUNT_WIDTH = 110;
const FOOT_GAP = 8;
const SIGNATURE_HEIGHT = 26;

/** The document as a PDF of A4 pages; every form begins on a page of its own. */
export function renderPdf(model: DocumentModel): Promise<Uint8Array> {
  const canvas = new Canvas({ title: model.title, at: model.recordedAt });
  for (const section of model.sections) drawSection(section, canvas);
  canvas.onEveryPage((page, pages) => {
    const { left, width } = frameOf(canvas);
    const y = canvas.page.height - MARGIN.bottom + 18;
    canvas.text(`${model.digestLabel}: ${model.digest}`, SMALL, { x: left, y, width });
    canvas.text(`стр. ${page} из ${pages}`, { ...SMALL, size: 8 }, { x: left, y: y - 1, width, align: 'right' });
  });
  return canvas.bytes();
}

function drawSection(section: Section, canvas: Canvas): void {
  const nextPage = () => canvas.addPage(section.landscape);
  nextPage();
  const frame = frameOf(canvas);
  const foot = footParts(section, frame, canvas);
  const kept = FOOT_GAP + foot.reduce((sum, { height }) => sum + height, 0);
  // Sums and signatures belong together and to the last line of the table, so they are never on a page without one.
  let y = drawTable(section, { y: drawHead(section, frame, canvas) + 6, kept }, frame, canvas, nextPage) + FOOT_GAP;
  for (const part of foot) {
    part.draw(y);
    y += part.height;
  }
}

function frameOf(canvas: Canvas): Frame {
  const { width, height } = canvas.page;
  return { left: MARGIN.side, width: width - 2 * MARGIN.side, top: MARGIN.top, bottom: height - MARGIN.bottom };
}

function drawHead({ title, head }: Section, { left, width, top }: Frame, canvas: Canvas): number {
  let y = top;
  for (const line of canvas.wrap(title, TITLE, width)) {
    canvas.text(line, TITLE, { x: left, y, width });
    y += TITLE_LINE;
  }
  y += 4;
  for (const { label, value } of head) {
    canvas.text(label, STRONG, { x: left, y, width: LABEL_WIDTH });
    for (const line of canvas.wrap(value, BODY, width - LABEL_WIDTH)) {
      canvas.text(line, BODY, { x: left + LABEL_WIDTH, y, width: width - LABEL_WIDTH });
      y += LINE;
    }
  }
  return y;
}

/** Something under the table that has a height and is drawn at a place. */
interface FootPart {
  readonly height: number;
  draw(y: number): void;
}

function footParts({ foot, signatures }: Section, frame: Frame, canvas: Canvas): readonly FootPart[] {
  return [
    ...foot.flatMap((line) => [amountPart(line, frame, canvas), ...wordsParts(line, frame, canvas)]),
    ...signatures.map((signature) => signaturePart(signature, frame, canvas)),
  ];
}

function amountPart({ label, amount }: FootLine, { left, width }: Frame, canvas: Canvas): FootPart {
  return {
    height: LINE + 2,
    draw(y) {
      canvas.text(`${label}:`, STRONG, { x: left, y, width: width - AMOUNT_WIDTH - 3, align: 'right' });
      const figure = amount === null ? NOTHING : cellText(amount, 'amount');
      canvas.text(figure, STRONG, { x: left, y, width: width - 3, align: 'right' });
    },
  };
}

function wordsParts({ label, words }: FootLine, { left, width }: Frame, canvas: Canvas): FootPart[] {
  if (words === undefined) return [];
  return canvas.wrap(`${label} (прописью): ${words}`, BODY, width).map((line) => ({
    height: LINE,
    draw: (y) => canvas.text(line, BODY, { x: left, y, width }),
  }));
}

/** A signature has a line to sign on and one for the name; the place of the seal has none. */
function signaturePart(signature: string, { left }: Frame, canvas: Canvas): FootPart {
  return {
    height: SIGNATURE_HEIGHT,
    draw(y) {
      const base = y + SIGNATURE_HEIGHT - LINE;
      canvas.text(signature, BODY, { x: left, y: base, width: LABEL_WIDTH });
      if (signature === 'М.П.') return;
      for (const [from, until] of [
        [LABEL_WIDTH, LABEL_WIDTH + 140],
        [LABEL_WIDTH + 160, LABEL_WIDTH + 340],
      ] as const) {
        canvas.line({ x: left + from, y: base + LINE - 1 }, { x: left + until, y: base + LINE - 1 });
      }
    },
  };
}
