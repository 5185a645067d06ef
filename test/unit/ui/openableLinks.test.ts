import assert from 'node:assert/strict';
import { openableUrl } from '../../../src/shared/urlPolicy';

/** Addresses of an answer that a click may open, after the person has seen where it goes. */
const opened = [
  'https://ollama.com/library',
  'http://example.com',
  'https://example.com:8443/path?q=1#part',
  'HTTPS://EXAMPLE.COM/',
  'https://sub.domain.example.co.uk/',
  'https://xn--bcher-kva.example/',
  'https://bücher.example/',
  'https://8.8.8.8/',
  'https://172.15.0.1/',
  'https://172.32.0.1/',
  'https://192.169.0.1/',
  'https://11.0.0.1/',
  'https://example.com/a%20b',
  'https://localhost.example.com/',
  'https://10.example.com/',
  'https://127.0.0.1.example.com/',
  'mailto:someone@example.com',
];

/** Addresses that stay text, and why. */
const refused: readonly (readonly [href: string, why: string])[] = [
  ['', 'nothing'],
  ['example.com', 'no scheme'],
  ['/etc/passwd', 'a path'],
  ['//example.com/x', 'no scheme'],
  ['#part', 'a place in the page'],
  ['javascript:alert(1)', 'a script'],
  ['JaVaScRiPt:alert(1)', 'a script'],
  [' javascript:alert(1)', 'a script'],
  ['java\nscript:alert(1)', 'a script'],
  ['data:text/html,<script>alert(1)</script>', 'data'],
  ['vbscript:msgbox(1)', 'a script'],
  ['blob:https://example.com/1', 'a blob'],
  ['file:///etc/passwd', 'a file'],
  ['command:workbench.action.terminal.new', 'a command'],
  ['vscode://extension/run', 'an extension'],
  ['vscode-insiders://extension/run', 'an extension'],
  ['vscode-remote://ssh/x', 'a remote'],
  ['ftp://example.com/', 'another protocol'],
  ['ssh://example.com/', 'another protocol'],
  ['tel:+123', 'another program'],
  ['https://user@example.com/', 'a user'],
  ['https://user:password@example.com/', 'credentials'],
  ['https://ollama.com@evil.example/', 'a user that looks like a host'],
  ['http://localhost/', 'this machine'],
  ['http://localhost:11434/api/delete', 'this machine'],
  ['http://localhost./', 'this machine, fully qualified'],
  ['http://app.localhost/', 'this machine'],
  ['http://app.localhost./', 'this machine, fully qualified'],
  ['http://127.0.0.1/', 'this machine'],
  ['http://127.0.0.1./', 'this machine'],
  ['http://127.1/', 'this machine, in short'],
  ['http://2130706433/', 'this machine, as a number'],
  ['http://0x7f.0.0.1/', 'this machine, in hexadecimal'],
  ['http://0177.0.0.1/', 'this machine, in octal'],
  ['http://0.0.0.0/', 'this machine'],
  ['http://0.1.2.3/', 'this network'],
  ['http://10.0.0.1/', 'a private network'],
  ['http://172.16.0.1/', 'a private network'],
  ['http://172.31.255.255/', 'a private network'],
  ['http://192.168.1.1/', 'a private network'],
  ['http://169.254.169.254/latest/meta-data/', 'the cloud around the machine'],
  ['http://100.64.0.1/', 'the network of a provider'],
  ['http://224.0.0.1/', 'everyone nearby'],
  ['http://255.255.255.255/', 'everyone nearby'],
  ['http://[::1]/', 'this machine'],
  ['http://[::]/', 'this machine'],
  ['http://[fe80::1]/', 'the network nearby'],
  ['http://[fd00::1]/', 'a private network'],
  ['http://[::ffff:127.0.0.1]/', 'this machine, in disguise'],
  ['http://[2606:4700:4700::1111]/', 'an address that says nothing to a reader'],
  ['http://router/', 'a name of the own network'],
  ['http://router./', 'a name of the own network, fully qualified'],
  ['http://printer.local/', 'the network nearby'],
  ['http://wiki.internal/', 'a private network'],
  ['http://198.18.0.1/', 'L8: a network for measurements'],
  ['http://198.19.255.255/', 'L8: a network for measurements'],
  ['http://nas.lan/', 'L8: the network nearby'],
  ['http://nas.home.arpa./', 'L8: the network nearby'],
  ['http://box.home/', 'L8: the network nearby'],
  ['http://wiki.corp/', 'L8: a private network'],
  ['http://host.localdomain/', 'L8: the network nearby'],
  ['http://wiki.intranet/', 'L8: a private network'],
  ['http://git.private/', 'L8: a private network'],
  ['http://wiki.internal./', 'a private network, fully qualified'],
  ['https://', 'no host'],
  ['https://exa mple.com/', 'not an address'],
  ['mailto:someone@example.com?body=the%20code', 'a mail that is already written'],
  ['mailto:someone@example.com#x', 'more than an address'],
  ['mailto:', 'nobody'],
  [`https://example.com/${'x'.repeat(2_048)}`, 'more than is shown (L4)'],
  [`https://example.com/${'ü'.repeat(700)}`, 'more than is shown, once it is escaped (L4)'],
];

describe(`links of an answer: ${opened.length + refused.length} addresses`, () => {
  for (const href of opened) {
    it(`opens ${href}`, () => assert.equal(openableUrl(href)?.href, new URL(href).href));
  }

  for (const [href, why] of refused) {
    it(`does not open ${JSON.stringify(href)}: ${why}`, () => {
      assert.equal(openableUrl(href), undefined);
    });
  }
});
