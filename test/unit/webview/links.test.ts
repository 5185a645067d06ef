import assert from 'node:assert/strict';
import { escapeHidden } from '../../../src/shared/hiddenCharacters';
import { isLinkable } from '../../../src/shared/urlPolicy';

describe('Links of an answer', () => {
  const linkable = [
    'https://example.org',
    'http://example.org:8080/a?b=c#d',
    'HTTPS://EXAMPLE.ORG/',
    'https://xn--bcher-kva.example/',
    'https://8.8.8.8/',
    'mailto:someone@example.org',
  ];
  for (const href of linkable) {
    it(`may be ${href}`, () => assert.equal(isLinkable(href), true));
  }

  const refused = {
    'another scheme': [
      'javascript:alert(1)',
      'data:text/html,x',
      'file:///etc/passwd',
      'command:x',
      'vscode://x',
      'vbscript:x',
      'blob:https://example.org/1',
      'ftp://example.org',
      'tel:123',
      'https',
      '',
    ],
    'no full address': [
      '//example.org',
      '/path',
      '#hash',
      '?query',
      'example.org',
      'https:example.org',
    ],
    'a user name': [
      'https://user@example.org',
      'https://user:secret@example.org',
      'https://@:p@x.org',
    ],
    'this computer': [
      'http://localhost',
      'http://LOCALHOST.',
      'http://a.localhost',
      'http://127.0.0.1:11434',
      'http://0.0.0.0',
      'http://2130706433',
      'http://0x7f.1',
      'http://[::1]',
      'http://[::]',
      'http://[::ffff:127.0.0.1]',
    ],
    'a private network': [
      'http://10.1.2.3',
      'http://172.16.0.1',
      'http://172.31.255.1',
      'http://192.168.0.1',
      'http://169.254.169.254',
      'http://100.64.0.1',
      'http://[fd00::1]',
      'http://[fe80::1]',
      'http://printer.local',
      'http://metadata.google.internal',
      'http://router',
    ],
    'an address that says nothing to a reader': ['https://[2001:db8::1]/'],
    'a mail already written': ['mailto:a@example.org?body=x', 'mailto:'],
  };
  for (const [why, hrefs] of Object.entries(refused)) {
    it(`may not be ${why}`, () => {
      assert.deepEqual(hrefs.filter(isLinkable), []);
    });
  }

  it('show what is invisible', () => {
    assert.equal(escapeHidden('a\u202Eb\u200Bc\u0007d'), 'a⟨U+202E⟩b⟨U+200B⟩c⟨U+0007⟩d');
    assert.equal(escapeHidden('Grüße, 世界'), 'Grüße, 世界');
  });
});
