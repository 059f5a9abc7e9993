/** Joins the parts of a stream's name so that no two lists of parts give the same name, whatever the ids contain. */
export function streamName(category: string, ...parts: readonly string[]): string {
  return `${category}-${parts.map(encodeURIComponent).join('/')}`;
}
