import { z } from 'zod';

/** The schemas that the reference shows under a name of their own. */
export const components = z.registry<{ readonly id: string; readonly description?: string }>();

/** Gives a schema its name in the reference, which is also its name in clients generated from it. */
export function component<Schema extends z.ZodType>(id: string, description: string, schema: Schema): Schema {
  const named = schema.meta({ description });
  components.add(named, { id });
  return named;
}
