import type { CommandContext } from '../commands/give-command.ts';

/** What the questions are asked of. */
export type QueryContext = CommandContext;
