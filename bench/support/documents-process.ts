import { DocumentFolder } from '../../api/documents/document-folder.ts';
import { monthDocuments } from '../../api/documents/month-documents.ts';
import { renderDocument } from '../../api/documents/render.ts';
import { openLedger } from '../../src/index.ts';
import { MemoryWatch } from './memory.ts';

// Writes a month's documents in a process of its own, so that its memory is that of this alone; prints what it took.
const [file = '', out = '', month = '', ...formats] = process.argv.slice(2);
const ledger = await openLedger({ store: `sqlite:${file}`, readOnly: true });
const memory = new MemoryWatch();
const timer = setInterval(() => memory.look(), 20);
const started = performance.now();
const folder = new DocumentFolder(out, `documents of ${month}`);
let facts = 0;
let since = performance.now();
let bytes = 0;
for await (const model of monthDocuments(ledger, month)) {
  facts += performance.now() - since;
  for (const format of formats as ('pdf' | 'xlsx')[]) {
    const document = await renderDocument(model, format);
    bytes += document.length;
    folder.add(`${model.fileName}.${format}`, document);
    memory.look();
  }
  since = performance.now();
}
folder.finish();
const seconds = (performance.now() - started) / 1000;
clearInterval(timer);
await ledger.close();
const { userCPUTime, systemCPUTime } = process.resourceUsage();
process.stdout.write(
  JSON.stringify({
    files: folder.size,
    mebibytes: Math.round(bytes / 1024 / 1024),
    seconds,
    facts: facts / 1000,
    cpu: (userCPUTime + systemCPUTime) / 1e6,
    memory: memory.mebibytes,
  }),
);
