import { formatMoney, type Cents } from './money';

export interface CartItem {
  name: string;
  price: Cents;
  quantity: number;
}

/** A shopping cart that never changes: adding to it gives a new one. */
export class Cart {
  readonly #items: readonly CartItem[];

  constructor(items: readonly CartItem[] = []) {
    this.#items = items;
  }

  add(item: CartItem): Cart {
    const known = this.#items.find(({ name }) => name === item.name);
    if (known === undefined) return new Cart([...this.#items, item]);
    const merged = { ...known, quantity: known.quantity + item.quantity };
    return new Cart(this.#items.map((other) => (other === known ? merged : other)));
  }

  total(): Cents {
    return this.#items.reduce((sum, { price, quantity }) => sum + price * quantity, 0);
  }

  /** One line for each item and the total, as it is printed on the receipt. */
  receipt(): string {
    const lines = this.#items.map(
      ({ name, price, quantity }) => `${quantity} x ${name}  ${formatMoney(price * quantity)}`,
    );
    return [...lines, `Total  ${formatMoney(this.total())}`].join('\n');
  }
}
