import { agreementStream } from '../domain/agreement/events.ts';
import { certificateStream } from '../domain/certificate/events.ts';
import { plannedLessons } from '../domain/invoice/advance.ts';
import { invoicesStream } from '../domain/invoice/events.ts';
import { payerStream } from '../domain/payer/events.ts';
import { providerStream } from '../domain/provider/events.ts';

/** What questions of the read models are given of the domain, which they do not know by themselves. */
export const questionRules = {
  plannedLessons,
  streams: {
    payer: payerStream,
    provider: providerStream,
    agreement: agreementStream,
    certificate: certificateStream,
    invoices: invoicesStream,
  },
};
