import { describe, expect, test } from 'vitest';
import { jsonObject } from '../api/json-object.ts';

describe('when a line names a member twice', () => {
  test.each([
    ['beside each other', '{"id":"a","id":"b"}', 'id'],
    ['with others in between and blanks before the colon', '{ "id" : "a", "n" : {} , "id"\t: "b" }', 'id'],
    ['in an object within a list', '{"list":[{"a":1},{"a":1,"b":2,"a":3}]}', 'a'],
    ['written in two ways', '{"id":"a","\\u0069d":"b"}', 'id'],
    ['an empty name', '{"":1,"":2}', ''],
    ['after a text that ends with a backslash', '{"a":"\\\\","a":1}', 'a'],
  ])('%s: it is refused by name', (_, line, name) => {
    expect(() => jsonObject(line)).toThrow(
      expect.objectContaining({ code: 'command.invalid', message: `${name}: is there twice` }),
    );
  });

  test.each([
    '{"id":"id","a":{"id":"id"},"b":[{"id":1},{"id":2}]}',
    '{"a":"\\"b\\":1,\\"b\\":2","b":": \\" :"}',
    '{"a":["a","a"],"__proto__":1}',
  ])('the same text as a value, or in another object, is no such name: %s', (line) => {
    expect(jsonObject(line)).toEqual(JSON.parse(line));
  });
});
