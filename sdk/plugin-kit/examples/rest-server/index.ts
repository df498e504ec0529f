import { basicAuthorization, type BlobAsked, type BlobRequest, plugin, type TargetRun } from '@hearth/plugin-kit';

/** Sends a request with the user's name and password; what is no success is an error, but for 404. */
async function ask(run: TargetRun<unknown>, path: string, { headers, ...request }: BlobRequest = {}) {
  const { address, user, password } = run.settings;
  const authorization = basicAuthorization(String(user), String(password));
  const accept = 'application/vnd.x.restic.rest.v2';
  const url = `${String(address).replace(/\/$/, '')}/${path}`;
  const answer = await run.fetch(url, { ...request, headers: { authorization, accept, ...headers } });
  if (answer.status === 401) throw new Error('The server refuses the user name or the password');
  if (answer.status >= 300 && answer.status !== 404) throw new Error(`The server answers ${answer.status}`);
  return answer;
}

const pathOf = ({ type, name }: BlobAsked) => (type === 'config' ? 'config' : `${type}/${name}`);

export default plugin({
  targets: {
    server: {
      async open(run) {
        await ask(run, '?create=true', { method: 'POST' });
      },
      async list({ type, page }, run) {
        const all = (await ask(run, `${type}/`)).json<{ name: string; size: number }[]>();
        const from = Number(page ?? 0);
        const next = from + 5000 < all.length ? String(from + 5000) : null;
        return { blobs: all.slice(from, from + 5000), next };
      },
      async size(blob, run) {
        const { status, headers } = await ask(run, pathOf(blob), { method: 'HEAD' });
        return status === 404 ? null : Number(headers['content-length']);
      },
      async read({ offset, length, ...blob }, run) {
        const range = `bytes=${offset}-${length === null ? '' : offset + length - 1}`;
        const { status } = await ask(run, pathOf(blob), { headers: { range }, blob: 'receive' });
        return status !== 404;
      },
      async write(blob, run) {
        await ask(run, pathOf(blob), { method: 'POST', blob: 'send' });
      },
      async remove(blob, run) {
        await ask(run, pathOf(blob), { method: 'DELETE' });
      },
    },
  },
});
