import type { Call } from './call.ts';
import { balance, balances, explain } from './calls/balances.ts';
import { bankExport, bankImport } from './calls/bank.ts';
import { copy } from './calls/copy.ts';
import { coverage } from './calls/coverage.ts';
import { demo } from './calls/demo.ts';
import { invoiceDocuments } from './calls/documents.ts';
import { importFile } from './calls/import-file.ts';
import { invoicesStatus, issueInvoices, listInvoices, showInvoice } from './calls/invoices.ts';
import { createKey, listKeys, revokeKey } from './calls/keys.ts';
import { exportEvents, rebuild, status, verify } from './calls/log.ts';
import { checkMonth } from './calls/month-check.ts';
import { closePeriod } from './calls/period.ts';
import { registry } from './calls/registries.ts';
import { serve } from './calls/serve.ts';

/** Every call, in the order the help shows them. */
export const calls: readonly Call[] = [
  importFile,
  balance,
  balances,
  explain,
  invoicesStatus,
  checkMonth,
  issueInvoices,
  listInvoices,
  showInvoice,
  invoiceDocuments,
  registry,
  coverage,
  bankExport,
  bankImport,
  closePeriod,
  exportEvents,
  status,
  verify,
  rebuild,
  copy,
  serve,
  createKey,
  listKeys,
  revokeKey,
  demo,
];

/** The call that the first words name; `undefined` when there is none. */
export function callOf(words: readonly string[]): Call | undefined {
  return calls.find(({ name }) => {
    const named = name.split(' ');
    return named.every((word, index) => words[index] === word);
  });
}
