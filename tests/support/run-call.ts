import { Writable } from 'node:stream';
import type { Call, CallContext } from '../../api/cli/call.ts';
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

/** Runs a call of the command line in this process, on a ledger that is open where it works on one. */
export async function runCall(
  call: Call,
  ledger: Ledger | undefined,
  options: Options = {},
  ...words: readonly string[]
): Promise<Ran> {
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
    const context = { options, output, interruption, environment: {}, arguments: words };
    const exitCode = await runOn(call, ledger, context);
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

function runOn(call: Call, ledger: Ledger | undefined, context: CallContext): Promise<number> {
  if (call.reads === 'no ledger') return call.run(context);
  if (ledger === undefined) throw new Error(`${call.name} works on a ledger`);
  return call.run({ ...context, ledger });
}
