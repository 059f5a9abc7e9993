/**
 * Registers payers until the disk is full, waits for a line on stdin, and sends everything again:
 * `node filling-process.ts FILE`. Prints one JSON object per round, with what was answered to each command.
 */
import { once } from 'node:events';
import { LedgerError, openLedger } from '../../../src/index.ts';

const AT_ONCE = 20;
const LONGEST = 300;
const MOST_PROBES = 20;

const ledger = await openLedger({ store: `sqlite:${process.argv[2] ?? ''}` });
const answers: Record<string, string> = {};

async function send(number: number): Promise<void> {
  const id = `c${number}`;
  const command = { command: 'registerPayer', id, payerId: `p${number}`, name: 'x'.repeat(1000) } as const;
  try {
    answers[id] = (await ledger.execute(command)).replayed ? 'replayed' : 'done';
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    answers[id] = `${error.code}: ${error.message}`;
  }
}

async function round(from: number, until: number): Promise<void> {
  await Promise.all(Array.from({ length: until - from }, (_, index) => send(from + index)));
}

function print(extra: object): void {
  process.stdout.write(`${JSON.stringify({ answers, ...extra })}\n`);
}

/** What a probe is answered, sent until one is refused: each takes a page, and the last command has left room for some. */
async function probes(): Promise<string> {
  for (let tried = 0; tried < MOST_PROBES; tried += 1) {
    try {
      await ledger.probe();
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
      return error.code;
    }
  }
  return 'done';
}

let sent = 0;
while (sent < LONGEST && Object.values(answers).every((answer) => answer === 'done')) {
  await round(sent, sent + AT_ONCE);
  sent += AT_ONCE;
}
await round(sent, sent + AT_ONCE);
sent += AT_ONCE;
print({ round: 'full', probes: await probes() });
await once(process.stdin, 'data');
await round(0, sent);
print({ round: 'again', probes: await probes(), findings: (await ledger.verify()).findings });
await ledger.close();
process.exit(0);
