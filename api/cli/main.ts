#!/usr/bin/env node
import { LedgerError } from '../../src/index.ts';
import { run } from './run.ts';

try {
  process.exitCode = await run(process.argv.slice(2), process.env);
} catch (error) {
  if (!(error instanceof LedgerError)) throw error;
  process.stderr.write(`${error.code}: ${error.message}\n`);
  process.exitCode = 2;
}
