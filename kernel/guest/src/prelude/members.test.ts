/** Every member of Node's modules is there, if only to say that it is not provided. */
import { createRequire } from 'node:module';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { act, dropBuiltGuest, scriptOf, startGuest, type TestGuest } from '../testing/guest-under-test.ts';

let guest: TestGuest;
beforeAll(async () => {
  guest = await startGuest(
    scriptOf('const found = require(input.name); return input.members.filter((member) => !(member in found))'),
  );
  await guest.host.request('init', { id: 'event-init-01', kind: null });
}, 60_000);
afterAll(async () => {
  await guest[Symbol.asyncDispose]();
  await dropBuiltGuest();
});

const modules =
  'assert assert/strict async_hooks buffer child_process crypto diagnostics_channel dns dns/promises events fs fs/promises http https module net os path perf_hooks process punycode querystring readline readline/promises stream stream/consumers stream/promises stream/web string_decoder sys timers timers/promises tls tty url util util/types v8 worker_threads zlib';

/** Node's own workings, and what is told from the rest as such or was taken back long ago. */
const inner =
  /^_|[cC]ompileCache|SourceMapsSupport|^kMax|^(globalPaths|Performance|locks|threadName|channel|send|connected|disconnect|Readline|constants|length|name|prototype|arguments|caller|domain|init|binding|dlopen|reallyExit|moduleLoadList|openStdin|initgroups|set(e?[ug]id|groups)|loadEnvFile|SlowBuffer|INSPECT_MAX_BYTES|active|enroll|unenroll|CallTracker|createSecurePair|CLIENT_RENEG_\w+|convertALPNProtocols|ReadableStreamTee|Zstd\w+|zstd\w+|createZstd\w+|Performance\w+|LOADIPHLPAPI|ADDRGETNETWORKPARAMS|queryObjects|takeCoverage|stopCoverage|startupSnapshot|promiseHooks|GCProfiler|cachedDataVersionTag|getHeap\w+|isStringOneByteRepresentation|setHeapSnapshotNearHeapLimit|startCpuProfile|\w*Profil\w*|assert|features|report|permission|finalization|execve|ref|unref|sourceMapsEnabled|addUncaughtExceptionCaptureCallback|setDefaultAutoSelectFamily\w*|getDefaultAutoSelectFamily\w*)$/;

test.each(modules.split(' '))('%s', async (name) => {
  const members = Object.getOwnPropertyNames(createRequire(import.meta.url)(name)).filter(
    (member) => !inner.test(member),
  );
  expect(await act(guest, { name, members })).toEqual([]);
});
