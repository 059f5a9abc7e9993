import fc from 'fast-check';
import { certificateDraft } from './certificate-drafts.ts';
import { contractDraft } from './contract-drafts.ts';
import { type Body, type Draft, invoicesAfter, type Moment, momentAt, oneOfWeighted } from './draft.ts';
import { invoiceDraft } from './invoice-drafts.ts';
import { lessonDraft } from './lesson-drafts.ts';
import { programmeDraft } from './programme-drafts.ts';
import { registryDraft } from './registry-drafts.ts';
import { setUpBodies } from './set-up.ts';

/** One line of a command file, as `import --clock file` takes it. */
export type Command = Body & { id: string; at: string };

const START = Date.parse('2020-09-03T06:00:00Z');
const HOUR = 3_600_000;

/** Every random sequence starts with these; they are all accepted. */
export const setUpCommands: readonly Command[] = setUpBodies.map((body, index) => ({
  ...body,
  id: `set-up-${index}`,
  at: '2020-08-20T06:00:00Z',
}));

/** What happens to a finished body on its way into the file. */
type Mishap =
  | 'none'
  | 'unknownField'
  | 'emptyField'
  | 'missingField'
  | 'wrongType'
  | 'clockGoesBack'
  | 'clockStepsBack';

/** Every step has an hour of its own, so that the others stay when and as they are while a failing case shrinks. */
type Step = NewStep | RepeatedStep;

interface NewStep {
  kind: 'new';
  hour: number;
  draft: Draft;
  mishap: Mishap;
}

interface RepeatedStep {
  kind: 'again';
  hour: number;
  back: number;
  change: boolean;
  early: boolean;
}

// Half a year: two funding periods, invoices of five months. Uniform, for a bias would crowd all steps into one day.
const hour = fc.noBias(fc.nat({ max: 4300 }));

const mishap: fc.Arbitrary<Mishap> = oneOfWeighted<Mishap>(
  [50, fc.constant('none')],
  [1, fc.constantFrom('unknownField', 'emptyField', 'missingField', 'wrongType', 'clockGoesBack')],
);

const anyDraft = oneOfWeighted<Draft>(
  [40, lessonDraft],
  [12, contractDraft],
  [13, certificateDraft],
  [14, invoiceDraft],
  [6, registryDraft],
  [6, programmeDraft],
);

const newStep = fc.record({ kind: fc.constant('new' as const), hour, draft: anyDraft, mishap });
const againStep = fc.record({
  kind: fc.constant('again' as const),
  hour,
  back: fc.integer({ min: 1, max: 12 }),
  change: fc.boolean(),
  early: fc.boolean(),
});

const step: fc.Arbitrary<Step> = oneOfWeighted<Step>([24, newStep], [1, againStep]);

/**
 * The set-up and up to 120 random commands after it, in the order of their times, but for the rare clock that goes
 * back and lines sent again as they were. A lower bound on their number would stop a failing case from shrinking.
 */
export const commandSequence: fc.Arbitrary<Command[]> = fc
  .array(step, { minLength: 1, maxLength: 120, size: 'max' })
  .map((steps) => [...setUpCommands, ...assemble(steps.toSorted((a, b) => a.hour - b.hour))]);

function assemble(steps: readonly Step[]): Command[] {
  const commands: Command[] = [];
  const said = [...setUpCommands];
  const invoices = invoicesAfter(said);
  for (const [index, one] of steps.entries()) {
    const now = START + one.hour * HOUR;
    const moment = momentAt(now, said, invoices);
    const command = one.kind === 'new' ? newCommand(one, index, moment, now, commands) : repeated(one, commands, now);
    commands.push(command);
    said.push(command);
  }
  return commands;
}

function newCommand(step: NewStep, index: number, moment: Moment, now: number, before: readonly Command[]): Command {
  const body = step.draft(moment);
  return { ...spoiled(body, step.mishap), id: `step-${index}`, at: momentOf(step.mishap, now, before) };
}

function momentOf(mischief: Mishap, now: number, before: readonly Command[]): string {
  if (mischief === 'clockGoesBack') return instant(now - 1000 * HOUR);
  const last = before.at(-1);
  return mischief === 'clockStepsBack' && last ? instant(Date.parse(last.at) - 1) : instant(now);
}

/** Without seconds' fractions, as most files write it. */
function instant(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('.000Z', 'Z');
}

/** The same id once more, with the body it had or with another, at the first time or now. */
function repeated({ back, change, early }: RepeatedStep, commands: readonly Command[], now: number): Command {
  const first = commands.at(-Math.min(back, commands.length)) ?? setUpCommands[0];
  if (first === undefined) throw new Error('there is always a set-up');
  return { ...first, ...(change && { by: 'someone else' }), ...(!early && { at: instant(now) }) };
}

function spoiled(body: Body, mischief: Mishap): Body {
  const fields = Object.keys(body).filter((name) => name !== 'command');
  const last = fields.at(-1) ?? 'command';
  if (mischief === 'unknownField') return { ...body, colour: 'red' };
  if (mischief === 'emptyField') return { ...body, [last]: '' };
  if (mischief === 'wrongType') return { ...body, [last]: 12.5 };
  if (mischief === 'missingField') return without(body, fields[0] ?? 'command');
  return body;
}

function without(body: Body, field: string): Body {
  const { command, ...others } = body;
  return { command, ...Object.fromEntries(Object.entries(others).filter(([name]) => name !== field)) };
}
