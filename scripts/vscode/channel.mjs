/** Lets the suite, which runs inside the extension host, call the user's actions: HTTP on this machine's own address, behind a token. */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';

/** @typedef {Record<string, (argument: any) => unknown>} Actions */

/**
 * @param {() => Actions | undefined} actions asked at each call: the page opens after the channel
 * @returns {Promise<{ env: { NAS_USER_URL: string, NAS_USER_TOKEN: string }, close(): void }>} `env` is for the suite
 */
export async function openChannel(actions) {
  const token = randomBytes(24).toString('hex');
  const server = createServer(async (request, response) => {
    /** @param {number} status @param {object} body */
    const answer = (status, body) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (!isToken(request.headers.authorization, token))
      return void answer(401, { error: 'The token is missing or wrong.' });
    const name = (request.url ?? '').slice(1);
    const known = actions() ?? {};
    const action = Object.hasOwn(known, name) ? known[name] : undefined;
    if (request.method !== 'POST' || !action) return void answer(404, { error: `A user cannot ${name}.` });
    try {
      answer(200, { value: (await action(await json(request))) ?? null });
    } catch (error) {
      answer(500, { error: plain(/** @type {Error} */ (error).message) });
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    env: { NAS_USER_URL: `http://127.0.0.1:${port}/`, NAS_USER_TOKEN: token },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/**
 * @param {string | undefined} header
 * @param {string} token
 */
function isToken(header, token) {
  const given = Buffer.from(header ?? '');
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

/** @param {string} message may hold the colours of a terminal */
function plain(message) {
  // oxlint-disable-next-line no-control-regex
  return message.replace(/\u001b\[[0-9;]*m/g, '');
}
