/** The OpenRPC document, made from the table of methods. */
import type { AnyMethod } from '@hearth/contract';
import { z } from 'zod';

/** OpenRPC 1.3; one object of named parameters per method. `x-allow` tells who may call. */
export function openrpc(methods: readonly AnyMethod[], version: string): Record<string, unknown> {
  return {
    openrpc: '1.3.2',
    info: { title: 'Hearth', version, description: 'JSON-RPC 2.0 at POST /rpc/v1' },
    methods: [...methods].sort((one, other) => (one.name < other.name ? -1 : 1)).map(describe),
  };
}

function describe(method: AnyMethod): Record<string, unknown> {
  const input = z.toJSONSchema(method.input, { io: 'input', unrepresentable: 'any' });
  const required = new Set(input.required);
  const output = z.toJSONSchema(method.output, { io: 'output', unrepresentable: 'any' });
  delete output.$schema;
  return {
    name: method.name,
    summary: method.about,
    paramStructure: 'by-name',
    params: Object.entries(input.properties ?? {}).map(([name, schema]) => ({
      name,
      required: required.has(name),
      schema,
    })),
    result: { name: 'result', schema: output },
    'x-allow': method.allow,
  };
}
