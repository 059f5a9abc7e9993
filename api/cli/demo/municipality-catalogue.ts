/** What is published of Michurinsk, Tambov region, for 2020: the town the demo has the size of. */
export const publishedSize = { certificates: 11_677, funded: 709, programmes: 31, providers: 6 } as const;

export const payerId = 'uo';
export const periodId = '2020';

/** The nominal of a child of the funding group, and of a child with special needs, in kopecks. */
export const nominals = { fund: 850_000, ovz: 1_100_000 } as const;

export type FundingGroupId = keyof typeof nominals;

export interface DemoProvider {
  readonly providerId: string;
  readonly name: string;
  readonly legalForm: 'organisation' | 'entrepreneur';
}

/** Kinds of organisations such a town has. The names say that they are examples, and nobody's details are used. */
export const providers: readonly DemoProvider[] = [
  { providerId: 'cdt', name: 'Центр детского творчества (пример)', legalForm: 'organisation' },
  { providerId: 'ckit', name: 'Центр краеведения и туризма (пример)', legalForm: 'organisation' },
  { providerId: 'syun', name: 'Станция юных натуралистов (пример)', legalForm: 'organisation' },
  { providerId: 'syut', name: 'Станция юных техников (пример)', legalForm: 'organisation' },
  { providerId: 'dussh', name: 'Детско-юношеская спортивная школа (пример)', legalForm: 'organisation' },
  { providerId: 'studio', name: 'Индивидуальный предприниматель (пример)', legalForm: 'entrepreneur' },
];

export interface DemoProgramme {
  readonly programmeId: string;
  readonly providerId: string;
  readonly name: string;
  readonly direction: string;
  readonly ageFrom: number;
  readonly ageTo: number;
  readonly lessonsAWeek: number;
}

const art = 'художественная';
const engineering = 'техническая';
const nature = 'естественнонаучная';
const regional = 'туристско-краеведческая';
const society = 'социально-педагогическая';
const sport = 'физкультурно-спортивная';

/** Provider, name, direction, the ages it is meant for, lessons a week. Providers take turns, so a small town has many. */
const rows: readonly (readonly [string, string, string, number, number, number])[] = [
  ['cdt', 'Бисероплетение', art, 7, 12, 3],
  ['ckit', 'Юный краевед', regional, 9, 15, 3],
  ['syun', 'Юный садовод', nature, 7, 12, 3],
  ['syut', 'Робототехника', engineering, 9, 17, 4],
  ['dussh', 'Волейбол', sport, 10, 17, 4],
  ['studio', 'Английский с игрой', society, 5, 9, 2],
  ['cdt', 'Театральная студия', art, 8, 17, 4],
  ['ckit', 'Пешеходный туризм', regional, 10, 17, 4],
  ['syun', 'Мир под микроскопом', nature, 10, 15, 2],
  ['syut', 'Авиамоделирование', engineering, 9, 17, 4],
  ['dussh', 'Лёгкая атлетика', sport, 7, 17, 4],
  ['studio', 'Песочная живопись', art, 5, 8, 1],
  ['cdt', 'Хореография', art, 5, 12, 4],
  ['ckit', 'Школа экскурсовода', regional, 12, 17, 3],
  ['syun', 'Зелёная лаборатория', nature, 11, 17, 3],
  ['syut', 'Начальное моделирование', engineering, 6, 10, 3],
  ['dussh', 'Шахматы', sport, 6, 17, 3],
  ['studio', 'Ментальная арифметика', society, 6, 11, 2],
  ['cdt', 'Вокальный ансамбль', art, 7, 17, 3],
  ['ckit', 'Спортивное ориентирование', regional, 9, 17, 3],
  ['syun', 'Юный зоолог', nature, 6, 11, 2],
  ['syut', 'Программирование на Scratch', engineering, 8, 12, 2],
  ['dussh', 'Вольная борьба', sport, 9, 17, 4],
  ['cdt', 'Школа дошкольника', society, 5, 6, 3],
  ['ckit', 'Музейное дело', regional, 10, 16, 2],
  ['syun', 'Экологический патруль', nature, 9, 15, 3],
  ['syut', 'Прототипирование и 3D-печать', engineering, 12, 17, 3],
  ['dussh', 'Гимнастика', sport, 5, 12, 4],
  ['cdt', 'Юный журналист', society, 11, 17, 2],
  ['cdt', 'Изостудия', art, 6, 14, 3],
  ['syut', 'Радиоэлектроника', engineering, 12, 17, 1],
];

export const programmes: readonly DemoProgramme[] = rows.map(
  ([providerId, name, direction, ageFrom, ageTo, lessonsAWeek], index) => ({
    programmeId: `pr-${String(index + 1).padStart(2, '0')}`,
    providerId,
    name,
    direction,
    ageFrom,
    ageTo,
    lessonsAWeek,
  }),
);

/** The module that is taught from September to December, and the one that follows it in the new year. */
export const moduleIds = { autumn: 'm1', spring: 'm2' } as const;
