import { requestAdvance } from './advance-rules.ts';
import { type Balance, balanceOf } from './balance.ts';
import { blockCourse } from './block-rules.ts';
import { type Instant, parseInstant } from './calendar.ts';
import * as certificate from './certificate-rules.ts';
import { type Body, type CommandName, commandShapes, isCommandName, isEnvelope } from './command-shapes.ts';
import { releaseBlock, terminateContract } from './contract-rules.ts';
import { isObject } from './guards.ts';
import { type InvoiceDocument, invoiceDocuments } from './invoice-document.ts';
import * as invoice from './invoice-rules.ts';
import { correctAttendance, recordLesson, reverseLesson } from './lesson-rules.ts';
import * as programme from './programme-rules.ts';
import * as registry from './registry-rules.ts';
import { byCodePoint } from './text-order.ts';
import { Refusal, refuseIf, World } from './world.ts';

export type LineResult = { ok: true; replayed: boolean; outcome?: unknown } | { ok: false; error: { code: string } };

export interface Moment {
  on?: string;
  asOf?: string;
}

type Rules = { [N in CommandName]: (world: World, command: Body<N>) => unknown };

const rules: Rules = {
  registerPayer: registry.registerPayer,
  changePayerDetails: registry.changePayerDetails,
  openFundingPeriod: registry.openFundingPeriod,
  defineCertificateGroup: registry.defineCertificateGroup,
  setGroupNominal: registry.setGroupNominal,
  registerProvider: registry.registerProvider,
  changeProviderDetails: registry.changeProviderDetails,
  suspendProvider: registry.suspendProvider,
  reinstateProvider: registry.reinstateProvider,
  concludeAgreement: registry.concludeAgreement,
  amendAgreement: registry.amendAgreement,
  submitProgramme: programme.submitProgramme,
  recordExpertReview: programme.recordExpertReview,
  decideCertification: programme.decideCertification,
  issueCertificate: certificate.issueCertificate,
  topUpNominal: certificate.topUpNominal,
  adjustNominal: certificate.adjustNominal,
  freezeCertificate: certificate.freezeCertificate,
  unfreezeCertificate: certificate.unfreezeCertificate,
  closeCertificate: certificate.closeCertificate,
  closePeriod: certificate.closePeriod,
  blockCourse,
  recordLesson,
  reverseLesson,
  correctAttendance,
  terminateContract,
  releaseBlock,
  issueInvoices: invoice.issueInvoices,
  acceptInvoice: invoice.acceptInvoice,
  rejectInvoice: invoice.rejectInvoice,
  annulInvoice: invoice.annulInvoice,
  payInvoice: invoice.payInvoice,
  requestAdvance,
};

/** The rules of the ledger, written to be read and compared with, not to be fast. */
export class NaiveLedger {
  readonly #world = new World();
  readonly #accepted = new Map<string, { body: string; outcome: unknown }>();

  /** One line of a command file, as `import --clock file` judges it. */
  execute(line: unknown): LineResult {
    try {
      return this.#judge(line);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { ok: false, error: { code: error.code } };
    }
  }

  balance(certificateId: string, { on, asOf }: Moment = {}): Balance {
    const known: { on: string | undefined; asOf: Instant | undefined } = {
      on,
      asOf: asOf === undefined ? undefined : parseInstant(asOf),
    };
    return balanceOf(this.#world, certificateId, known);
  }

  balances(moment: Moment = {}): Balance[] {
    const ids = this.#world.all('CertificateIssued').map((issued) => issued.certificateId);
    return ids.sort(byCodePoint).map((id) => this.balance(id, moment));
  }

  invoices(): InvoiceDocument[] {
    return invoiceDocuments(this.#world);
  }

  /** Shape, idempotency, clock, rules: in this order. */
  #judge(line: unknown): LineResult {
    if (!isObject(line)) throw new Refusal('command.invalid');
    const { command: name, id, at, by, ...body } = line;
    const envelope = { id, at, ...(Object.hasOwn(line, 'by') && { by: by ?? null }) };
    if (!isCommandName(name) || !isEnvelope(envelope)) throw new Refusal('command.invalid');
    const rule = ruleFor(name, body);

    const sent = canonical({ command: name, by, ...body });
    const before = this.#accepted.get(envelope.id);
    refuseIf(before !== undefined && before.body !== sent, 'idempotency.key_reused');
    if (before !== undefined) return accepted(before.outcome, true);

    const now = parseInstant(envelope.at);
    refuseIf(now < (this.#world.facts.at(-1)?.recordedAt ?? now), 'clock.goes_back');
    this.#world.now = now;
    const outcome = rule(this.#world);
    this.#accepted.set(envelope.id, { body: sent, outcome });
    return accepted(outcome, false);
  }
}

function ruleFor<N extends CommandName>(name: N, body: unknown): (world: World) => unknown {
  const guard: (value: unknown) => boolean = commandShapes[name];
  refuseIf(!guard(body), 'command.invalid');
  const rule = rules[name];
  // The guard of the same name has just accepted the body.
  return (world) => rule(world, body as Body<N>);
}

function accepted(outcome: unknown, replayed: boolean): LineResult {
  return outcome === undefined ? { ok: true, replayed } : { ok: true, replayed, outcome };
}

/** JSON with the members of every object in the order of their names, so that equal bodies are equal texts. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, member: unknown) =>
    isObject(member) ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => byCodePoint(a, b))) : member,
  );
}
