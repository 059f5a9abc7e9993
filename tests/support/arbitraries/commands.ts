import fc from 'fast-check';
import { certificateDraft } from './certificate-drafts.ts';
import { contractDraft } from './contract-drafts.ts';
import { type Body, type Draft, momentAt, oneOfWeighted } from './draft.ts';
import { invoiceDraft } from './invoice-drafts.ts';
import { lessonDraft } from './lesson-drafts.ts';
import { programmeDraft } from './programme-drafts.ts';
import { registryDraft } from './registry-drafts.ts';
import { setUpBodies } from './set-up.ts';

/** One line of a command file, as `import --clock file` takes it. */
export type Command = Body & { id: string; at: string };

const START = Date.parse('2020-08-20T06:00:00Z');
const HOUR = 3_600_000;

/** Every random sequence starts with these; they are all accepted. */
export const setUpCommands: readonly Command[] = setUpBodies.map((body, index) => ({
  ...body,
  id: `set-up-${index}`,
  at: '2020-08-20T06:00:00Z',
}));

/** What happens to a finished body on its way into the file. */
type Mishap = 'none' | 'unknownField' | 'emptyField' | 'missingField' | 'wrongType' | 'clockGoesBack';

/** A step is independent of the others, its moment follows from the hours of all steps before it. */
type Step = NewStep | RepeatedStep;

interface NewStep {
  kind: 'new';
  hours: number;
  draft: Draft;
  mishap: Mishap;
}

interface RepeatedStep {
  kind: 'again';
  hours: number;
  back: number;
  change: boolean;
}

const hours = oneOfWeighted(
  [6, fc.nat({ max: 12 })],
  [4, fc.integer({ min: 12, max: 96 })],
  [1, fc.integer({ min: 96, max: 480 })],
);

const mishap: fc.Arbitrary<Mishap> = oneOfWeighted<Mishap>(
  [60, fc.constant('none')],
  [1, fc.constantFrom('unknownField', 'emptyField', 'missingField', 'wrongType', 'clockGoesBack')],
);

const anyDraft = oneOfWeighted<Draft>(
  [34, lessonDraft],
  [12, contractDraft],
  [15, certificateDraft],
  [14, invoiceDraft],
  [6, registryDraft],
  [4, programmeDraft],
);

const newStep = fc.record({ kind: fc.constant('new' as const), hours, draft: anyDraft, mishap });
const againStep = fc.record({
  kind: fc.constant('again' as const),
  hours,
  back: fc.integer({ min: 1, max: 12 }),
  change: fc.boolean(),
});

const step: fc.Arbitrary<Step> = oneOfWeighted<Step>([24, newStep], [1, againStep]);

/** The set-up and 20 to 120 random commands after it, their times never decreasing but for the rare clock that goes back. */
export const commandSequence: fc.Arbitrary<Command[]> = fc
  .array(step, { minLength: 20, maxLength: 120, size: 'max' })
  .map((steps) => [...setUpCommands, ...assemble(steps)]);

function assemble(steps: readonly Step[]): Command[] {
  const commands: Command[] = [];
  let now = START;
  for (const [index, one] of steps.entries()) {
    now += one.hours * HOUR;
    commands.push(one.kind === 'new' ? newCommand(one, index, now, commands) : repeated(one, commands, now));
  }
  return commands;
}

function newCommand(step: NewStep, index: number, now: number, before: readonly Command[]): Command {
  const at = step.mishap === 'clockGoesBack' ? START - HOUR : now;
  const body = step.draft(momentAt(now, [...setUpCommands, ...before]));
  return { ...spoiled(body, step.mishap), id: `step-${index}`, at: instant(at) };
}

/** Without seconds' fractions, as most files write it. */
function instant(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('.000Z', 'Z');
}

/** The same id once more, with the body it had or with another. */
function repeated({ back, change }: RepeatedStep, commands: readonly Command[], now: number): Command {
  const first = commands.at(-Math.min(back, commands.length)) ?? setUpCommands[0];
  if (first === undefined) throw new Error('there is always a set-up');
  return { ...first, ...(change && { by: 'someone else' }), at: instant(now) };
}

function spoiled(body: Body, mischief: Mishap): Body {
  const fields = Object.keys(body).filter((name) => name !== 'command');
  const last = fields.at(-1) ?? 'command';
  if (mischief === 'unknownField') return { ...body, colour: 'red' };
  if (mischief === 'emptyField') return { ...body, [last]: '' };
  if (mischief === 'wrongType') return { ...body, [last]: 12.5 };
  if (mischief === 'missingField') return { ...body, [fields[0] ?? 'command']: undefined };
  return body;
}
