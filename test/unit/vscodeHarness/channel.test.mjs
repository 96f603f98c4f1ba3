import assert from 'node:assert/strict';
import { openChannel } from '../../../scripts/vscode/channel.mjs';

describe('channel from the suite to the user', () => {
  const actions = {
    echo: (/** @type {unknown} */ argument) => ({ got: argument }),
    nothing: () => {},
    fail: () => {
      throw new Error('\u001b[31mno such button\u001b[0m');
    },
  };
  /** @type {Awaited<ReturnType<typeof openChannel>>} */
  let channel;
  before(async () => {
    channel = await openChannel(() => actions);
  });
  after(() => channel.close());

  const post = async (/** @type {string} */ name, token = channel.env.NAS_USER_TOKEN) => {
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(channel.env.NAS_USER_URL + name, {
      method: 'POST',
      headers,
      body: '{"a":1}',
    });
    return { status: response.status, body: await response.json() };
  };

  it('passes the argument in and the result out', async () => {
    assert.deepEqual(await post('echo'), { status: 200, body: { value: { got: { a: 1 } } } });
    assert.deepEqual(await post('nothing'), { status: 200, body: { value: null } });
  });

  it('tells the reason of a failure without the colours of a terminal', async () => {
    assert.deepEqual(await post('fail'), { status: 500, body: { error: 'no such button' } });
  });

  it('refuses whoever has not the token', async () => {
    for (const token of ['', 'x', channel.env.NAS_USER_TOKEN.replace(/./g, '0')]) {
      assert.equal((await post('echo', token)).status, 401);
    }
  });

  it('knows only the actions themselves', async () => {
    for (const name of ['unknown', 'constructor', '__proto__', ''])
      assert.equal((await post(name)).status, 404);
  });
});
