import type { z } from 'zod';
import { accessKeyEvents } from '../domain/access-key/events.ts';
import { agreementEvents } from '../domain/agreement/events.ts';
import { certificateEvents } from '../domain/certificate/events.ts';
import { invoiceEvents } from '../domain/invoice/events.ts';
import { payerEvents } from '../domain/payer/events.ts';
import { programmeEvents } from '../domain/programme/events.ts';
import { providerEvents } from '../domain/provider/events.ts';
import { reservationEvents } from '../domain/reservation/events.ts';
import type { EventOf } from '../kernel/event-fields.ts';
import { commandRecordEvents } from './command-record.ts';
import { fenceEvents } from './fence.ts';
import type { FieldPlan } from './field-plan.ts';
import { fieldPlanOf } from './field-plan.ts';

const schemas = {
  ...certificateEvents,
  ...payerEvents,
  ...providerEvents,
  ...agreementEvents,
  ...programmeEvents,
  ...invoiceEvents,
  ...reservationEvents,
  ...commandRecordEvents,
  ...accessKeyEvents,
  ...fenceEvents,
};

/** Every event the ledger writes, as it is used in memory: amounts are kopecks. */
export type LedgerEvent = EventOf<typeof schemas>;

/** The name of an event type. */
export type EventType = LedgerEvent['type'];

/** What the catalogue knows of one event type. */
export interface CatalogueEntry {
  readonly schema: z.ZodType;
  /** The version of the stored form that is written today. */
  readonly version: number;
  /** `upcasters[n]` turns the stored form of version n + 1 into that of version n + 2. */
  readonly upcasters: readonly ((stored: Record<string, unknown>) => Record<string, unknown>)[];
  /** Which fields are amounts and which disclose a person. */
  readonly fields: FieldPlan;
}

/** Type → schema, version, upcasters. An event whose type is not here is an error, never skipped. */
export const catalogue: ReadonlyMap<string, CatalogueEntry> = new Map(
  Object.entries(schemas).map(([type, schema]) => [
    type,
    { schema, version: 1, upcasters: [], fields: fieldPlanOf(schema) },
  ]),
);

/** The event types of bookkeeping: they guard and remember, and no question of the rules is answered from them. */
export const BOOKKEEPING: ReadonlySet<string> = new Set([
  ...Object.keys(reservationEvents),
  ...Object.keys(commandRecordEvents),
  ...Object.keys(accessKeyEvents),
  ...Object.keys(fenceEvents),
]);
