import { hash } from 'node:crypto';

/** Names that Windows keeps for itself, whatever ending they have. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$/;
const SAFE = /^[a-z0-9][a-z0-9.-]*[a-z0-9]$/;
const LONGEST = 100;

/**
 * A name of a file, without its ending, that every system takes. A text of small Latin letters, digits, dots and hyphens
 * is its own name. In any other every character that is not of these is replaced, and a digest of the whole text is put
 * behind it, so that different texts have different names also where capital and small letters are the same.
 */
export function safeFileName(text: string): string {
  if (SAFE.test(text) && text.length <= LONGEST && !text.includes('..') && !RESERVED.test(text)) return text;
  const kept = text
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .slice(0, LONGEST)
    .replace(/^-+|-+$/g, '');
  return `${kept}_${hash('sha256', text, 'hex').slice(0, 12)}`;
}
