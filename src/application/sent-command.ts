import { bodyDigest, digestOfText } from './body-digest.ts';
import type { ParsedCommand } from './commands.ts';
import { parseCommand } from './commands.ts';
import { plainLesson, plainLessonBody } from './plain-lesson.ts';

/** A command whose shape is right, as it was sent. */
export interface SentCommand {
  readonly command: ParsedCommand;
  readonly raw: Readonly<Record<string, unknown>>;
  /** Of its body (SPEC section 9). */
  readonly digest: string;
}

/** Reads a command, or refuses it with `command.invalid` and the field that is wrong. */
export function readCommand(sent: unknown): SentCommand {
  const lesson = plainLesson(sent);
  const raw = sent as Record<string, unknown>;
  if (lesson !== undefined) return { command: lesson, raw, digest: digestOfText(plainLessonBody(lesson)) };
  const command = parseCommand(sent);
  return { command, raw, digest: bodyDigest(raw) };
}
