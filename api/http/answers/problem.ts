import { z } from 'zod';
import { component } from './component.ts';
import { text } from './fields.ts';

/** What a failed request is answered with. */
export const problem = component(
  'Problem',
  'Why a request failed (RFC 9457). Programs decide by `code`; `detail` is for people and may change.',
  z.strictObject({
    type: z.string().meta({ format: 'uri', description: 'Names the kind of problem; as stable as `code`' }),
    title: text.meta({ description: 'The kind of problem in plain words' }),
    status: z.int().meta({ description: 'The status of this answer' }),
    detail: text.meta({ description: 'What is wrong with this request, with its fields and figures' }),
    code: text.meta({ description: 'The rule that refuses it, `noun.reason`' }),
    requestId: text.meta({ description: "Names the request in the server's log" }),
  }),
);
