/** An amount of money in cents: whole numbers, so that sums are exact. */
export type Cents = number;

export function formatMoney(amount: Cents, locale = 'en-US', currency = 'USD'): string {
  return new Intl.NumberFormat(locale, { style: 'currency', currency }).format(amount / 100);
}
