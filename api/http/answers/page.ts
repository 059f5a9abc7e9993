import { z } from 'zod';
import { component } from './component.ts';
import { listOf, text } from './fields.ts';

/** Every list is answered as a page; the last one has no `next`. */
export function pageOf<Item extends z.ZodType>(name: string, item: Item) {
  return component(
    `${name}Page`,
    `A page of a list; \`next\` is the \`after\` of the following one, and null on the last.`,
    z.strictObject({ items: listOf(item), next: text.nullable() }),
  );
}
