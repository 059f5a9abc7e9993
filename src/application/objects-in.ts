/** A string of so many characters takes as much room as another small object. */
const LONG = 100;

/** Roughly how many small objects a plain value is made of, for whoever has to bound what is in memory. */
export function objectsIn(value: unknown): number {
  if (typeof value === 'string') return Math.floor(value.length / LONG);
  if (typeof value !== 'object' || value === null) return 0;
  let objects = 1;
  for (const member of Object.values(value)) objects += objectsIn(member);
  return objects;
}
