/** Effects as words of a command line: what `start-container` takes in a shell, or from a script that spawns it. */
export interface EffectForm {
  readonly method: string;
  readonly params: Record<string, unknown>;
}

interface Words {
  readonly places: readonly string[];
  /** Every value of each flag; a flag without one has `''`. */
  readonly flags: Readonly<Record<string, readonly string[]>>;
}

function wordsOf(argv: readonly string[]): Words {
  const places: string[] = [];
  const flags: Record<string, string[]> = {};
  const rest = [...argv];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const flag = /^--([a-z][a-z-]*)(?:=([\s\S]*))?$/.exec(word);
    if (flag === null) places.push(word);
    else {
      const next = rest[0]?.startsWith('--') === false ? rest.shift() : undefined;
      (flags[flag[1] ?? ''] ??= []).push(flag[2] ?? next ?? '');
    }
  }
  return { places, flags };
}

const json = (text: string | undefined): unknown => (text === undefined ? null : JSON.parse(text));
const ofPackage = ({ flags }: Words): object =>
  flags['package-id'] === undefined ? {} : { packageId: flags['package-id'][0] };
const nothing = (): Record<string, unknown> => ({});

/** `id`, `id:exists`, `id:running`, `id:running:check+check`. */
function dependency(text: string): object {
  const [id = '', kind = 'running', checks = ''] = text.split(':');
  const versionRange = '*';
  if (kind === 'exists') return { kind, id, versionRange };
  return { kind: 'running', id, healthChecks: checks === '' ? [] : checks.split('+'), versionRange };
}

function chosen({ flags }: Words): Record<string, unknown> {
  return flags['only'] === undefined ? { except: flags['except'] ?? [] } : { only: flags['only'] };
}

const forms: Readonly<Record<string, (words: Words) => Record<string, unknown>>> = {
  echo: ({ places }) => ({ message: places[0] ?? '' }),
  'git-info': nothing,
  rebuild: nothing,
  restart: nothing,
  shutdown: nothing,
  'get-status': ({ places, flags }) => {
    const packageId = places[0] ?? flags['package-id']?.[0];
    return packageId === undefined ? {} : { packageId };
  },
  'set-main-status': ({ places, flags }) => ({ status: places[0] ?? flags['status']?.[0] }),
  'set-dependencies': ({ places }) => ({ dependencies: places.map(dependency) }),
  'get-dependencies': nothing,
  'check-dependencies': ({ places }) => (places.length === 0 ? {} : { packageIds: places }),
  'get-installed-packages': nothing,
  'set-data-version': ({ places }) => ({ version: places[0] ?? null }),
  'get-data-version': nothing,
  'action export': ({ places, flags }) => ({ id: places[0], metadata: json(flags['metadata']?.[0]) }),
  'action clear': ({ flags }) => ({ except: flags['except'] ?? [] }),
  'action get-input': (words) => ({
    ...ofPackage(words),
    actionId: words.places[0],
    prefill: json(words.flags['prefill']?.[0]),
  }),
  'action run': (words) => ({
    ...ofPackage(words),
    actionId: words.places[0],
    input: json(words.flags['input']?.[0]),
  }),
  'action create-task': ({ places }) => json(places[0]) as Record<string, unknown>,
  'action clear-tasks': chosen,
  'subcontainer create-fs': ({ places, flags }) => ({ imageId: places[0], name: flags['name']?.[0] ?? null }),
  'subcontainer destroy-fs': ({ places }) => ({ guid: places[0] }),
};

/**
 * The words as an effect: by its own form, or as a method's name and JSON. Null: neither.
 *
 * @throws SyntaxError for what should be JSON and is none
 */
export function readEffectForm(argv: readonly string[]): EffectForm | null {
  const [first = '', second = ''] = argv;
  const name = Object.hasOwn(forms, `${first} ${second}`) ? `${first} ${second}` : first;
  const read = Object.hasOwn(forms, name) ? forms[name] : undefined;
  const plain = argv.length <= 2 && (second === '' || second.startsWith('{'));
  if (read !== undefined && !(plain && second !== ''))
    return { method: name.replace(' ', '.'), params: read(wordsOf(argv.slice(name.split(' ').length))) };
  if (!plain || !/^[a-z][a-z-]*(\.[a-z][a-z-]*)*$/.test(first)) return null;
  return { method: first, params: second === '' ? {} : (JSON.parse(second) as Record<string, unknown>) };
}

/** What the host refused, in its own words. */
export function failedEffect(failure: unknown): Error {
  const { message, data } = failure as { message: string; data?: { details?: string } };
  return new Error(data?.details === undefined ? message : `${message}: ${data.details}`);
}
