import type { RegistryName } from '../../../src/index.ts';
import type { ColumnKind } from '../model.ts';

/** A column of a registry: where its value stands in an item, its heading, and what it holds. */
export interface RegistryColumn {
  /** A member, or a path of members: `bank.bik`. */
  readonly path: string;
  readonly heading: string;
  readonly kind: ColumnKind;
}

/** A registry as people read it; an item with a list has a row for each of the list's items. */
export interface RegistryForm {
  /** At most 28 characters, as a sheet may be named. */
  readonly title: string;
  readonly columns: readonly RegistryColumn[];
  readonly list?: { readonly member: string; readonly columns: readonly RegistryColumn[] };
}

const PAYER = text('payerId', 'Код плательщика');
const PROVIDER = text('providerId', 'Код поставщика');
const GROUP = text('groupId', 'Код группы');
const PERIOD = text('periodId', 'Период программы ПФ');
const CERTIFICATE = text('certificateId', 'Номер сертификата');
const AGREEMENT = text('agreementId', 'Код соглашения');
const CONTRACT = text('contractId', 'Код договора');
const STATUS = text('status', 'Состояние');
const [FROM, UNTIL] = [date('from', 'Действует с'), date('until', 'Действует по')];
const BANK = [text('bank.name', 'Банк получателя'), text('bank.bik', 'БИК'), text('bank.account', 'Счёт получателя')];
const FIGURES = [
  amount('nominal', 'Номинал, руб.'),
  amount('available', 'Доступно, руб.'),
  amount('blocked', 'Заблокировано, руб.'),
  amount('charged', 'Списано, руб.'),
  amount('expired', 'Сгорело, руб.'),
];

/** Every registry with the words of the documents. */
export const registryForms: Readonly<Record<RegistryName, RegistryForm>> = {
  payers: {
    title: 'Плательщики',
    columns: [
      ...[PAYER, text('name', 'Плательщик'), text('inn', 'ИНН'), text('kpp', 'КПП')],
      ...[...BANK, text('zone', 'Часовой пояс')],
    ],
  },
  periods: { title: 'Периоды программы ПФ', columns: [PAYER, PERIOD, FROM, UNTIL, STATUS] },
  groups: {
    title: 'Группы сертификатов',
    columns: [
      ...[PAYER, GROUP, text('name', 'Группа сертификатов'), text('kind', 'Вид группы')],
      ...[count('limitCount', 'Предел, сертификатов'), amount('limitAmount', 'Предел, руб.')],
    ],
    list: { member: 'nominals', columns: [PERIOD, amount('nominal', 'Номинал, руб.')] },
  },
  providers: {
    title: 'Поставщики',
    columns: [
      ...[PROVIDER, text('name', 'Поставщик'), text('legalForm', 'Форма'), text('inn', 'ИНН'), text('kpp', 'КПП')],
      ...[text('ogrn', 'ОГРН'), STATUS, date('suspendedFrom', 'Приостановлен с'), ...BANK],
    ],
  },
  agreements: {
    title: 'Соглашения',
    columns: [
      ...[AGREEMENT, text('number', '№ соглашения'), date('date', 'Дата соглашения'), PAYER],
      ...[PROVIDER, FROM, UNTIL],
      ...[amount('totalLimit', 'Предел, руб.'), amount('inUse', 'Использовано, руб.')],
    ],
  },
  programmes: {
    title: 'Программы',
    columns: [
      ...[text('programmeId', 'Код программы'), PROVIDER, text('name', 'Программа')],
      ...[text('direction', 'Направленность'), text('certification', 'Сертификация'), date('decidedOn', 'Решение от')],
      ...[count('ageFrom', 'Возраст с'), count('ageTo', 'Возраст по')],
    ],
    list: {
      member: 'modules',
      columns: [
        ...[text('moduleId', 'Код модуля'), text('name', 'Модуль'), count('lessons', 'Занятий')],
        ...[amount('price', 'Цена, руб.'), amount('normativePrice', 'Нормативная цена, руб.')],
      ],
    },
  },
  certificates: {
    title: 'Сертификаты',
    columns: [
      ...[CERTIFICATE, PAYER, GROUP, text('holderId', 'Обладатель'), date('validFrom', 'Действителен с')],
      ...[date('validUntil', 'Действителен по'), STATUS],
      ...[date('closedOn', 'Закрыт'), text('closingReason', 'Причина закрытия')],
    ],
    list: { member: 'periods', columns: [PERIOD, ...FIGURES] },
  },
  contracts: {
    title: 'Договоры',
    columns: [
      ...[CONTRACT, text('number', '№ договора'), date('date', 'Дата договора'), CERTIFICATE, PAYER, GROUP, PERIOD],
      ...[PROVIDER, text('programmeId', 'Код программы'), text('moduleId', 'Код модуля'), AGREEMENT],
      ...[FROM, UNTIL, STATUS, date('terminatedOn', 'Расторгнут'), date('releasedOn', 'Высвобожден')],
      ...[amount('price', 'Цена, руб.'), amount('share', 'За счёт сертификата, руб.')],
      ...[amount('parentShare', 'За счёт родителей, руб.'), amount('blocked', 'Заблокировано, руб.')],
      ...[amount('charged', 'Списано, руб.'), amount('released', 'Высвобождено, руб.')],
      ...[count('lessonsCharged', 'Списано занятий'), count('lessons', 'Занятий')],
    ],
  },
  advances: {
    title: 'Заявки на авансирование',
    columns: [
      ...[PAYER, PROVIDER, text('month', 'Месяц'), date('requestedOn', 'Дата заявки')],
      ...[count('percent', 'Размер аванса, %'), amount('amount', 'Аванс, руб.')],
    ],
  },
  invoices: {
    title: 'Счета',
    columns: [
      ...[text('number', '№ счёта'), PAYER, PROVIDER, text('month', 'Месяц'), date('issuedOn', 'Дата счёта'), STATUS],
      ...[date('acceptedOn', 'Принят'), date('paidOn', 'Оплачен'), text('reason', 'Причина')],
      ...[amount('services', 'Оказано услуг, руб.'), amount('corrections', 'Исправления, руб.')],
      ...[amount('carriedIn', 'Перенесено с прошлого счёта, руб.'), amount('advance', 'Аванс, руб.')],
      ...[amount('total', 'Итого, руб.'), amount('due', 'Подлежит оплате, руб.')],
      amount('carriedOut', 'Перенесено на следующий счёт, руб.'),
    ],
    list: {
      member: 'lines',
      columns: [
        ...[text('kind', 'Вид строки'), text('month', 'Месяц занятий'), CONTRACT, text('contractNumber', '№ договора')],
        ...[date('contractDate', 'Дата договора'), CERTIFICATE, count('lessons', 'Занятий')],
        amount('amount', 'К оплате, руб.'),
      ],
    },
  },
  refusals: {
    title: 'Непринятые посещения',
    columns: [
      ...[CONTRACT, text('lessonId', 'Код занятия'), date('date', 'Дата занятия'), text('code', 'Код отказа')],
      ...[text('message', 'Почему'), text('commandId', 'Код команды')],
    ],
  },
};

const WORDS: Readonly<Record<string, string>> = {
  open: 'открыт',
  closed: 'закрыт',
  active: 'действует',
  suspended: 'приостановлен',
  frozen: 'заморожен',
  terminated: 'расторгнут',
  released: 'высвобожден',
  funding: 'финансирования',
  accounting: 'учёта',
  organisation: 'организация',
  entrepreneur: 'предприниматель',
  submitted: 'подана',
  certified: 'сертифицирована',
  revision: 'на доработке',
  refused: 'отказано',
  issued: 'выставлен',
  accepted: 'принят',
  paid: 'оплачен',
  rejected: 'отклонён',
  annulled: 'аннулирован',
  charge: 'услуги',
  correction: 'исправление',
  age: 'возраст',
  moved: 'переезд',
  request: 'заявление',
  error: 'ошибка',
};
const WORDED = new Set(['status', 'kind', 'legalForm', 'certification', 'closingReason']);

/** A value of a member that has only a few: in words of this country. Others stay as they are. */
export function inWords(path: string, value: string): string {
  return WORDED.has(path) ? (WORDS[value] ?? value) : value;
}

function text(path: string, heading: string): RegistryColumn {
  return { path, heading, kind: 'text' };
}

function date(path: string, heading: string): RegistryColumn {
  return { path, heading, kind: 'date' };
}

function amount(path: string, heading: string): RegistryColumn {
  return { path, heading, kind: 'amount' };
}

function count(path: string, heading: string): RegistryColumn {
  return { path, heading, kind: 'count' };
}
