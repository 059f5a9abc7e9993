import { LedgerError } from '../src/index.ts';
import { exitCodeOf } from './cli/exit-code.ts';
import { serve } from './server.ts';

try {
  await serve(process.env);
} catch (error) {
  if (!(error instanceof LedgerError)) throw error;
  process.stderr.write(`${error.code}: ${error.message}\n`);
  process.exitCode = exitCodeOf(error.code);
}
