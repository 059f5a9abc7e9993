import { describe, expect, test } from 'vitest';
import { parseStatement } from '../../api/bank/statement.ts';
import { charactersMissing, decodeWindows1251, encodeWindows1251 } from '../../api/bank/windows-1251.ts';
import { bytesByHand } from './windows-1251-by-hand.ts';

/** As a bank writes it: balances, a payment that left the account, one that came in, one that is only an order. */
const STATEMENT = `1CClientBankExchange
ВерсияФормата=1.03
Кодировка=Windows
Отправитель=Банк «Ёлка»
Получатель=
ДатаСоздания=03.10.2020
ДатаНачала=01.10.2020
ДатаКонца=02.10.2020
РасчСчет=40204810000000000010
РасчСчет=40204810000000000011
СекцияРасчСчет
ДатаНачала=01.10.2020
РасчСчет=40204810000000000010
НачальныйОстаток=1000.00
КонецРасчСчет
СекцияДокумент=Платежное поручение
Номер=17
Дата=01.10.2020
Сумма=12.50
ДатаСписано=02.10.2020
ПлательщикСчет=40204810000000000010
ПлательщикИНН=6827000010
ПлательщикРасчСчет=03231643000000000010
ПолучательСчет=40703810000000000001
ПолучательИНН=6827000001
НазначениеПлатежа=Оплата по счету №  club-2020-0001
КонецДокумента

СекцияДокумент=Банковский ордер
Номер=18
Дата=02.10.2020
Сумма=7
ДатаПоступило=02.10.2020
НазначениеПлатежа1=Возврат по счету
НазначениеПлатежа2=от 01.10.2020
КонецДокумента
СекцияДокумент=Платежное поручение
Номер=19
Дата=02.10.2020
Сумма=0.5
ДатаСписано=
КонецДокумента
КонецФайла
`;

/** The capital Ё of the bank's name, 0xA8, replaced by the one byte that is no character. */
function withUnknownByte(): Buffer {
  const bytes = bytesByHand(STATEMENT);
  bytes[bytes.indexOf(0xa8)] = 0x98;
  return bytes;
}

const parse = (text: string) => parseStatement(bytesByHand(text.replaceAll('\n', '\r\n')));

describe('a statement', () => {
  test('gives its documents with the line each begins on', () => {
    const [first, second, third, ...others] = parse(STATEMENT);
    expect(others).toEqual([]);
    expect(first).toEqual({
      line: 16,
      digest: expect.stringMatching(/^[\w-]{43}$/),
      number: '17',
      date: '2020-10-01',
      amount: '12.50',
      executedOn: '2020-10-02',
      purpose: 'Оплата по счету № club-2020-0001',
      payer: { inn: '6827000010', accounts: ['40204810000000000010', '03231643000000000010'] },
      payee: { inn: '6827000001', accounts: ['40703810000000000001'] },
    });
    expect(second).toMatchObject({
      line: 29,
      amount: '7.00',
      executedOn: '2020-10-02',
      purpose: 'Возврат по счету от 01.10.2020',
    });
    expect(third).toMatchObject({ line: 37, amount: '0.50', payer: { accounts: [] } });
    expect(third).not.toHaveProperty('executedOn');
  });

  test('has the same digests with other line ends, another header and other balances', () => {
    const digests = (text: string) => parseStatement(bytesByHand(text)).map(({ digest }) => digest);
    const other = STATEMENT.replace('03.10.2020', '04.10.2020').replace('1000.00', '2000.00');
    expect(digests(other)).toEqual(parse(STATEMENT).map(({ digest }) => digest));
    expect(digests(STATEMENT.replace('Номер=17', 'Номер=71'))[0]).not.toBe(digests(STATEMENT)[0]);
  });
});

describe('a broken statement is refused with its line', () => {
  test.each<[string, (text: string) => string, number, string]>([
    ['without its first line', (text) => text.replace(/^.*\n/, ''), 1, 'does not begin'],
    ['empty', () => '', 1, 'does not begin'],
    ['without a version', (text) => text.replace('ВерсияФормата=1.03\n', ''), 10, 'no ВерсияФормата'],
    ['of another version', (text) => text.replace('1.03', '2.00'), 2, 'version 2.00'],
    ['without an encoding', (text) => text.replace('Кодировка=Windows\n', ''), 10, 'no Кодировка'],
    ['that says DOS', (text) => text.replace('=Windows', '=DOS'), 3, 'DOS'],
    ['with a header line that is none', (text) => text.replace('Получатель=', 'Получатель'), 5, 'name=value'],
    ['with a document line that is none', (text) => text.replace('Сумма=12.50', 'Сумма'), 19, 'section of line 16'],
    ['with a document in a document', (text) => text.replace('КонецДокумента\n\n', ''), 27, 'before КонецДокумента'],
    [
      'with an end of the other section',
      (text) => text.replace('КонецРасчСчет', 'КонецДокумента'),
      15,
      'before КонецРасчСчет',
    ],
    [
      'with an end that was not begun',
      (text) => text.replace('СекцияРасчСчет\n', 'Документ=\n'),
      15,
      'without a section',
    ],
    ['that ends in a section', (text) => text.replace(/КонецДокумента\nКонецФайла\n$/, ''), 42, 'line 37'],
    ['that ends in the middle', (text) => text.replace('КонецФайла\n', ''), 43, 'end is missing'],
    [
      'with the end of the file in a document',
      (text) => text.replace('КонецДокумента\n\n', 'КонецФайла\n\n'),
      27,
      'КонецФайла',
    ],
    ['that goes on after its end', (text) => `${text}СекцияРасчСчет\n`, 44, 'follows'],
    ['with a name twice', (text) => text.replace('Сумма=12.50', 'Сумма=12.50\nСумма=12.50'), 20, 'twice'],
    ['without an amount', (text) => text.replace('Сумма=12.50\n', ''), 16, 'no Сумма'],
    ['with an empty number', (text) => text.replace('Номер=17', 'Номер='), 17, 'no Номер'],
    ['with an amount in words', (text) => text.replace('12.50', '12-50'), 19, '12-50'],
    ['with thousandths', (text) => text.replace('12.50', '12.505'), 19, '12.505'],
    [
      'with a date that is none',
      (text) => text.replace('Дата=01.10.2020\nСумма', 'Дата=31.09.2020\nСумма'),
      18,
      '31.09.2020',
    ],
    [
      'with a date the other way round',
      (text) => text.replace('ДатаСписано=02.10.2020', 'ДатаСписано=2020-10-02'),
      20,
      'dd.mm.yyyy',
    ],
  ])('%s', (_, broken, line, what) => {
    const text = broken(STATEMENT);
    if (text !== '') expect(text).not.toBe(STATEMENT);
    const pattern = new RegExp(`^line ${line}: .*${what.replaceAll('.', '\\.')}`);
    expect(() => parse(text)).toThrow(
      expect.objectContaining({ code: 'query.invalid', message: expect.stringMatching(pattern) }),
    );
  });

  test.each<[string, Buffer, RegExp]>([
    ['UTF-8', Buffer.from(STATEMENT), /^line 2: .*UTF-8/],
    ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${STATEMENT}`), /^line 1: .*UTF-8/],
    ['UTF-16', Buffer.from(`\ufeff${STATEMENT}`, 'utf16le'), /^line 1: .*UTF-16/],
    // The alphabet stands elsewhere in the code page of DOS: „В“ is 0x82.
    [
      'the code page of DOS',
      Buffer.from('1CClientBankExchange\r\n\x82\xa5\xe0=1.03\r\n', 'latin1'),
      /^line 2: .*windows-1251/,
    ],
    ['a byte without a character', withUnknownByte(), /^line 4: .*byte/],
  ])('in another encoding: %s', (_, bytes, message) => {
    expect(() => parseStatement(bytes)).toThrow(message);
  });
});

describe('windows-1251', () => {
  test('is written as the code page has it and read back', () => {
    const text = 'МБУ «Ёлка» № 5, „счёт“ от 01.10.2020';
    expect(Buffer.from(encodeWindows1251(text))).toEqual(bytesByHand(text));
    expect(decodeWindows1251(bytesByHand(text))).toBe(text);
  });

  test('lacks emoji, roubles and letters of other alphabets, which are named', () => {
    expect(charactersMissing('Школа 🎓 за 5 ₽, ₽, Ә')).toEqual(['🎓', '₽', 'Ә']);
    expect(charactersMissing('\u0098')).toEqual(['\u0098']);
    expect(() => encodeWindows1251('₽')).toThrow(/₽/);
  });
});
