/** A file of one language in pieces, and what answers make of them. */
export interface PlacingSample {
  readonly path: string;
  readonly comment: string;
  /** The file is `head`, `first`, `type` and `second`, with blank lines between. */
  readonly head: string;
  readonly import: string;
  readonly first: string;
  readonly firstAfter: string;
  readonly second: string;
  readonly secondAfter: string;
  /** A declaration that is not in the file, and a use of the first function. */
  readonly added: string;
  readonly usage: string;
  /** Opens and closes the type that holds `member` and `other`. */
  readonly open: string;
  readonly member: string;
  readonly memberAfter: string;
  readonly other: string;
  readonly memberAdded: string;
  readonly close: string;
  /** Lines of `second`, and what becomes of them: the first and the last line stay. */
  readonly part: string;
  readonly partAfter: string;
  /** `first` with its body left out. */
  readonly elided: string;
}

export const placingSamples: readonly PlacingSample[] = [
  {
    path: 'src/cart.ts',
    comment: '//',
    head: `import { tax } from './tax';\nimport type { Item } from './item';`,
    import: `import { round } from './round';`,
    first: `/** The price without tax. */\nexport function total(items: readonly Item[]): number {\n  return items.reduce((sum, { price }) => sum + price, 0);\n}`,
    firstAfter: `/** The price without tax, never below zero. */\nexport function total(items: readonly Item[]): number {\n  const sum = items.reduce((all, item) => all + item.price, 0);\n  return Math.max(0, sum);\n}`,
    second: `export const describe = (items: readonly Item[]): string => {\n  const price = total(items);\n  const label = /[{"]/.test(name) ? '{' : "}";\n  log(price);\n  if (price > 100) {\n    return \`\${label} expensive \${price}\`;\n  }\n  return label;\n};`,
    secondAfter: `export const describe = (items: readonly Item[]): string => {\n  return String(total(items));\n};`,
    added: `export function count(items: readonly Item[]): number {\n  return items.length;\n}`,
    usage: `console.log(total([{ price: 1 }]));`,
    open: `export class Cart {`,
    member: `  add(item: Item): void {\n    this.items.push(item);\n  }`,
    memberAfter: `  add(item: Item): void {\n    if (item.price < 0) return;\n    this.items.push(item);\n  }`,
    other: `  private readonly items: Item[] = [];\n\n  clear(): void {\n    this.items.length = 0;\n  }`,
    memberAdded: `  size(): number {\n    return this.items.length;\n  }`,
    close: '}',
    part: `  const price = total(items);\n  const label = /[{"]/.test(name) ? '{' : "}";\n  log(price);`,
    partAfter: `  const price = total(items);\n  const label = '#';\n  log(price);`,
    elided: `export function total(items: readonly Item[]): number { ... }`,
  },
  {
    path: 'shop/cart.py',
    comment: '#',
    head: `import math\nfrom typing import List`,
    import: `from decimal import Decimal`,
    first: `def total(items):\n    """The price: no tax {yet}."""\n    return sum(item.price for item in items)`,
    firstAfter: `def total(items):\n    """The price, never below zero."""\n    price = sum(item.price for item in items)\n    return max(0, price)`,
    second: `@cached\ndef describe(items):\n    price = total(items)\n    label = "{"\n    log(price)\n    if price > 100:\n        return f"{label} expensive"\n    return label`,
    secondAfter: `@cached\ndef describe(items):\n    return str(total(items))`,
    added: `def count(items):\n    return len(items)`,
    usage: `print(total([]))`,
    open: `class Cart(Base):`,
    member: `    def add(self, item):\n        self.items.append(item)`,
    memberAfter: `    def add(self, item):\n        if item.price < 0:\n            return\n        self.items.append(item)`,
    other: `    limit = 10\n\n    def clear(self):\n        self.items = []`,
    memberAdded: `    def size(self):\n        return len(self.items)`,
    close: '',
    part: `    price = total(items)\n    label = "{"\n    log(price)`,
    partAfter: `    price = total(items)\n    label = "#"\n    log(price)`,
    elided: `def total(items):\n    # ... existing code ...`,
  },
  {
    path: 'cart/cart.go',
    comment: '//',
    head: `package cart\n\nimport "fmt"`,
    import: `import "math"`,
    first: `// Total is the price without tax.\nfunc Total(items []Item) int {\n\tsum := 0\n\tfor _, item := range items {\n\t\tsum += item.Price\n\t}\n\treturn sum\n}`,
    firstAfter: `// Total is the price, never below zero.\nfunc Total(items []Item) int {\n\tsum := 0\n\tfor _, item := range items {\n\t\tsum += item.Price\n\t}\n\treturn max(0, sum)\n}`,
    second:
      "func Describe(items []Item) string {\n\tprice := Total(items)\n\tlabel := `{`\n\tlog(price)\n\tif price > 100 {\n\t\treturn fmt.Sprint(label, '}')\n\t}\n\treturn label\n}",
    secondAfter: `func Describe(items []Item) string {\n\treturn fmt.Sprint(Total(items))\n}`,
    added: `func Count(items []Item) int {\n\treturn len(items)\n}`,
    usage: `fmt.Println(Total(nil))`,
    open: `type Store interface {`,
    member: `\tAdd(item Item) error`,
    memberAfter: `\tAdd(items ...Item) error`,
    other: `\tClear()\n\tLimit() int`,
    memberAdded: `\tSize() int`,
    close: '}',
    part: '\tprice := Total(items)\n\tlabel := `{`\n\tlog(price)',
    partAfter: '\tprice := Total(items)\n\tlabel := `#`\n\tlog(price)',
    elided: `func Total(items []Item) int { ... }`,
  },
  {
    path: 'src/cart.rs',
    comment: '//',
    head: `use std::collections::HashMap;\nuse crate::item::Item;`,
    import: `use std::fmt::Write;`,
    first: `/// The price without tax.\n#[must_use]\npub fn total<'a>(items: &'a [Item]) -> u32 {\n    items.iter().map(|item| item.price).sum()\n}`,
    firstAfter: `/// The price, at most the limit.\n#[must_use]\npub fn total<'a>(items: &'a [Item]) -> u32 {\n    let sum: u32 = items.iter().map(|item| item.price).sum();\n    sum.min(100)\n}`,
    second: `pub fn describe(items: &[Item]) -> String {\n    let price = total(items);\n    let label = '{';\n    log(price);\n    if price > 100 {\n        return format!("{label} expensive");\n    }\n    label.to_string()\n}`,
    secondAfter: `pub fn describe(items: &[Item]) -> String {\n    total(items).to_string()\n}`,
    added: `pub fn count(items: &[Item]) -> usize {\n    items.len()\n}`,
    usage: `println!("{}", total(&[]));`,
    open: `impl Cart {`,
    member: `    pub fn add(&mut self, item: Item) {\n        self.items.push(item);\n    }`,
    memberAfter: `    pub fn add(&mut self, item: Item) {\n        if item.price == 0 {\n            return;\n        }\n        self.items.push(item);\n    }`,
    other: `    const LIMIT: usize = 10;\n\n    pub fn clear(&mut self) {\n        self.items.clear();\n    }`,
    memberAdded: `    pub fn size(&self) -> usize {\n        self.items.len()\n    }`,
    close: '}',
    part: `    let price = total(items);\n    let label = '{';\n    log(price);`,
    partAfter: `    let price = total(items);\n    let label = '#';\n    log(price);`,
    elided: `pub fn total<'a>(items: &'a [Item]) -> u32 { ... }`,
  },
  {
    path: 'src/main/java/shop/Cart.java',
    comment: '//',
    head: `package shop;\n\nimport java.util.List;`,
    import: `import java.util.ArrayList;`,
    first: `/** A thing with a price. */\nrecord Item(String name, int price) {\n    int doubled() {\n        return price * 2;\n    }\n}`,
    firstAfter: `/** A thing with a price above zero. */\nrecord Item(String name, int price) {\n    int doubled() {\n        return Math.max(0, price * 2);\n    }\n}`,
    second: `enum Label {\n    CHEAP, EXPENSIVE;\n    static Label of(int price) {\n        int limit = 100;\n        String mark = "{";\n        log(price);\n        if (price > limit) {\n            return EXPENSIVE;\n        }\n        return CHEAP;\n    }\n}`,
    secondAfter: `enum Label {\n    CHEAP, EXPENSIVE;\n    static Label of(int price) {\n        return price > 100 ? EXPENSIVE : CHEAP;\n    }\n}`,
    added: `interface Counter {\n    int count(List<Item> items);\n}`,
    usage: `System.out.println(new Item("a", 1).doubled());`,
    open: `@Component(value = "cart")\npublic class Cart {`,
    member: `    @Override\n    public void add(Item item) {\n        items.add(item);\n    }`,
    memberAfter: `    @Override\n    public void add(Item item) {\n        if (item.price() < 0) return;\n        items.add(item);\n    }`,
    other: `    private final List<Item> items = new ArrayList<>();\n\n    public void clear() {\n        items.clear();\n    }`,
    memberAdded: `    public int size() {\n        return items.size();\n    }`,
    close: '}',
    part: `        int limit = 100;\n        String mark = "{";\n        log(price);`,
    partAfter: `        int limit = 100;\n        String mark = "#";\n        log(price);`,
    elided: `record Item(String name, int price) { ... }`,
  },
  {
    path: 'src/cart.cpp',
    comment: '//',
    head: `#include <vector>\n#include "item.h"`,
    import: `#include <algorithm>`,
    first: `// The price without tax.\nint total(const std::vector<Item>& items)\n{\n    int sum = 0;\n    for (const auto& item : items) {\n        sum += item.price;\n    }\n    return sum;\n}`,
    firstAfter: `// The price, never below zero.\nint total(const std::vector<Item>& items)\n{\n    int sum = 0;\n    for (const auto& item : items) {\n        sum += item.price;\n    }\n    return std::max(0, sum);\n}`,
    second: `std::string describe(const std::vector<Item>& items) {\n    const int price = total(items);\n    const char label = '{';\n    log(price);\n    if (price > 100) {\n        return "} expensive";\n    }\n    return {label};\n}`,
    secondAfter: `std::string describe(const std::vector<Item>& items) {\n    return std::to_string(total(items));\n}`,
    added: `std::size_t count(const std::vector<Item>& items) {\n    return items.size();\n}`,
    usage: `std::cout << total({});`,
    open: `class Cart : public Base {\npublic:`,
    member: `    void add(const Item& item) {\n        items_.push_back(item);\n    }`,
    memberAfter: `    void add(const Item& item) {\n        if (item.price < 0) return;\n        items_.push_back(item);\n    }`,
    other: `    std::vector<Item> items_;\n\n    void clear() {\n        items_.clear();\n    }`,
    memberAdded: `    std::size_t size() const {\n        return items_.size();\n    }`,
    close: '};',
    part: `    const int price = total(items);\n    const char label = '{';\n    log(price);`,
    partAfter: `    const int price = total(items);\n    const char label = '#';\n    log(price);`,
    elided: `int total(const std::vector<Item>& items) { ... }`,
  },
  {
    path: 'Shop/Cart.cs',
    comment: '//',
    head: `using System;\nusing System.Linq;`,
    import: `using System.Collections.Generic;`,
    first: `/// <summary>A thing with a price.</summary>\npublic record Item(string Name, int Price)\n{\n    public int Doubled() => Price * 2;\n}`,
    firstAfter: `/// <summary>A thing with a price above zero.</summary>\npublic record Item(string Name, int Price)\n{\n    public int Doubled() => Math.Max(0, Price * 2);\n}`,
    second: `public static class Labels\n{\n    public static string Describe(int price)\n    {\n        var limit = 100;\n        var mark = "{";\n        Log(price);\n        if (price > limit)\n        {\n            return "} expensive";\n        }\n        return mark;\n    }\n}`,
    secondAfter: `public static class Labels\n{\n    public static string Describe(int price)\n    {\n        return price.ToString();\n    }\n}`,
    added: `public interface ICounter\n{\n    int Count();\n}`,
    usage: `Console.WriteLine(new Item("a", 1).Doubled());`,
    open: `[Serializable]\npublic class Cart\n{`,
    member: `    public void Add(Item item)\n    {\n        items.Add(item);\n    }`,
    memberAfter: `    public void Add(Item item)\n    {\n        if (item.Price < 0) return;\n        items.Add(item);\n    }`,
    other: `    private readonly List<Item> items = new();\n\n    public void Clear()\n    {\n        items.Clear();\n    }`,
    memberAdded: `    public int Size()\n    {\n        return items.Count;\n    }`,
    close: '}',
    part: `        var limit = 100;\n        var mark = "{";\n        Log(price);`,
    partAfter: `        var limit = 100;\n        var mark = "#";\n        Log(price);`,
    elided: `public record Item(string Name, int Price) { ... }`,
  },
  {
    path: 'lib/cart.rb',
    comment: '#',
    head: `require 'set'\nrequire_relative 'item'`,
    import: `require 'bigdecimal'`,
    first: `# The price without tax.\ndef total(items)\n  items.sum(&:price)\nend`,
    firstAfter: `# The price, never below zero.\ndef total(items)\n  [0, items.sum(&:price)].max\nend`,
    second: `def describe(items)\n  price = total(items)\n  label = '{'\n  log(price)\n  if price > 100\n    return "#{label} expensive"\n  end\n  label\nend`,
    secondAfter: `def describe(items)\n  total(items).to_s\nend`,
    added: `def count(items)\n  items.length\nend`,
    usage: `puts total([])`,
    open: `class Cart < Base`,
    member: `  def add(item)\n    @items << item\n  end`,
    memberAfter: `  def add(item)\n    return if item.price.negative?\n    @items << item\n  end`,
    other: `  def clear\n    @items = []\n  end`,
    memberAdded: `  def size\n    @items.length\n  end`,
    close: 'end',
    part: `  price = total(items)\n  label = '{'\n  log(price)`,
    partAfter: `  price = total(items)\n  label = '*'\n  log(price)`,
    elided: `def total(items)\n  # ... existing code ...\nend`,
  },
];
