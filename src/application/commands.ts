import type { z } from 'zod';
import { amendAgreement, concludeAgreement } from '../domain/agreement/commands.ts';
import {
  adjustNominal,
  blockCourse,
  closeCertificate,
  correctAttendance,
  freezeCertificate,
  issueCertificate,
  recordLesson,
  releaseBlock,
  reverseLesson,
  terminateContract,
  topUpNominal,
  unfreezeCertificate,
} from '../domain/certificate/commands.ts';
import {
  acceptInvoice,
  annulInvoice,
  issueInvoices,
  payInvoice,
  rejectInvoice,
  requestAdvance,
} from '../domain/invoice/commands.ts';
import {
  changePayerDetails,
  closePeriod,
  defineCertificateGroup,
  openFundingPeriod,
  registerPayer,
  setGroupNominal,
} from '../domain/payer/commands.ts';
import { decideCertification, recordExpertReview, submitProgramme } from '../domain/programme/commands.ts';
import {
  changeProviderDetails,
  registerProvider,
  reinstateProvider,
  suspendProvider,
} from '../domain/provider/commands.ts';
import { LedgerError, refuse } from '../kernel/errors.ts';

/** Every command by its name, with the schema that is its shape (SPEC section 11). */
export const commandSchemas = {
  registerPayer,
  changePayerDetails,
  openFundingPeriod,
  defineCertificateGroup,
  setGroupNominal,
  closePeriod,
  registerProvider,
  changeProviderDetails,
  suspendProvider,
  reinstateProvider,
  concludeAgreement,
  amendAgreement,
  submitProgramme,
  recordExpertReview,
  decideCertification,
  issueCertificate,
  topUpNominal,
  adjustNominal,
  blockCourse,
  recordLesson,
  reverseLesson,
  correctAttendance,
  freezeCertificate,
  unfreezeCertificate,
  terminateContract,
  releaseBlock,
  closeCertificate,
  issueInvoices,
  acceptInvoice,
  rejectInvoice,
  annulInvoice,
  payInvoice,
  requestAdvance,
};

/** The name of a command. */
export type CommandName = keyof typeof commandSchemas;

/** A command as it is sent: amounts are decimal strings (SPEC section 11). */
export type Command = { [Name in CommandName]: z.input<(typeof commandSchemas)[Name]> }[CommandName];

/** A command of one name as it is sent. */
export type CommandOf<Name extends CommandName> = z.input<(typeof commandSchemas)[Name]>;

/** A command whose shape is right: amounts are kopecks. */
export type ParsedCommand = { [Name in CommandName]: z.output<(typeof commandSchemas)[Name]> }[CommandName];

/** How much of a name that is none is told back. */
const LONGEST_ECHO = 100;

/** Reads a command, or refuses it with `command.invalid` and the field that is wrong (SPEC sections 9 and 11). */
export function parseCommand(raw: unknown): ParsedCommand {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    refuse('command.invalid', 'a command is a JSON object');
  }
  const name: unknown = 'command' in raw ? raw.command : undefined;
  if (name === undefined) refuse('command.invalid', 'command: is missing');
  // What is no text is not repeated in the answer: it may be nested deeper than can be written.
  if (typeof name !== 'string') refuse('command.invalid', 'command: is not the name of a command');
  if (!Object.hasOwn(commandSchemas, name)) {
    refuse('command.invalid', `command: ${JSON.stringify(name.slice(0, LONGEST_ECHO))} is no command`);
  }
  const parsed = commandSchemas[name as CommandName].safeParse(raw);
  if (parsed.success) return parsed.data;
  throw new LedgerError('command.invalid', parsed.error.issues.map(sentenceOf).join('; '));
}

/** What is wrong with a field, in plain words that name it. */
export function sentenceOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') {
    return `${[...issue.path, issue.keys.join(', ')].join('.')}: is not a field of this command`;
  }
  const field = issue.path.length === 0 ? 'command' : issue.path.join('.');
  return `${field}: ${issue.code === 'invalid_type' ? `is missing or of the wrong type, ${issue.expected} is asked for` : issue.message}`;
}
