/** Sends a file to the staging folder. `fetch` cannot tell how far an upload is; this can. */
import { CallError } from './call-error.ts';
import type { SessionToken } from './session.ts';

/** Resolves with the upload's name, to be given to `package.sideload`. `progress` gets bytes. @throws CallError */
export function upload(
  file: Blob,
  session: SessionToken,
  progress: (done: number, total: number) => void,
): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const request = new XMLHttpRequest();
  request.open('POST', '/upload');
  request.responseType = 'json';
  request.setRequestHeader('Content-Type', 'application/octet-stream');
  const token = session.read();
  if (token !== null) request.setRequestHeader('X-Hearth-Token', token);
  request.upload.addEventListener('progress', (event) => progress(event.loaded, event.total));
  request.addEventListener('error', () => reject(CallError.unreachable()));
  request.addEventListener('load', () => {
    const answer = request.response as { upload?: string; error?: Parameters<typeof CallError.fromWire>[0] } | null;
    if (typeof answer?.upload === 'string') resolve(answer.upload);
    else if (answer?.error !== undefined) reject(CallError.fromWire(answer.error));
    else reject(CallError.unreadable(request.status));
  });
  request.send(file);
  return promise;
}
