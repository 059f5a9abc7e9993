import { Writable } from 'node:stream';
import type { Call } from '../../api/cli/call.ts';
import { Interruption } from '../../api/cli/interruption.ts';
import type { Options } from '../../api/cli/options.ts';
import { Output } from '../../api/cli/output.ts';
import type { Ledger } from '../../src/index.ts';

/** What a call of the command line printed and answered. */
export interface Ran {
  readonly exitCode: number;
  readonly bytes: Buffer;
  readonly text: string;
  /** The printed lines as JSON. */
  readonly json: () => readonly Record<string, unknown>[];
}

/** Runs a call of the command line in this process, on a ledger that is open. */
export async function runCall(
  call: Call,
  ledger: Ledger,
  options: Options = {},
  ...words: readonly string[]
): Promise<Ran> {
  if (call.reads === 'no ledger') throw new Error(`${call.name} works on no ledger`);
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk, _, done) {
      chunks.push(Buffer.from(chunk));
      done();
    },
  });
  const interruption = new Interruption();
  try {
    const output = new Output(stream as unknown as NodeJS.WriteStream, interruption);
    const exitCode = await call.run({ ledger, options, output, interruption, environment: {}, arguments: words });
    await output.flush();
    const bytes = Buffer.concat(chunks);
    const text = bytes.toString('utf8');
    const json = () =>
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    return { exitCode, bytes, text, json };
  } finally {
    interruption.stop();
  }
}
