import { describe, expect, it } from 'vitest';
import {
  type DemoInvoice,
  type DemoSettlement,
  demoInvoiceMonths,
  settleInvoices,
} from '../../api/cli/demo/municipality.ts';

describe('the settlement of a month', () => {
  const [, october, , december] = demoInvoiceMonths;
  if (october === undefined || december === undefined) throw new Error('October and December are billed');

  it('accepts the invoices, but sends one back to be issued again', () => {
    const steps = settle([invoice('cdt', 'issued'), invoice('syun', 'issued')], october.acceptance);
    expect(steps).toEqual(['acceptInvoice syun-2020-0001', 'rejectInvoice cdt-2020-0001', 'issueInvoices cdt']);
  });

  it('goes on where it was interrupted', () => {
    expect(settle([invoice('cdt', 'rejected'), invoice('syun', 'accepted')], october.acceptance)).toEqual([
      'issueInvoices cdt',
    ]);
    const again = { ...invoice('cdt', 'issued'), number: 'cdt-2020-0002' };
    expect(settle([invoice('cdt', 'rejected'), again], october.acceptance)).toEqual([]);
  });

  it('pays what is due, and accepts before it what was issued again', () => {
    const again = { ...invoice('cdt', 'issued'), number: 'cdt-2020-0002' };
    const nothingDue = { ...invoice('syut', 'issued'), due: '0.00' };
    const others = [invoice('dussh', 'accepted'), invoice('syun', 'paid'), nothingDue];
    expect(settle([invoice('cdt', 'rejected'), again, ...others], october.payment)).toEqual([
      'acceptInvoice cdt-2020-0002',
      'payInvoice cdt-2020-0002 10.50',
      'payInvoice dussh-2020-0001 10.50',
      'acceptInvoice syut-2020-0001',
    ]);
  });

  it('passes over other months, and leaves one invoice unread and one unpaid at the end of the year', () => {
    expect(settle([invoice('cdt', 'issued')], december.acceptance)).toEqual([]);
    const last = ['cdt', 'dussh', 'syut'].map((provider) => ({ ...invoice(provider, 'issued'), month: '2020-12' }));
    expect(settle(last, december.acceptance)).toEqual(['acceptInvoice cdt-2020-0001', 'acceptInvoice dussh-2020-0001']);
    const accepted = last.map((one) => (one.providerId === 'syut' ? one : { ...one, status: 'accepted' }));
    expect(settle(accepted, december.payment)).toEqual(['payInvoice cdt-2020-0001 10.50']);
  });
});

function settle(invoices: DemoInvoice[], settlement: DemoSettlement): string[] {
  return [...settleInvoices(invoices, settlement)].map((command) => {
    expect(command.on).toBe(settlement.on);
    return [command.command, command.number ?? command.providerId, command.amount].filter(Boolean).join(' ');
  });
}

function invoice(providerId: string, status: string): DemoInvoice {
  return { number: `${providerId}-2020-0001`, payerId: 'uo', providerId, month: '2020-10', status, due: '10.50' };
}
