import assert from 'node:assert/strict';
import { parseEndpoint } from '../../../src/http/endpoint';
import { toBrokenAnswerError, toConnectionError } from '../../../src/http/networkErrors';

describe('errors of a request', () => {
  const endpoint = parseEndpoint('http://gpu:11434', {});

  it('are internal when code of ours is broken, and never about the network', () => {
    const bugs = [
      new TypeError('x is not a function'),
      new RangeError('Invalid string length'),
      new ReferenceError('y is not defined'),
      new SyntaxError('Unexpected token'),
    ];
    for (const bug of bugs) {
      for (const error of [toConnectionError(bug, endpoint), toBrokenAnswerError(bug)]) {
        assert.equal(error.kind, 'internal');
        assert.equal(error.message, `${bug.name}: ${bug.message}`);
        assert.equal(error.cause, bug);
      }
    }
  });

  it('are about the network when the system or a proxy agent reports them', () => {
    const reset = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    assert.equal(toConnectionError(reset, endpoint).kind, 'unreachable');
    assert.equal(toConnectionError(new Error('agent failed'), endpoint).kind, 'unreachable');
    assert.equal(toBrokenAnswerError(reset).kind, 'truncated');
  });

  it('name the first of several addresses, whatever was thrown, and are kept when they are known already', () => {
    const refused = Object.assign(new Error(''), { code: 'ECONNREFUSED', port: 11434 });
    const several = new AggregateError([refused, new Error('other')]);
    const error = toConnectionError(several, endpoint);
    assert.deepEqual(
      [error.kind, error.message],
      ['refused', 'http://gpu:11434 refused the connection (ECONNREFUSED).'],
    );
    assert.equal(toConnectionError(error, endpoint), error);
    assert.equal(toBrokenAnswerError(error), error);
    const atProxy = Object.assign(new Error('no'), { code: 'ECONNREFUSED', port: 3128 });
    assert.equal(toConnectionError(atProxy, endpoint).kind, 'proxy');
    assert.match(toConnectionError('a plain text', endpoint).message, /\(a plain text\)/u);
    assert.match(toBrokenAnswerError(new Error('')).message, /\(no reason given\)/u);
    const garbled = Object.assign(new Error('Parse Error'), { code: 'HPE_INVALID_CHUNK_SIZE' });
    assert.equal(toBrokenAnswerError(garbled).kind, 'protocol');
  });
});
