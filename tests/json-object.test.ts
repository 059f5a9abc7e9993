import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonObject, repeatedMember } from '../api/json-object.ts';

describe('when a line names a member twice', () => {
  test.each([
    ['beside each other', '{"id":"a","id":"b"}', 'id'],
    ['with others in between and blanks before the colon', '{ "id" : "a", "n" : {} , "id"\t: "b" }', 'id'],
    ['in an object within a list', '{"list":[{"a":1},{"a":1,"b":2,"a":3}]}', 'a'],
    ['written in two ways', '{"id":"a","\\u0069d":"b"}', 'id'],
    ['an empty name', '{"":1,"":2}', ''],
    ['after a text that ends with a backslash', '{"a":"\\\\","a":1}', 'a'],
    ['the name of the prototype', '{"__proto__":1,"__proto__":2}', '__proto__'],
    ['beside a text that begins with a colon', '{"a":": b","a":1}', 'a'],
    ['deeper than any command', `{"a":${'['.repeat(10_000)}{"b":1,"b":2}${']'.repeat(10_000)}}`, 'b'],
  ])('%s: it is refused by name', (_, line, name) => {
    expect(() => jsonObject(line)).toThrow(
      expect.objectContaining({ code: 'command.invalid', message: `${name}: is there twice` }),
    );
  });

  test('also where the engine gives the second one another name, as V8 does after a text with a backslash for a name', () => {
    for (let times = 0; times < 5; times += 1) JSON.parse('{"a":1,"\\\\":2}');
    expect(() => jsonObject('{"a":1,"\\u0061":2}')).toThrow(expect.objectContaining({ message: 'a: is there twice' }));
  });

  test.each([
    '{"id":"id","a":{"id":"id"},"b":[{"id":1},{"id":2}]}',
    '{"a":"\\"b\\":1,\\"b\\":2","b":": \\" :"}',
    '{"a":["a","a"],"__proto__":1}',
  ])('the same text as a value, or in another object, is no such name: %s', (line) => {
    expect(jsonObject(line)).toEqual(JSON.parse(line));
  });

  test('each member of a random text is looked at where there may be one twice', () => {
    fc.assert(
      fc.property(objects, (line) => {
        const twice = repeatedMember(line);
        if (twice === undefined) expect(jsonObject(line)).toEqual(JSON.parse(line));
        else expect(() => jsonObject(line)).toThrow(`${twice}: is there twice`);
      }),
      { numRuns: 2_000 },
    );
  });
});

/** Texts of objects with few names, with blanks here and there and colons in their texts. */
const { objects } = fc.letrec<{ objects: string; values: string }>((tie) => {
  const blanks = fc.constantFrom('', '', '', ' ', '\t', ' \n');
  const texts = fc.constantFrom('"a"', '"b"', '"\\u0061"', '""', '":"', '" :"', '"\\":"', '"__proto__"', '"1"');
  const members = fc
    .tuple(blanks, texts, blanks, blanks, tie('values'), blanks)
    .map(([before, name, between, after, value, end]) => `${before}${name}${between}:${after}${value}${end}`);
  const list = fc.array(tie('values'), { maxLength: 3 }).map((items) => `[${items.join(',')}]`);
  return {
    objects: fc.array(members, { maxLength: 4 }).map((named) => `{${named.join(',')}}`),
    values: fc.oneof({ depthSize: 'small' }, texts, fc.constantFrom('1', 'null', 'true'), list, tie('objects')),
  };
});
