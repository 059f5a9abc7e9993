import type { Call } from './call.ts';

/** Every call by its name, in the order the help shows them. Each is loaded only where it is asked for: a call starts the sooner. */
const calls: Readonly<Record<string, () => Promise<Call>>> = {
  import: async () => (await import('./calls/import-file.ts')).importFile,
  balance: async () => (await import('./calls/balances.ts')).balance,
  balances: async () => (await import('./calls/balances.ts')).balances,
  explain: async () => (await import('./calls/balances.ts')).explain,
  'invoices status': async () => (await import('./calls/invoices.ts')).invoicesStatus,
  'invoices check': async () => (await import('./calls/month-check.ts')).checkMonth,
  'invoices issue': async () => (await import('./calls/invoices.ts')).issueInvoices,
  'invoices list': async () => (await import('./calls/invoices.ts')).listInvoices,
  'invoices show': async () => (await import('./calls/invoices.ts')).showInvoice,
  'invoices documents': async () => (await import('./calls/documents.ts')).invoiceDocuments,
  registry: async () => (await import('./calls/registries.ts')).registry,
  coverage: async () => (await import('./calls/coverage.ts')).coverage,
  'bank export': async () => (await import('./calls/bank.ts')).bankExport,
  'bank import': async () => (await import('./calls/bank.ts')).bankImport,
  'period close': async () => (await import('./calls/period.ts')).closePeriod,
  'export events': async () => (await import('./calls/log.ts')).exportEvents,
  status: async () => (await import('./calls/log.ts')).status,
  verify: async () => (await import('./calls/log.ts')).verify,
  rebuild: async () => (await import('./calls/log.ts')).rebuild,
  copy: async () => (await import('./calls/copy.ts')).copy,
  serve: async () => (await import('./calls/serve.ts')).serve,
  'keys create': async () => (await import('./calls/keys.ts')).createKey,
  'keys list': async () => (await import('./calls/keys.ts')).listKeys,
  'keys revoke': async () => (await import('./calls/keys.ts')).revokeKey,
  demo: async () => (await import('./calls/demo.ts')).demo,
};

/** All calls, in the order the help shows them. */
export function allCalls(): Promise<readonly Call[]> {
  return Promise.all(Object.values(calls).map((load) => load()));
}

/** The call that the first words name; `undefined` when there is none. */
export async function callOf(words: readonly string[]): Promise<Call | undefined> {
  const found = Object.entries(calls).find(([name]) => name.split(' ').every((word, index) => words[index] === word));
  return found?.[1]();
}
