import type { Call } from '../call.ts';
import { runDemo } from '../demo/run-demo.ts';
import { wholeNumber } from '../options.ts';

/** `demo`: a generated municipality, imported, invoiced and verified. */
export const demo: Call = {
  name: 'demo',
  arguments: [],
  options: ['out', 'seed'],
  summary: 'a generated municipality: imported, invoiced, one balance explained, the whole store verified',
  examples: ['demo', 'demo --out out --seed 7'],
  reads: 'no ledger',
  run: ({ options, output }) => runDemo(options.out ?? 'out', wholeNumber('seed', options.seed ?? '1', 0), output),
};
