import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { decodeText, guessEncoding } from '../../../src/attachments/textEncodings';

const toBytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

const tables = new Map<string, ReadonlyMap<string, readonly number[]>>();

/** The bytes of each character of an encoding of one or two bytes, by what the decoder makes of them. */
function getTable(label: string): ReadonlyMap<string, readonly number[]> {
  const known = tables.get(label);
  if (known) return known;
  const decoder = new TextDecoder(label, { fatal: true });
  const table = new Map<string, readonly number[]>();
  const add = (...bytes: number[]): void => {
    try {
      const character = decoder.decode(Uint8Array.from(bytes));
      if (character.codePointAt(1) === undefined && !table.has(character))
        table.set(character, bytes);
    } catch {
      // No character has these bytes.
    }
  };
  for (let lead = 0; lead <= 0xff; lead += 1) add(lead);
  for (let lead = 0x81; lead <= 0xfe; lead += 1) {
    for (let trail = 0x40; trail <= 0xfe; trail += 1) add(lead, trail);
  }
  tables.set(label, table);
  return table;
}

/** Those of windows-1252 between 0x80 and 0x9f, which some versions of Node do not decode. */
const ownOfWindows1252 = new Map([
  ['€', [0x80]],
  ['’', [0x92]],
  ['“', [0x93]],
  ['”', [0x94]],
  ['—', [0x97]],
]);

function encode(text: string, label: string): Uint8Array {
  const own = label === 'windows-1252' ? ownOfWindows1252 : [];
  const table = new Map([...getTable(label), ...own]);
  const bytes = Array.from(text, (character) => {
    const found = table.get(character);
    assert.ok(found, `${label} has no ${character}`);
    return found;
  });
  return Uint8Array.from(bytes.flat());
}

/** Short and longer texts as files have them. Of two characters, several encodings can be right. */
const samples: Readonly<Record<string, readonly string[]>> = {
  gb18030: [
    '中文测试内容',
    '测试',
    '你好，世界',
    '// 计算购物车的总价\nfunction total() { return 1 }\n',
    '这是一个用于测试的说明文件，内容不长。',
    '姓名,年龄\n张三,30\n李四,25\n',
    'print("你好")',
    '# 配置文件\nport=8080\n',
  ],
  big5: ['這是測試內容', '姓名,年齡\n王小明,30\n', '設定檔案', '// 計算購物車的總價\ntotal();\n'],
  shift_jis: [
    'テスト',
    '日本語',
    '名前,年齢\n田中,30\n',
    '設定ファイル',
    '// 合計を計算する\nint total();\n',
    'これはテスト用のファイルです。',
  ],
  'euc-jp': ['テスト', 'これはテスト用のファイルです。', '日本語の設定ファイル'],
  'euc-kr': [
    '한국어 테스트 내용',
    '안녕하세요',
    '이름,나이\n홍길동,30\n',
    '// 합계를 계산한다\nint total();\n',
  ],
  'windows-1252': [
    'für',
    'año',
    'naïve café',
    'price: 5 €',
    'C’est déjà vu — “ok”',
    'São Paulo é ótimo',
    'Größe ändern: é è ü ß',
    '// Überprüft die Länge\nint länge() { return 1; }\n',
    'ÜBERPRÜFEN',
  ],
  'windows-1251': ['Привет, мир!', 'Это тестовый файл', '// вычисляет сумму\nint total();\n'],
  'koi8-r': ['Это тестовый файл для проверки', 'Привет, мир!'],
  'windows-1250': ['Příliš žluťoučký kůň úpěl ďábelské ódy'],
  'iso-8859-2': ['Zażółć gęślą jaźń'],
  'windows-1253': ['Αυτό είναι ένα αρχείο', 'Καλημέρα'],
  'windows-1254': ['Türkçe karakterler: ğüşıöç İ'],
  'windows-1255': ['זהו קובץ בדיקה'],
  'windows-1256': ['هذا ملف اختبار'],
};

describe('the text of a file', () => {
  it('is read by its mark or as UTF-8, with line breaks of one kind', () => {
    assert.deepEqual(decodeText(Buffer.from('\uFEFFa\r\nb\rc')), { kind: 'text', text: 'a\nb\nc' });
    const wide = Buffer.concat([toBytes(0xff, 0xfe), Buffer.from('aß', 'utf16le')]);
    assert.deepEqual(decodeText(wide), { kind: 'text', text: 'aß' });
  });

  it('is read as UTF-16 without a mark, in both byte orders', () => {
    for (const text of ['int länge = 5;\n', '名前 = 5\nport = 8080\n']) {
      const little = Buffer.from(text, 'utf16le');
      assert.deepEqual(decodeText(little), { kind: 'text', text });
      assert.deepEqual(decodeText(Buffer.from(little).swap16()), { kind: 'text', text });
    }
  });

  it('is none in what is binary or a PDF, and must be guessed in what is neither', () => {
    assert.deepEqual(decodeText(toBytes(0x89, 0x50, 0x4e, 0x47, 0, 1)), { kind: 'binary' });
    assert.deepEqual(decodeText(toBytes(1, 0, 2, 0, 3, 0, 0, 0)), { kind: 'binary' });
    assert.deepEqual(decodeText(Buffer.from('%PDF-1.7\n%\u{e2}', 'latin1')), { kind: 'pdf' });
    assert.deepEqual(decodeText(toBytes(0x61, 0xe4, 0x62)), { kind: 'unknown' });
  });

  for (const [label, texts] of Object.entries(samples)) {
    it(`is found in ${label} (case 20): ${texts.length} texts`, () => {
      const found = texts.map((text) => guessEncoding(encode(text, label), 'en')?.text);
      assert.deepEqual(found, texts);
    });
  }

  it('is what the language of VS Code makes likely, where two encodings are', () => {
    const bytes = encode('設定', 'shift_jis');
    assert.equal(guessEncoding(bytes, 'ja')?.text, '設定');
    const korean = encode('# 설정\nport=8080\n', 'euc-kr');
    assert.equal(guessEncoding(korean, 'ko')?.text, '# 설정\nport=8080\n');
  });

  it('is whole where a sample ends within a character', () => {
    const text = `a${'中文测试'.repeat(20_000)}`;
    const bytes = encode(text, 'gb18030');
    assert.deepEqual(guessEncoding(bytes, 'en'), { kind: 'text', text, encoding: 'gb18030' });
  });

  it('is never one with characters that nobody types, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), (bytes) => {
        const { text } = guessEncoding(bytes, 'en') ?? { text: '' };
        assert.doesNotMatch(text, /(?![\t-\r])\p{Cc}|\u{fffd}/u);
      }),
      { numRuns: 500 },
    );
  });
});
