import { attendance } from './attendance.ts';
import { billing } from './billing.ts';
import { certificates } from './certificates.ts';
import { commands } from './commands.ts';
import type { Projection } from './projection.ts';
import { agreements, payers, programmes, providers } from './registries.ts';

/** Every projection of the ledger, in no particular order: none reads another's tables. */
export const projections: readonly Projection[] = [
  payers,
  providers,
  agreements,
  programmes,
  certificates,
  billing,
  attendance,
  commands,
];
