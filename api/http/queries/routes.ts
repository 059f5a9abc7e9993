import type { FastifyInstance } from 'fastify';
import { registerAgreements } from './agreements.ts';
import { registerCertificates } from './certificates.ts';
import type { QueryContext } from './context.ts';
import { registerContracts } from './contracts.ts';
import { registerCoverage } from './coverage.ts';
import { registerInvoices } from './invoices.ts';
import { registerMonthCheck } from './month-check.ts';
import { registerPayers } from './payers.ts';
import { registerProviders } from './providers.ts';

/** Registers the routes of all questions (SPEC section 8). */
export function registerQueries(app: FastifyInstance, context: QueryContext): void {
  registerCertificates(app, context);
  registerContracts(app, context);
  registerInvoices(app, context);
  registerMonthCheck(app, context);
  registerCoverage(app, context);
  registerPayers(app, context);
  registerProviders(app, context);
  registerAgreements(app, context);
}
