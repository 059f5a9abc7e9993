import { describe, expect, test } from 'vitest';
import { paymentOrders } from '../../api/bank/payment-orders.ts';
import { parseStatement } from '../../api/bank/statement.ts';
import type { Payable } from '../../src/index.ts';
import { PAYER_DETAILS, PROVIDER_DETAILS } from '../support/month-world.ts';
import { bytesByHand } from './windows-1251-by-hand.ts';

const payable = {
  number: 'club-2020-0001',
  payerId: 'uo',
  providerId: 'club',
  month: '2020-09',
  issuedOn: '2020-10-01',
  status: 'accepted',
  due: '1234.50',
  payer: { name: 'Управление', ...PAYER_DETAILS },
  provider: { name: 'МБУ ДО «Клуб „Ёлка“»', ...PROVIDER_DETAILS.club },
} satisfies Payable;

const FILE = `1CClientBankExchange
ВерсияФормата=1.03
Кодировка=Windows
Отправитель=certificate-ledger
Получатель=
ДатаСоздания=02.10.2020
ДатаНачала=02.10.2020
ДатаКонца=02.10.2020
РасчСчет=40204810000000000010
Документ=Платежное поручение
СекцияДокумент=Платежное поручение
Номер=1
Дата=02.10.2020
Сумма=1234.50
ПлательщикСчет=40204810000000000010
Плательщик=ИНН 6827000010 Управление
ПлательщикИНН=6827000010
ПлательщикКПП=682701001
Плательщик1=Управление
ПлательщикРасчСчет=40204810000000000010
ПлательщикБанк1=Отделение Тамбов
ПлательщикБИК=046850001
ПолучательСчет=40703810000000000001
Получатель=ИНН 6827000001 МБУ ДО «Клуб „Ёлка“»
ПолучательИНН=6827000001
ПолучательКПП=682701001
Получатель1=МБУ ДО «Клуб „Ёлка“»
ПолучательРасчСчет=40703810000000000001
ПолучательБанк1=Тамбовское ОСБ
ПолучательБИК=046850649
ВидПлатежа=
ВидОплаты=01
Очередность=5
НазначениеПлатежа=Оплата по счету № club-2020-0001 от 01.10.2020 за образовательные услуги, сентябрь 2020 г. НДС не облагается
КонецДокумента
КонецФайла
`;

describe('payment orders', () => {
  test('are written to the byte as 1C reads them', () => {
    const { file, defects } = paymentOrders([payable], '2020-10-02');
    expect(defects).toEqual([]);
    expect(Buffer.from(file ?? [])).toEqual(bytesByHand(FILE.replaceAll('\n', '\r\n')));
  });

  test('come back as they went, one for each invoice, every account of a payer named once', () => {
    const second = {
      ...payable,
      number: 'school-2020-0007',
      due: '0.01',
      provider: { name: 'Школа', ...PROVIDER_DETAILS.school },
    };
    const elsewhere = {
      ...payable,
      number: 'club-2020-0002',
      payer: { ...payable.payer, bank: { ...PAYER_DETAILS.bank, account: '40204810000000000099' } },
    };
    const { file, orders } = paymentOrders([payable, second, elsewhere], '2020-10-02');
    const documents = parseStatement(file ?? new Uint8Array());
    expect(documents.map(({ number, amount, payee }) => [number, amount, payee.inn, payee.accounts[0]])).toEqual([
      ['1', '1234.50', '6827000001', '40703810000000000001'],
      ['2', '0.01', '6827000002', '40703810000000000002'],
      ['3', '1234.50', '6827000001', '40703810000000000001'],
    ]);
    expect(documents.map(({ purpose }) => purpose)).toEqual(orders.map(({ purpose }) => purpose));
    const accounts = 'ДатаКонца=02.10.2020\nРасчСчет=40204810000000000010\nРасчСчет=40204810000000000099\nДокумент=';
    expect(Buffer.from(file ?? []).includes(bytesByHand(accounts.replaceAll('\n', '\r\n')))).toBe(true);
  });

  test('without any invoice are a file without a section', () => {
    expect(parseStatement(paymentOrders([], '2020-10-02').file ?? new Uint8Array())).toEqual([]);
  });

  test('take a name in composed form, on one line, with plain spaces and hyphens', () => {
    // и with a combining breve is й; a no-break space, a no-break hyphen, a soft hyphen and a line feed are not to be seen.
    const provider = { ...payable.provider, name: 'И\u0438\u0306\u00a0Клуб\u2011сту\u00adдия\n«А»' };
    const { file } = paymentOrders([{ ...payable, provider }], '2020-10-02');
    expect(Buffer.from(file ?? []).includes(bytesByHand('Получатель1=Ий Клуб-студия «А»\r\n'))).toBe(true);
  });

  test('are not written at all where one cannot be: every field is named with its invoice', () => {
    const bank = { bik: '1', account: '2', name: 'Банк ₽' };
    const broken: Payable = {
      ...payable,
      number: 'school-2020-0001',
      providerId: 'school',
      payer: { name: 'Управление' },
      provider: { name: 'Школа 🎓', inn: '123', kpp: '12', bank },
    };
    const { file, defects } = paymentOrders([payable, broken], '2020-10-02');
    expect(file).toBeUndefined();
    expect(new Set(defects.map(({ number }) => number))).toEqual(new Set(['school-2020-0001']));
    expect(defects.map(({ field }) => field)).toEqual([
      ...['payer.inn', 'payer.bank'],
      ...[
        'provider.inn',
        'provider.kpp',
        'provider.bank.bik',
        'provider.bank.account',
        'provider.name',
        'provider.bank.name',
      ],
    ]);
    expect(defects.find(({ field }) => field === 'provider.name')?.message).toContain('🎓');
  });

  test('do not name a number that would not come back, or for which a purpose has no room', () => {
    const fields = (number: string) =>
      paymentOrders([{ ...payable, number }], '2020-10-02').defects.map(({ field }) => field);
    expect(fields('ә-2020-0001')).toEqual(['number']);
    expect(fields('a  b-2020-0001')).toEqual(['number']);
    expect(fields('a\nb-2020-0001')).toEqual(['number']);
    expect(fields(`${'a'.repeat(190)}-2020-0001`)).toEqual(['purpose']);
  });
});
