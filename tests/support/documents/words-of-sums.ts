const UNITS = 'ноль один два три четыре пять шесть семь восемь девять'.split(' ');
const TEENS = [
  ...['десять', 'одиннадцать', 'двенадцать', 'тринадцать', 'четырнадцать'],
  ...['пятнадцать', 'шестнадцать', 'семнадцать', 'восемнадцать', 'девятнадцать'],
];
const TENS = '? ? двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто'.split(' ');
const HUNDREDS = '? сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот'.split(' ');
/** One, two to four, five and more; the first of each group is the singular. */
const ORDERS = [
  ['рубль', 'рубля', 'рублей'],
  ['тысяча', 'тысячи', 'тысяч'],
  ['миллион', 'миллиона', 'миллионов'],
  ['миллиард', 'миллиарда', 'миллиардов'],
  ['триллион', 'триллиона', 'триллионов'],
] as const;

/** A sum in words, written a second time and apart from the product: whole roubles and two digits of kopecks. */
export function wordsOfSum(roubles: bigint, kopecks: string): string {
  const words: string[] = [];
  for (let order = ORDERS.length - 1; order >= 0; order -= 1) {
    const triad = Number((roubles / 1000n ** BigInt(order)) % 1000n);
    if (triad === 0 && order > 0) continue;
    if (triad > 0) words.push(...triadWords(triad, order === 1));
    else if (roubles === 0n) words.push('ноль');
    words.push(form(triad, ORDERS[order] ?? ORDERS[0]));
  }
  const text = `${words.join(' ')} ${kopecks} ${form(Number(kopecks), ['копейка', 'копейки', 'копеек'])}`;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function triadWords(triad: number, feminine: boolean): string[] {
  const [hundreds, tens, units] = [Math.floor(triad / 100), Math.floor(triad / 10) % 10, triad % 10];
  const words = hundreds > 0 ? [HUNDREDS[hundreds] ?? ''] : [];
  if (tens === 1) return [...words, TEENS[units] ?? ''];
  if (tens > 1) words.push(TENS[tens] ?? '');
  if (units === 0) return words;
  const unit = feminine && units < 3 ? ['', 'одна', 'две'][units] : UNITS[units];
  return [...words, unit ?? ''];
}

function form(count: number, [one, few, many]: readonly [string, string, string]): string {
  const [tens, units] = [Math.floor(count / 10) % 10, count % 10];
  if (tens === 1) return many;
  if (units === 1) return one;
  return units > 1 && units < 5 ? few : many;
}
