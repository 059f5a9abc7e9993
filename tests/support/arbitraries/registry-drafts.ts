import fc from 'fast-check';
import { type Draft, draft, knownId, mostly, oneOfWeighted, recentDay } from './draft.ts';
import { isSaidSuspended } from './said.ts';
import { agreements, groups, payers, periods, providers } from './small-world.ts';

const payerId = knownId(payers);
const providerId = knownId(providers);
const money = fc.constantFrom('45', '120.00', '180', '300.1');

const registerPayer = draft({ payerId: fc.constantFrom('north', 'east') }, (values) => ({
  command: 'registerPayer',
  ...values,
  name: 'Плательщик',
}));

const registerProvider = draft({ providerId: fc.constantFrom('club', 'tutor') }, (values) => ({
  command: 'registerProvider',
  ...values,
  name: 'Поставщик',
  legalForm: 'organisation',
}));

const defineCertificateGroup = draft(
  { payerId, groupId: fc.constantFrom('fund', 'more'), kind: fc.constantFrom('funding', 'accounting') },
  (values) => ({ command: 'defineCertificateGroup', ...values, name: 'Группа' }),
);

const setGroupNominal = draft(
  {
    payerId,
    groupId: oneOfWeighted([4, fc.constant('fund')], [1, knownId(groups)]),
    periodId: knownId(periods),
    nominal: money,
  },
  (values) => ({ command: 'setGroupNominal', ...values }),
);

const openFundingPeriod = draft(
  {
    payerId,
    periodId: fc.constantFrom('spring', 'winter', 'summer'),
    from: fc.constantFrom('2022-02-28', '2022-03-01', '2021-01-05'),
  },
  (values) => ({ command: 'openFundingPeriod', ...values, until: '2022-05-31' }),
);

const changePayerDetails = draft({ payerId, on: recentDay }, (values, moment) => ({
  command: 'changePayerDetails',
  payerId: values.payerId,
  on: moment.day(values.on),
  kpp: '1',
}));

const changeProviderDetails = draft({ providerId, on: recentDay }, (values, moment) => ({
  command: 'changeProviderDetails',
  providerId: values.providerId,
  on: moment.day(values.on),
  name: 'Новое имя',
}));

/** Suspends who is not, reinstates who is; rarely the other way round. */
const suspendOrReinstate = draft(
  { providerId, against: mostly(false, true), suspend: fc.boolean(), on: recentDay },
  ({ providerId: provider, against, suspend, on }, { said, day }) => {
    const common = { providerId: provider, on: day(on) };
    const suspended = isSaidSuspended(said, provider);
    if (suspended !== against) return { command: 'reinstateProvider', ...common };
    if (suspended || suspend) return { command: 'suspendProvider', ...common, reason: 'лицензия' };
    return { command: 'changeProviderDetails', ...common, name: 'Имя' };
  },
);

const concludeAgreement = draft(
  { agreementId: knownId([...agreements, 'west-studio']), payerId, providerId, totalLimit: money },
  (values) => ({
    command: 'concludeAgreement',
    ...values,
    number: '9',
    date: '2020-09-01',
    from: '2020-09-01',
    until: '2020-12-01',
  }),
);

const amendAgreement = draft(
  {
    agreementId: knownId(agreements),
    on: recentDay,
    totalLimit: fc.option(money, { nil: undefined }),
    until: mostly('2021-12-31', '2020-10-15', '2020-01-01'),
  },
  ({ agreementId, on, totalLimit, until }, moment) => ({
    command: 'amendAgreement',
    agreementId,
    on: moment.day(on),
    until,
    ...(totalLimit !== undefined && { totalLimit }),
  }),
);

export const registryDraft: fc.Arbitrary<Draft> = oneOfWeighted<Draft>(
  [1, registerPayer],
  [1, registerProvider],
  [1, defineCertificateGroup],
  [2, setGroupNominal],
  [1, openFundingPeriod],
  [1, changePayerDetails],
  [1, changeProviderDetails],
  [4, suspendOrReinstate],
  [1, concludeAgreement],
  [3, amendAgreement],
);
