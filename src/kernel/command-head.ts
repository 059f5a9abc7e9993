import { z } from 'zod';
import { identifier, text } from './fields.ts';

/** What every command has: its own id (kept for ever, SPEC section 9) and, optionally, who gave it. */
export const commandHead = { id: identifier, by: text.optional() };

/** The head as a schema of its own, for code that needs no more of a command. */
export const commandHeadSchema = z.object(commandHead);
