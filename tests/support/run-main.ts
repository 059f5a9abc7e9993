import { vi } from 'vitest';
import { run } from '../../api/cli/run.ts';

/** What a command line printed, and its exit code. */
export interface Printed {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line as the program does, in this process: to start one for each question takes longer than it. */
export async function runMain(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<Printed> {
  const [stdout, stderr] = [process.stdout, process.stderr].map((stream) => {
    const printed: string[] = [];
    const spy = vi.spyOn(stream, 'write').mockImplementation((chunk, ...rest: readonly unknown[]) => {
      printed.push(Buffer.from(chunk).toString('utf8'));
      const done = rest.at(-1);
      if (typeof done === 'function') done();
      return true;
    });
    return { text: () => printed.join(''), restore: () => spy.mockRestore() };
  });
  try {
    const status = await run(args, environment);
    return { status, stdout: stdout?.text() ?? '', stderr: stderr?.text() ?? '' };
  } finally {
    stdout?.restore();
    stderr?.restore();
  }
}
