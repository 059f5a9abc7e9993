import { openLedger } from '../../src/index.ts';

/** Does the work while this process holds the ledger of a file open for writing. */
export async function exclusively(file: string, work: () => Promise<void>): Promise<void> {
  const writer = await openLedger({ store: `sqlite:${file}` });
  try {
    await work();
  } finally {
    await writer.close();
  }
}
