/** What is written down from the method table and the error tables. Pure. */
import type { AnyMethod, ErrorTemplate } from '@hearth/contract';
import { z } from 'zod';
import { factsOf } from './parameters.ts';
import { type Schema, typeOf } from './typescript.ts';

const notice = 'Made by `npm run generate`; not edited by hand.';

function schemaOf(method: AnyMethod, side: 'input' | 'output'): Schema {
  return z.toJSONSchema(method[side], { io: side, unrepresentable: 'any', reused: 'inline' }) as Schema;
}

/** spec/51-methods.md */
export function methodReference(methods: readonly AnyMethod[]): string {
  const rows = methods.map((method) => {
    const { name, about, allow } = method;
    return [
      `## ${name}`,
      '',
      `${about.replace(/\.$/, '')}. Who may: ${allow}.`,
      '',
      '```ts',
      `input: ${typeOf(schemaOf(method, 'input'))}`,
      `output: ${typeOf(schemaOf(method, 'output'))}`,
      '```',
      '',
    ].join('\n');
  });
  return `# 51 Methods\n\n${notice} JSON-RPC 2.0 at \`POST /rpc/v1\` ([31](31-rpc.md)); the errors stand in [50](50-errors.md).\n\n${rows.join('\n')}`;
}

/** spec/50-errors.md */
export function errorReference(tables: ReadonlyMap<string, Readonly<Record<string, ErrorTemplate>>>): string {
  const sections = [...tables]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([owner, rows]) => {
      const lines = Object.entries(rows)
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([row, { kind, message }]) => `| \`${owner}.${row}\` | ${kind} | ${message.replaceAll('|', '\\|')} |`);
      return [`## ${owner}`, '', '| code | kind | message |', '|---|---|---|', ...lines, ''].join('\n');
    });
  return `# 50 Errors\n\n${notice} Codes are stable; messages are not. Words in braces are data of the error.\n\n${sections.join('\n')}`;
}

/** shell-ui/src/link/methods.gen.ts */
export function methodTypes(methods: readonly AnyMethod[]): string {
  const rows = methods.map(
    (method) =>
      `  '${method.name}': {\n    readonly input: ${typeOf(schemaOf(method, 'input'))};\n    readonly output: ${typeOf(schemaOf(method, 'output'))};\n  };`,
  );
  return `/** ${notice} The whole API, as the kernel and the shipped plugins declare it. */\nexport interface ServerMethods {\n${rows.join('\n')}\n}\n`;
}

/** sdk/cli/src/methods.gen.ts */
export function methodFacts(methods: readonly AnyMethod[]): string {
  const names = methods.map(({ name }) => `  | '${name}'`).join('\n');
  const rows = methods.map((method) => `  ${factsOf(method)},`).join('\n');
  return [
    `/** ${notice} Every method of the API. */`,
    "import type { MethodFacts } from './api.ts';",
    '',
    `export type MethodName =\n${names};`,
    '',
    `export const methods: readonly MethodFacts[] = [\n${rows}\n];`,
    '',
  ].join('\n');
}
