import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sumInWords } from '../../api/documents/wording.ts';
import { wordsOfSum } from '../support/documents/words-of-sums.ts';

describe('a sum in words', () => {
  test.each([
    [0, 'Ноль рублей 00 копеек'],
    [1, 'Ноль рублей 01 копейка'],
    [100, 'Один рубль 00 копеек'],
    [2_02, 'Два рубля 02 копейки'],
    [5_11, 'Пять рублей 11 копеек'],
    [11_12, 'Одиннадцать рублей 12 копеек'],
    [14_14, 'Четырнадцать рублей 14 копеек'],
    [21_21, 'Двадцать один рубль 21 копейка'],
    [40_40, 'Сорок рублей 40 копеек'],
    [90_90, 'Девяносто рублей 90 копеек'],
    [100_00, 'Сто рублей 00 копеек'],
    [111_50, 'Сто одиннадцать рублей 50 копеек'],
    [999_99, 'Девятьсот девяносто девять рублей 99 копеек'],
    [1_000_00, 'Одна тысяча рублей 00 копеек'],
    [1_001_00, 'Одна тысяча один рубль 00 копеек'],
    [2_002_00, 'Две тысячи два рубля 00 копеек'],
    [11_000_00, 'Одиннадцать тысяч рублей 00 копеек'],
    [21_001_01, 'Двадцать одна тысяча один рубль 01 копейка'],
    [52_022_00, 'Пятьдесят две тысячи двадцать два рубля 00 копеек'],
    [195_486_17, 'Сто девяносто пять тысяч четыреста восемьдесят шесть рублей 17 копеек'],
    [1_000_000_00, 'Один миллион рублей 00 копеек'],
    [2_001_000_00, 'Два миллиона одна тысяча рублей 00 копеек'],
    [12_000_001_00, 'Двенадцать миллионов один рубль 00 копеек'],
    [1_000_000_000_00, 'Один миллиард рублей 00 копеек'],
    [
      999_999_999_999_99,
      'Девятьсот девяносто девять миллиардов девятьсот девяносто девять миллионов девятьсот девяносто девять тысяч ' +
        'девятьсот девяносто девять рублей 99 копеек',
    ],
    [-5_01, 'Минус пять рублей 01 копейка'],
    [-1, 'Минус ноль рублей 01 копейка'],
  ])('%i kopecks are: %s', (kopecks, words) => {
    expect(sumInWords(kopecks)).toBe(words);
  });

  test('of every whole number up to 20 000, and of every seventh up to 100 000, is what a second way of writing it gives', () => {
    const different: number[] = [];
    for (let roubles = 0; roubles <= 100_000; roubles += roubles < 20_000 ? 1 : 7) {
      const kopecks = String(roubles % 100).padStart(2, '0');
      if (sumInWords(roubles * 100 + (roubles % 100)) !== wordsOfSum(BigInt(roubles), kopecks)) different.push(roubles);
    }
    expect(different).toEqual([]);
  }, 120_000);

  test('of any number up to a million millions is the same', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999_999_999 }), fc.integer({ min: 0, max: 99 }), (roubles, rest) => {
        const words = wordsOfSum(BigInt(roubles), String(rest).padStart(2, '0'));
        expect(sumInWords(roubles * 100 + rest)).toBe(words);
      }),
      { numRuns: 2_000 },
    );
  });
});
